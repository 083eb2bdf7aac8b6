"""The events that the history has of a turn, of one that has ended too."""

import sqlite3
from contextlib import closing
from pathlib import Path

from moa_tui.engine.events import TurnEvent
from moa_tui.state import TurnState, apply
from moa_tui.transcript import database
from moa_tui.transcript.event_json import decode_events
from moa_tui.transcript.recording.checking import EventChecker, UnplayableError


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
    query = "SELECT events FROM open_events WHERE turn = ? ORDER BY number"
    with closing(connection.execute(query, (turn,))) as rows:
        for (text,) in rows:
            for event in decode_events(text):
                try:
                    event = checker.admit(event)  # noqa: PLW2901 - the same, for what is safe
                    state = apply(state, event)
                except UnplayableError:
                    continue  # of a stream whose beginning could not be read, or of no turn of ours
                events.append(event)
    return state, tuple(events)
