"""How long a provider asks to be left alone: in its headers, its body or its words.

What is asked for outright counts first (`Retry-After`, `retryDelay`, "try again in 6s"): of several
the longest, so that nobody is asked before any of them is over. Where nothing is asked for, it is
until the limit that is used up is full again, not the slowest of all.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from moa_tui.engine.openai_provider.rate_headers import ToldLimit, limits_in
from moa_tui.engine.openai_provider.times import DURATION, seconds_in, server_time

_READ = 4000
"""Characters of a message that are looked at."""

_SEEN = 300
"""Values of a body that are looked at."""

_DEEPEST = 8
_AGAIN = (
    r"(?:(?:try|retry|retrying|available|ask|come back|resume[sd]?)"
    r"(?:\s(?:again|later|shortly|your request|the request))*"
    r"|wait(?:ing)?|resets?|retry[-_ ]?after|retry[-_ ]?in)"
)
_IN_WORDS = re.compile(
    rf"\b{_AGAIN}\s*(?:in|after|for|until|[:=])?\s*(?:about|at least|approximately|another|~)?\s*"
    rf"({DURATION})",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\bretry[-_ ]?(?:after|in)\s*[:=]?\s*(\d{1,7}(?:\.\d{1,9})?)(?![\w.]*\w)", re.IGNORECASE
)
_AT = re.compile(
    rf"\b{_AGAIN}\s*(?:at|after|on)?\s*(\d{{4}}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{{1,9}})?)?"
    r"(?:Z|[+-]\d\d:?\d\d)?)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"^(?:retry(?:after|delay|in|wait)|wait(?:time|for|s)?|(?:x?ratelimit)?resets?(?:at|in|after|time)?"
    r"|tryagain(?:in|after|at)|cooldown|availableat)(?P<unit>ms|milliseconds|seconds|secs?|s)?$"
)
_PROTO = {"seconds", "nanos"}


def wait_of_server(
    headers: Mapping[str, str], body: object = None, message: str = ""
) -> float | None:
    """Return the seconds that a refusal asks for outright; None where it asks for none."""
    now = server_time(headers)
    waits = [_of_header(headers, now), *_of_body(body, now), *_of_words(message, now)]
    return max((wait for wait in waits if wait is not None), default=None)


def wait_of_quota(
    headers: Mapping[str, str], body: object = None, message: str = "", about: str = ""
) -> float | None:
    """Return the wait for a quota: what is asked for, or until what is used up is there again.

    `about` holds the words by which the provider names the limit, such as its codes.
    """
    asked = wait_of_server(headers, body, message)
    if asked is not None:
        return asked
    told = [limit for limit in limits_in(headers) if limit.reset is not None]
    used_up = [limit for limit in told if limit.used_up]
    # No "remaining": then it is one of the short ones, of the metric that is complained about.
    named = used_up or _named(told, f"{message} {about}")
    return max((limit.reset for limit in named if limit.reset is not None), default=None)


def used_up_for_long(headers: Mapping[str, str]) -> ToldLimit | None:
    """Return the limit of an hour or more of which nothing is left, if the headers tell of one."""
    found = [limit for limit in limits_in(headers) if limit.used_up and limit.long]
    return max(found, key=lambda limit: limit.reset or 0.0, default=None)


def _named(told: list[ToldLimit], words: str) -> list[ToldLimit]:
    short = [limit for limit in told if not limit.long]
    lower = words.lower()
    for metric in ("tokens", "requests"):
        found = [limit for limit in short if limit.metric == metric]
        if metric[:-1] in lower and found:
            return found
    return short


def _of_header(headers: Mapping[str, str], now: float) -> float | None:
    milliseconds = seconds_in(f"{headers.get('retry-after-ms', '').strip()}ms", now)
    if milliseconds is not None:
        return milliseconds
    return seconds_in(headers.get("retry-after", ""), now)


def _of_body(body: object, now: float) -> Iterator[float | None]:
    """Yield the waits that stand in a body, wherever its provider puts them."""
    left = [(body, 0)]
    for _ in range(_SEEN):
        if not left:
            return
        value, depth = left.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(value, list):
            left += [(item, depth + 1) for item in value[:_SEEN]]
        elif isinstance(value, dict):
            for name, inner in list(value.items())[:_SEEN]:
                yield _of_field(name, inner, now)
                if name == "headers" and isinstance(inner, dict):
                    yield _of_told_headers(inner, now)
                elif isinstance(inner, dict | list):
                    left.append((inner, depth + 1))


def _of_field(name: object, value: Any, now: float) -> float | None:
    told = _ASKED.match(re.sub(r"[-_. ]", "", str(name)[:60]).lower())
    if not told:
        return None
    if isinstance(value, dict):  # google.protobuf.Duration, written out
        if not _PROTO.intersection(value):
            return None
        seconds, nanos = seconds_in(value.get("seconds", 0), now), value.get("nanos", 0)
        more = nanos / 1e9 if isinstance(nanos, int) and 0 <= nanos < 10**9 else 0.0
        return None if seconds is None else seconds + more
    milliseconds = (told["unit"] or "").startswith("m")
    bare = isinstance(value, int | float) or (isinstance(value, str) and _is_number(value))
    return seconds_in(f"{value}ms" if milliseconds and bare else value, now)


def _of_told_headers(told: Mapping[str, Any], now: float) -> float | None:
    """Return what a body says that another server's headers had said (OpenRouter)."""
    headers = {str(n).lower(): str(v) for n, v in list(told.items())[:_SEEN] if v is not None}
    asked = _of_header(headers, now)
    if asked is not None:
        return asked
    limits = [limit for limit in limits_in(headers, now) if limit.remaining in (None, 0)]
    return max((limit.reset for limit in limits if limit.reset is not None), default=None)


def _of_words(message: str, now: float) -> Iterator[float | None]:
    text = message[:_READ]
    for pattern in (_IN_WORDS, _BARE, _AT):
        for found in pattern.finditer(text):
            yield seconds_in(found[1].strip(" ,."), now)


def _is_number(text: str) -> bool:
    return text.strip().replace(".", "", 1).isdecimal()
