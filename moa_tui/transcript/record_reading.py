"""The door for records out of the database: another program may have written them."""

import json
from collections import Counter
from dataclasses import replace
from typing import Any, NoReturn

import msgspec

from moa_tui.engine.wholeness import outcome_in
from moa_tui.text import clean
from moa_tui.transcript.record import TurnRecord

_LARGEST = 1e15
"""Figures beyond it are none that a turn can have, and would take rows to write."""


class DamagedRecordError(ValueError):
    """What is kept of a turn is no record, or says what cannot be."""


def read_record(text: object) -> TurnRecord:
    """Return the record in a JSON text, all of its texts cleaned; raises DamagedRecordError.

    What earlier versions did not keep has its default.
    """
    if not isinstance(text, str):
        raise DamagedRecordError("it is no text")
    try:
        data = json.loads(text, parse_constant=_refuse)
        return checked_record(data)
    except (ValueError, RecursionError) as error:
        raise DamagedRecordError(clean(str(error))) from None


def checked_record(data: Any) -> TurnRecord:
    """Return the record in plain data, all of its texts cleaned; raises DamagedRecordError."""
    try:
        data = _cleaned(data)
        record = msgspec.convert(data, TurnRecord)
    except (ValueError, RecursionError) as error:  # msgspec's are ValueErrors
        raise DamagedRecordError(clean(str(error))) from None
    twice = [name for name, count in Counter(s.id for s in record.streams).items() if count > 1]
    if twice:
        raise DamagedRecordError("two streams have one name")
    return replace(record, answer_outcome=outcome_in(data))


def _cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case list() | tuple():
            return [_cleaned(item) for item in value]
        case dict():
            return {_cleaned(key): _cleaned(item) for key, item in value.items()}
        case int() | float() if not abs(value) <= _LARGEST:  # nor is NaN
            raise DamagedRecordError("a figure is out of all proportion")
    return value


def _refuse(constant: str) -> NoReturn:
    raise DamagedRecordError(f"{constant} is no figure")
