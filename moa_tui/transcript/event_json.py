"""Events of a turn as JSON, and back: how a turn is kept while it runs."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, get_args

import msgspec

from moa_tui.engine.events import TurnEvent
from moa_tui.transcript.reading_back import as_data
from moa_tui.transcript.record import event_json

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(TurnEvent)}


def encode_events(events: Iterable[TurnEvent]) -> str:
    """Return `events` as a JSON array, each as `run --jsonl` prints it."""
    return to_json([event_json(event) for event in events])


def decode_events(text: str) -> Iterator[TurnEvent]:
    """Yield the events in a JSON array; what is none that this version knows is left out."""
    try:
        found = as_data(text)
    except ValueError:
        return
    for data in found if isinstance(found, list) else ():
        name = data.pop("event", None) if isinstance(data, dict) else None
        kind = _KINDS.get(name) if isinstance(name, str) else None
        if kind is None:
            continue
        try:
            event: TurnEvent = msgspec.convert(data, kind)
        except msgspec.ValidationError:
            continue
        yield event


def to_json(data: object) -> str:
    """Return `data` as JSON that can be stored: half a surrogate pair is escaped."""
    text = json.dumps(data, ensure_ascii=False)
    return text if storable(text) == text else json.dumps(data)


def storable(text: str) -> str:
    """Return `text` with U+FFFD for what UTF-8 cannot say: halves of surrogate pairs."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
