"""States of streams and turns, made by hand for the widgets that show them."""

from types import MappingProxyType
from typing import Any

from moa_tui.engine.events import Role, TurnOutcome
from moa_tui.state import Phase, StreamState, TextLog, TurnState


def log(text: str) -> TextLog:
    """Return a log that holds `text`."""
    return TextLog().append(text) if text else TextLog()


def stream(number: int = 1, text: str = "", **fields: Any) -> StreamState:
    """Return a proposer's stream, waiting, unless `fields` say otherwise."""
    name = fields.pop("agent", f"agent{number}")
    role = fields.pop("role", Role.PROPOSER)
    layer = fields.pop("layer", 1)
    return StreamState(
        f"s{number}", name, role, layer, "model", "provider", text=log(text), **fields
    )


def writing(number: int = 1, text: str = "word " * 80, **fields: Any) -> StreamState:
    """Return a stream that writes since a tenth of a second, two seconds into the turn."""
    times = {"sent_at": 0.1, "first_at": 0.4, "last_at": 2.0}
    return stream(number, text, **{"phase": Phase.WRITING, **times, **fields})


def turn(*streams: StreamState, outcome: TurnOutcome | None = None, **fields: Any) -> TurnState:
    """Return a turn of `streams`; it runs unless it has an outcome."""
    by_id = MappingProxyType({each.id: each for each in streams})
    return TurnState(**{"turn": "t1", "streams": by_id, "outcome": outcome, **fields})
