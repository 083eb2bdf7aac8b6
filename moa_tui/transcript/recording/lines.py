"""A line of a recording as data: JSON within bounds, every text cleaned."""

import json
from typing import Any, NoReturn

import msgspec

from moa_tui.text import clean, clean_line
from moa_tui.transcript.recording.header import Header

_LARGEST = 2**53
"""What every program that reads JSON can hold exactly, and floats can be made of."""

_ONE_LINE = frozenset(
    (
        *("advice", "agent", "aggregator", "answered_by", "color", "instead_of", "layers"),
        *("message", "model", "models", "name", "needs", "part", "provider", "providers"),
        *("recorded_at", "role", "strategy", "stream", "streams", "title", "turn", "version"),
        *("why", "without"),
    )
)
"""Fields that are shown in a line, whatever is in the file."""


class UnreadableLineError(ValueError):
    """A line is not what it should be; the message says what it is."""


def read_line(line: bytes) -> dict[str, Any]:
    """Return the JSON object in `line`, its texts cleaned but for deltas, which come in pieces.

    Raises UnreadableLineError.
    """
    try:
        data = json.loads(line.decode(), parse_constant=_refuse_constant)
    except UnicodeDecodeError:
        raise UnreadableLineError("not in UTF-8") from None
    except (ValueError, RecursionError):
        raise UnreadableLineError("not a line of JSON") from None
    if not isinstance(data, dict):
        raise UnreadableLineError("not a JSON object")
    delta = data.get("event") in ("TextDelta", "ReasoningDelta")
    try:
        return {k: v if delta and k == "text" else _cleaned(v, k) for k, v in data.items()}
    except RecursionError:
        raise UnreadableLineError("nested too deeply") from None


def header_in(data: dict[str, Any]) -> Header:
    """Return `data` as a header; raises UnreadableLineError."""
    try:
        return msgspec.convert(data, Header)
    except msgspec.ValidationError as error:
        raise UnreadableLineError(clean_line(str(error))) from None


def _cleaned(value: Any, key: str) -> Any:
    match value:
        case str():
            return clean_line(value, 1000) if key in _ONE_LINE else clean(value)
        case list():
            return [_cleaned(item, key) for item in value]
        case dict():
            return {name: _cleaned(item, name) for name, item in value.items()}
        case bool() | None:
            return value
    if not abs(value) <= _LARGEST:  # nor is NaN
        raise UnreadableLineError("a number in it is too large")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
