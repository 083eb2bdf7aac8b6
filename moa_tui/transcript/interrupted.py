"""Turns that never ended: what they had come to when their program died, to be taken up again."""

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path

from moa_tui.engine.events import Outcome, TurnEvent
from moa_tui.engine.kept import CUT_OFF, KeptAnswers
from moa_tui.state import StreamState, TurnState
from moa_tui.transcript import database, presence
from moa_tui.transcript.kept_events import replayed
from moa_tui.transcript.reading_back import as_text
from moa_tui.transcript.record import StreamRecord, TurnRecord, record_of
from moa_tui.transcript.rows import keep_turn

INTERRUPTED = "interrupted"
RUNNING = "running"
_MOST = 200
"""Turns that are looked at: all of their events are read, at every start."""

_REUSABLE = {Outcome.COMPLETE, Outcome.TRUNCATED}


@dataclass(frozen=True, slots=True)
class UnendedTurn:
    """A turn that has not ended. `running` says that the program that writes it still lives."""

    turn: str
    conversation: str
    started_at: str
    roster: str
    preset: str
    running: bool
    state: TurnState
    events: tuple[TurnEvent, ...]
    """What was reported, with the deltas of a stream joined; the texts are whole."""

    @property
    def question(self) -> str:
        """What was asked."""
        return self.state.question

    @property
    def seed(self) -> int:
        """What the references are shuffled by."""
        return self.state.seed

    @property
    def complete(self) -> tuple[StreamState, ...]:
        """The streams whose answers can be used as they are."""
        return tuple(s for s in self.state.streams.values() if s.outcome in _REUSABLE)

    @property
    def unfinished(self) -> tuple[StreamState, ...]:
        """The streams that were cut off; `text` is as far as they had come."""
        return tuple(s for s in self.state.streams.values() if s.outcome is None)

    @property
    def words(self) -> str:
        """How much of it is there: `2 of 4 answers kept`."""
        return KeptAnswers(self.events).words

    def record(self) -> TurnRecord:
        """Return what there is of the turn, as a record; cut streams are partial or stopped."""
        outcome = RUNNING if self.running else INTERRUPTED
        seconds = max((event.at for event in self.events), default=0.0)
        state = replace(self.state, turn=self.turn, seconds=seconds)
        record = record_of(state, self.conversation, self.roster, self.preset)
        streams = tuple(s if s.outcome else _cut(s, running=self.running) for s in record.streams)
        return replace(record, started_at=self.started_at, outcome=outcome, streams=streams)


def open_turns(path: Path) -> list[UnendedTurn]:
    """Return the turns that have not ended, newest first, those that run now among them.

    Raises HistoryError if the history cannot be read.
    """
    with database.reading(path) as source:
        if source is None or source[1] < 2:
            return []
        return _open_turns(source[0], path)


def interrupted_turns(path: Path) -> list[UnendedTurn]:
    """Return the turns that were under way when their program died, newest first.

    Raises HistoryError if the history cannot be read.
    """
    return [turn for turn in open_turns(path) if not turn.running]


def dismiss(path: Path, turn: str) -> bool:
    """Keep an interrupted turn as it is, among the others: it is not offered again.

    Returns whether this call did it: of several programs that ask, one may take the turn up.
    Raises HistoryError if the history cannot be written.
    """
    with database.changing(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            found = [t for t in _open_turns(connection, path) if t.turn == turn and not t.running]
            if not found:
                return False
            writer = _writer_of(connection, turn)
            keep_turn(connection, found[0].record())
            _forget_writer(connection, path, writer)
    return True


def claim(path: Path, turn: str) -> presence.Presence | None:
    """Make an interrupted turn this program's own: no other can take it up or dismiss it.

    Close what is returned when the turn has ended; None says that another program was quicker.
    Raises HistoryError if the history cannot be written.
    """
    with database.changing(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        with connection:
            writer = _writer_of(connection, turn)
            if writer is None or presence.is_present(path, writer):
                return None
            mine = presence.Presence(path)
            try:
                connection.execute(
                    "UPDATE open_turns SET writer = ? WHERE turn = ?", (mine.name, turn)
                )
            except sqlite3.Error:
                mine.close()
                raise
            _forget_writer(connection, path, writer)
            return mine


def _writer_of(connection: sqlite3.Connection, turn: str) -> str | None:
    row = connection.execute("SELECT writer FROM open_turns WHERE turn = ?", (turn,)).fetchone()
    return str(row[0]) if row else None


def _forget_writer(connection: sqlite3.Connection, path: Path, writer: str | None) -> None:
    """Tidy up after a writer that is gone, once it has left no other turn."""
    left = connection.execute("SELECT 1 FROM open_turns WHERE writer = ?", (writer,))
    if writer and not left.fetchone():
        presence.forget(path, writer)


def _open_turns(connection: sqlite3.Connection, path: Path) -> list[UnendedTurn]:
    rows = connection.execute(
        "SELECT turn, conversation, started_at, roster, preset, writer FROM open_turns"
        " ORDER BY started_at DESC, rowid DESC LIMIT ?",
        (_MOST,),
    ).fetchall()
    turns = []
    for row in rows:
        turn, conversation, started_at, roster, preset, writer = map(as_text, row)
        running = presence.is_present(path, writer)
        state, events = replayed(connection, row[0])
        turns.append(
            UnendedTurn(turn, conversation, started_at, roster, preset, running, state, events)
        )
    return turns


def _cut(stream: StreamRecord, *, running: bool) -> StreamRecord:
    if running:
        return replace(stream, outcome=RUNNING)
    outcome = Outcome.PARTIAL if stream.text else Outcome.STOPPED
    return replace(stream, outcome=str(outcome), failure=CUT_OFF)
