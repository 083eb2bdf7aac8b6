"""Every form in which a provider says when: one reader, from text or number to seconds from now.

Durations come as `6`, `1.5`, `6s`, `1m30s`, `120ms`, `2 minutes`, `PT6S`; moments as HTTP dates,
ISO dates, and epoch times in seconds, milliseconds or less. A moment is on the server's clock, so
it is compared with what that clock showed (`Date`), not with ours.
"""

import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 1e7
"""Seconds; what says that it takes longer (four months) says something else."""

_MOST = 200
"""Characters that a time can have."""

_EPOCH = 1e9
_EPOCH_MILLISECONDS = 1e11
_NUMBER = re.compile(r"\d{1,20}(?:\.\d{0,20})?(?:[eE][+]?\d{1,2})?")
_UNITS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "μs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
}
_UNIT = (
    r"(?:ns|us|µs|μs|m(?:illi)?s(?:ec(?:ond)?s?)?|s(?:ec(?:ond)?s?)?"
    r"|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)"
)
_PART = re.compile(rf"(\d{{1,15}}(?:\.\d{{0,15}})?)\s?({_UNIT})(?![a-zµμ])", re.IGNORECASE)
DURATION = rf"(?:\d{{1,15}}(?:\.\d{{0,15}})?\s?{_UNIT}(?![a-zµμ])(?:,?\s?(?:and\s)?)?)+"
"""A duration with its units, inside of a text."""
_WHOLE = re.compile(DURATION, re.IGNORECASE)
_ISO_DURATION = re.compile(
    r"P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6}(?:\.\d{1,9})?)S)?)?"
)


def server_time(headers: Mapping[str, str]) -> float:
    """Return what the server's clock showed when it answered: ours, where it does not say."""
    told = _date(headers.get("date", ""))
    return time.time() if told is None else told


def seconds_in(value: object, now: float) -> float | None:
    """Return the seconds from `now` (the server's) until `value`; None where it is no time.

    Never negative: what is over is 0.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _bounded(_of_number(float(value), now)) if abs(value) < 1e20 else None
    if not isinstance(value, str) or len(value) > _MOST:
        return None
    text = value.strip().strip("\"'")
    found = _of_text(text, now)
    if found is None and "," in text:
        # One header that was sent twice, or added to by a proxy: "2, 2".
        parts = [_of_text(part.strip(), now) for part in text.split(",")]
        found = max((part for part in parts if part is not None), default=None)
        found = None if None in parts else found
    return _bounded(found)


def _of_text(text: str, now: float) -> float | None:
    if _NUMBER.fullmatch(text):
        return _of_number(float(text), now)
    if _WHOLE.fullmatch(text):
        sizes = [(float(number), _size(unit)) for number, unit in _PART.findall(text)]
        # "1s, 3s" are two waits, not one of four seconds.
        if len({size for _, size in sizes}) == len(sizes):
            return sum(number * size for number, size in sizes)
        return None
    if (iso := _ISO_DURATION.fullmatch(text)) and any(iso.groups()):
        days, hours, minutes, seconds = (float(part or 0) for part in iso.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    moment = _date(text)
    return None if moment is None else moment - now


def _of_number(number: float, now: float) -> float | None:
    """A number is seconds while it can be; else it is a time since 1970, in whichever unit."""
    if not 0 <= number < _EPOCH * 1e10:
        return None
    if number < LONGEST:
        return number
    while number >= _EPOCH_MILLISECONDS:
        number /= 1000
    return number - now if number >= _EPOCH else None


def _size(unit: str) -> float:
    unit = unit.lower()
    if unit.startswith(("ms", "milli")):
        return _UNITS["ms"]
    return _UNITS.get(unit) or _UNITS[unit[0]]


def _date(text: str) -> float | None:
    """Return the moment of an HTTP or ISO date, in seconds since 1970."""
    if not any(char.isdigit() for char in text) or len(text) < 8:
        return None
    try:
        iso = datetime.fromisoformat(text.removesuffix(" UTC"))
        return (iso if iso.tzinfo else iso.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        pass
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _bounded(seconds: float | None) -> float | None:
    return None if seconds is None else min(max(0.0, seconds), LONGEST)
