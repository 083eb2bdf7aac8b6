"""How long a provider asks to be left alone, from its headers, in seconds."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_RESETS = ("x-ratelimit-reset-requests-minute", "x-ratelimit-reset-tokens-minute")
_LONGEST = 1e7


def wait_of_server(headers: Mapping[str, str]) -> float | None:
    """Return what Retry-After says, in any of its three forms."""
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    wish = headers.get("retry-after")
    seconds = _number(wish)
    return _until(wish) if seconds is None and wish else seconds


def wait_of_quota(headers: Mapping[str, str]) -> float | None:
    """Return the wait for a quota: Retry-After, or until the last of the minute's is refilled."""
    wish = wait_of_server(headers)
    if wish is not None:
        return wish
    resets = [_number(headers.get(name)) for name in _RESETS]
    return max((seconds for seconds in resets if seconds is not None), default=None)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < _LONGEST else None


def _until(date: str) -> float | None:
    try:
        seconds = parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, OverflowError):
        return None
    return min(max(0.0, seconds), _LONGEST)
