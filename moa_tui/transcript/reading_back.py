"""What is read back from the history, whoever wrote it: whole, clean, of the types that are meant.

The file may be another program's, of an earlier version, or damaged in places that SQLite does not
see. What is missing or means nothing gives way to what stands for nothing; the rest is kept.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

import msgspec

from moa_tui.engine.wholeness import outcome_in
from moa_tui.text import clean
from moa_tui.transcript.record import StreamRecord, TurnRecord

COLUMNS = "turn, conversation, started_at, question, answer, outcome, seconds, output_tokens"
"""What a turn's row says beside its record."""

_UNREADABLE = "the record of this turn is damaged: there is no more than the question and answer"
_LARGEST = 2**53
"""What every program that reads JSON can hold exactly."""

_DEEPEST = 32
_TURN = get_type_hints(TurnRecord)
_STREAM = get_type_hints(StreamRecord)


def as_text(value: object) -> str:
    """Return what a column holds as clean text."""
    if isinstance(value, bytes):
        return clean(value.decode("utf-8", "replace"))
    return "" if value is None else clean(str(value))


def as_number(value: object) -> float:
    """Return what a column holds as a number, 0 where it is none or none that can be shown."""
    sound = isinstance(value, int | float) and abs(value) <= _LARGEST
    return value if sound else 0.0  # type: ignore[return-value]  # a number, as was just seen


def as_moment(text: str) -> datetime | None:
    """Return the time that a record says; None where it says none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_data(text: object) -> Any:
    """Return JSON as clean data within bounds; raises ValueError for what is no JSON.

    Numbers beyond 2**53, and what is nested more than 32 deep, become null.
    """
    try:
        source = text.decode() if isinstance(text, bytes) else str(text)
        data = json.loads(source, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return _bounded(data, 0)


def as_record(row: Sequence[object]) -> dict[str, Any]:
    """Return the record in a row of COLUMNS and record: with every field that a record has."""
    *columns, text = row
    names = COLUMNS.split(", ")
    told: dict[str, Any] = dict(zip(names, map(as_text, columns), strict=True))
    told |= {"seconds": as_number(columns[6]), "output_tokens": int(as_number(columns[7]))}
    try:
        data = as_data(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        data = {"participation": _UNREADABLE}
    record = _whole(data, _TURN, told)
    streams = data.get("streams")
    found = [s for s in streams if isinstance(s, dict)] if isinstance(streams, list) else []
    record["streams"] = [_whole(stream, _STREAM, {"used": True}) for stream in found]
    record["answer_outcome"] = outcome_in(record)
    return record


class _WrittenBy(msgspec.Struct):
    """What a record says of a stream that may have written the answer."""

    id: str = ""
    outcome: str = ""


class _Ending(msgspec.Struct):
    """What a record says of how its answer ended; the rest of it is not looked at."""

    answered_by: str | None = None
    answer_outcome: str = ""
    streams: tuple[_WrittenBy, ...] = ()


def answer_outcome(outcome: str, record: object) -> str:
    """Return how the answer of a turn that ended so came to its end, without reading it whole.

    `record` is only looked at where the outcome leaves it open; empty: nothing says it.
    """
    told: dict[str, Any] = {"answer": True, "outcome": outcome}
    if isinstance(record, str | bytes):
        with suppress(msgspec.MsgspecError, RecursionError, UnicodeError):
            told |= msgspec.to_builtins(msgspec.json.decode(record, type=_Ending))
    return clean(outcome_in(told))


def _whole(
    data: Mapping[str, Any], kinds: Mapping[str, Any], instead: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `data` with all fields of `kinds`: as they are, or what stands in for them."""
    whole = dict(data)
    for name, kind in kinds.items():
        try:
            msgspec.convert(data[name], kind) if kind is not _TURN["streams"] else None
        except (KeyError, msgspec.ValidationError):
            whole[name] = instead.get(name, _nothing(kind))
    return whole


def _nothing(kind: Any) -> Any:
    if type(None) in get_args(kind):
        return None
    return [] if get_origin(kind) is tuple else kind()


def _bounded(value: Any, depth: int) -> Any:
    match value:
        case str():
            return clean(value)
        case bool() | None:
            return value
        case int() | float():
            return value if abs(value) <= _LARGEST else None
        case _ if depth == _DEEPEST:
            return None
        case list():
            return [_bounded(item, depth + 1) for item in value]
    return {clean(key): _bounded(item, depth + 1) for key, item in value.items()}


def _refuse(name: str) -> NoReturn:
    raise ValueError(name)
