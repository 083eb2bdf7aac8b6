"""What a response's headers say of rate limits.

Names are put together from the same words everywhere: `x-ratelimit-remaining-tokens-minute`
(Cerebras), `x-ratelimit-reset-requests` (OpenAI, Groq), `anthropic-ratelimit-input-tokens-reset`,
`ratelimit-reset`, `x-ratelimit-limit-tokens-1h`; so they are taken apart, not listed. The
IETF's draft puts all of it into one header, `RateLimit`, in two forms.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from moa_tui.engine.buckets import WINDOWS, RateReading
from moa_tui.engine.openai_provider.times import seconds_in, server_time

_LARGEST = 1e12
_MOST = 200
"""Headers looked at; nobody sends as many."""

_NAME = re.compile(r"^((?:[a-z0-9]+-)*(?:ratelimit\w*|rate-limit|tokenlimit|requestlimit))-(.+)$")
_LISTED = re.compile(r'(?:^|[;,\s])(limit|remaining|reset|q|r|t)\s*=\s*"?(\d+(?:\.\d+)?)"?')
_POLICIES = re.compile(r',(?=\s*")')
_LISTED_AS = {"q": "limit", "r": "remaining", "t": "reset"}
_ROLES = ("remaining", "reset", "limit")
_METRICS = (("token", "tokens"), ("tpm", "tokens"), ("tpd", "tokens"), ("bysize", "tokens"))
_WINDOW_WORDS = {
    "minute": "minute",
    "min": "minute",
    "1m": "minute",
    "rpm": "minute",
    "tpm": "minute",
    "hour": "hour",
    "1h": "hour",
    "rph": "hour",
    "tph": "hour",
    "day": "day",
    "daily": "day",
    "1d": "day",
    "24h": "day",
    "rpd": "day",
    "tpd": "day",
    "month": "month",
    "second": "second",
    "1s": "second",
}


@dataclass(frozen=True, slots=True)
class ToldLimit:
    """One limit as a response tells it; `window` is empty where its name does not say."""

    metric: str
    window: str
    limit: float | None = None
    remaining: float | None = None
    reset: float | None = None
    """Seconds until it is full again."""

    @property
    def used_up(self) -> bool:
        """Whether nothing is left of it; a limit of 0 is none."""
        return self.remaining is not None and self.remaining <= 0 and self.limit != 0

    @property
    def long(self) -> bool:
        """Whether it is one of more than a minute."""
        return self.window in {"hour", "day", "month"}


def limits_in(headers: Mapping[str, str], now: float | None = None) -> list[ToldLimit]:
    """Return every limit that `headers` tell of; `now` is the server's time."""
    now = server_time(headers) if now is None else now
    found: dict[str, ToldLimit] = {}
    for name, value in list(headers.items())[:_MOST]:
        lower = name.lower().replace("_", "-")
        for key, role, text in _told(lower, value):
            limit = found.get(key) or ToldLimit(_metric(key), _window(key))
            if role == "reset":
                milliseconds = lower.endswith(("-ms", "-milliseconds"))
                seconds = seconds_in(f"{text}ms" if milliseconds else text, now)
                limit = replace(limit, reset=seconds)
            elif role == "limit":
                limit = replace(limit, limit=_number(text))
            else:
                limit = replace(limit, remaining=_number(text))
            found[key] = limit
    return list(found.values())


def readings_in(headers: Mapping[str, str]) -> list[RateReading]:
    """Return the limits that a budget can be kept by, none where `headers` tell of none.

    Of one whose name does not say its window there is what is left of it, and until when: enough
    to pause for, and no more is made of it.
    """
    return list(_readings(limits_in(headers)))


def _readings(limits: Iterable[ToldLimit]) -> Iterator[RateReading]:
    for told in limits:
        if not told.metric or not told.limit or told.limit < 1:
            continue
        named = told.window in WINDOWS
        if not named and (told.window or told.remaining is None or not told.reset):
            continue
        left = told.limit if told.remaining is None else told.remaining
        yield RateReading(told.metric, told.window, int(told.limit), left, told.reset)


def _told(name: str, value: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a header says: of which limit, what of it, and the value."""
    if name in {"ratelimit", "x-ratelimit"}:
        for index, policy in enumerate(_POLICIES.split(value[:2000])):
            for word, number in _LISTED.findall(policy):
                yield f"ratelimit-{index}", _LISTED_AS.get(word, word), number
        return
    parts = _NAME.match(name)
    if not parts:
        return
    base, words = parts[1], parts[2].split("-")
    role = next((word for word in _ROLES if word in words), None)
    if role:
        rest = [word for word in words if word not in {role, "after", "ms", "milliseconds"}]
        yield "-".join([base, *rest]), role, value


def _metric(key: str) -> str:
    for part, metric in _METRICS:
        if part in key:
            return metric
    words = key.split("-")
    return "requests" if any(w.startswith(("request", "rp")) or w == "req" for w in words) else ""


def _window(key: str) -> str:
    words = key.split("-")
    return next((_WINDOW_WORDS[word] for word in words if word in _WINDOW_WORDS), "")


def _number(value: str) -> float | None:
    try:
        number = float(value.split(";", maxsplit=1)[0].split(",", maxsplit=1)[0].strip() or "x")
    except ValueError:
        return None
    return number if 0 <= number < _LARGEST else None
