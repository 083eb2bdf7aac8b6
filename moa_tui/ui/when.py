"""When something was, in words a person would use, in their own time zone."""

from datetime import UTC, datetime

from moa_tui.text import clean_line

_HOUR = 3600
_DAY = 24 * _HOUR


def when(written: str, now: datetime) -> str:
    """Return how long before `now` a record's time was: `5 minutes ago`, `Mon 14:05`, `3 Feb`.

    `now` knows its time zone. What is no time is returned as it is, cleaned.
    """
    at = _moment(written, now)
    if at is None:
        return clean_line(written, 20)
    passed = (now - at).total_seconds()
    if passed < 60:
        return "just now"
    for seconds, most, unit in ((60, _HOUR, "minute"), (_HOUR, 12 * _HOUR, "hour")):
        if passed < most:
            count = int(passed // seconds)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    days = (now.date() - at.date()).days
    if days <= 1:
        return f"{'yesterday' if days else 'today'} {at:%H:%M}"
    if days < 7:
        return f"{at:%a %H:%M}"
    return date(at, now)


def date(day: datetime, now: datetime) -> str:
    """Return a day as `3 Feb`, with its year where that is not this one."""
    year = "" if day.year == now.year else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def exactly(written: str, now: datetime) -> str:
    """Return a record's time as `3 Feb 14:05`."""
    at = _moment(written, now)
    return f"{date(at, now)} {at:%H:%M}" if at else clean_line(written, 20)


def moment(written: str) -> datetime:
    """Return a record's time in the person's time zone; now, where it is none."""
    now = datetime.now(UTC).astimezone()
    return _moment(written, now) or now


def _moment(written: str, now: datetime) -> datetime | None:
    try:
        return datetime.fromisoformat(written).astimezone(now.tzinfo)
    except (ValueError, OverflowError, OSError):
        return None
