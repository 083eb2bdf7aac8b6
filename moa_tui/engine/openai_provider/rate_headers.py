"""What a response's headers say of rate limits → RateReading.

Read are `x-ratelimit-(limit|remaining)-(requests|tokens)-(minute|hour|day)`, as Cerebras sends
them. OpenAI's and Groq's names do not say which window they are about: those are not read.
"""

from collections.abc import Mapping

from moa_tui.engine.buckets import WINDOWS, RateReading

_LARGEST = 1e12


def readings_in(headers: Mapping[str, str]) -> list[RateReading]:
    """Return the limits that `headers` tell, none where they tell of none."""
    found = []
    for metric in ("requests", "tokens"):
        for window in WINDOWS:
            limit = _number(headers.get(f"x-ratelimit-limit-{metric}-{window}"))
            if limit is None or limit < 1:
                continue
            left = _number(headers.get(f"x-ratelimit-remaining-{metric}-{window}"))
            found.append(RateReading(metric, window, int(limit), limit if left is None else left))
    return found


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < _LARGEST else None
