"""The events that the history has of a turn, of one that has ended too."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

from moa_tui.engine.events import TurnEvent
from moa_tui.state import TurnState, apply
from moa_tui.transcript import database
from moa_tui.transcript.connection import MOST_BYTES
from moa_tui.transcript.event_json import decode_events
from moa_tui.transcript.packing import unpacked
from moa_tui.transcript.recording.checking import EventChecker, UnplayableError
from moa_tui.transcript.recording.reading import MOST_EVENTS


def kept_events(path: Path, turn: str) -> tuple[TurnEvent, ...]:
    """Return the events of `turn`, deltas joined; none if an earlier version kept the turn.

    Raises HistoryError if the history cannot be read.
    """
    with database.reading(path) as source:
        if source is None or source[1] < 2:
            return ()
        return replayed(source[0], turn)[1]


def replayed(connection: sqlite3.Connection, turn: str) -> tuple[TurnState, tuple[TurnEvent, ...]]:
    """Return what the events of `turn` fold to, and those that could be."""
    state, events, checker = TurnState(), [], EventChecker(kept=True)
    for event in islice(_events(connection, turn), MOST_EVENTS):
        try:
            event = checker.admit(event)  # noqa: PLW2901 - the same, for what is safe
            state = apply(state, event)
        except UnplayableError:
            continue  # of a stream whose beginning could not be read, or of no turn of ours
        events.append(event)
    return state, tuple(events)


def _events(connection: sqlite3.Connection, turn: str) -> Iterator[TurnEvent]:
    """Yield the events of `turn` that can be read, no more than a turn of ours has."""
    query = "SELECT events FROM open_events WHERE turn = ? ORDER BY number"
    left = MOST_BYTES
    with suppress(sqlite3.DataError), closing(connection.execute(query, (turn,))) as rows:
        for (kept,) in rows:
            for text in unpacked(kept) if isinstance(kept, bytes) else (str(kept),):
                left -= len(text) + 1
                if left < 0:
                    return
                yield from decode_events(text)
