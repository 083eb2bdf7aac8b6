"""What is put into the history's tables. Each function is part of its caller's transaction."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moa_tui.transcript.event_json import storable, to_json
from moa_tui.transcript.folding import folded
from moa_tui.transcript.packing import packed
from moa_tui.transcript.record import TurnRecord, words_of
from moa_tui.transcript.schema import has_words


@dataclass(frozen=True, slots=True)
class Branch:
    """What a conversation goes on from: the turns of another, `origin`, begun before `until`."""

    origin: str
    until: str


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A turn that has begun: its conversation, where its agents come from, who writes it."""

    turn: str
    conversation: str
    started_at: str
    roster: str
    preset: str
    writer: str
    branch: Branch | None = None


def keep_turn(
    connection: sqlite3.Connection,
    record: TurnRecord,
    batches: Sequence[str] = (),
    branch: Branch | None = None,
) -> None:
    """Write a turn that has ended; it is open no longer.

    `batches` are all of its events, which are packed: the times in them are in no record, and what
    the agents were sent is in them alone. Without, those that were written while it ran stay.
    """
    plain = record.as_json()
    if batches:
        plain["streams"] = [stream | {"messages": []} for stream in plain["streams"]]
    text = storable(to_json(plain))
    connection.execute(
        "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (turn) DO UPDATE SET"
        " conversation = excluded.conversation, started_at = excluded.started_at,"
        " question = excluded.question, answer = excluded.answer, outcome = excluded.outcome,"
        " seconds = excluded.seconds, output_tokens = excluded.output_tokens,"
        " record = excluded.record",
        (
            record.turn,
            record.conversation,
            record.started_at,
            storable(record.question),
            storable(record.answer),
            record.outcome,
            record.seconds,
            record.output_tokens,
            text,
        ),
    )
    if has_words(connection):
        _index(connection, record.turn, plain)
    connection.execute("DELETE FROM open_turns WHERE turn = ?", (record.turn,))
    _keep_branch(connection, record.conversation, branch)
    if batches:
        forget_events(connection, record.turn)
        row = (record.turn, 0, packed(map(storable, batches)))
        connection.execute("INSERT INTO open_events VALUES (?, ?, ?)", row)


def begin_open(connection: sqlite3.Connection, row: OpenRow) -> None:
    """Write that a turn has begun; what was kept of it before, by another writer, gives way."""
    forget_events(connection, row.turn)
    connection.execute("DELETE FROM open_turns WHERE turn = ?", (row.turn,))
    connection.execute(
        "INSERT INTO open_turns VALUES (?, ?, ?, ?, ?, ?)",
        (
            row.turn,
            row.conversation,
            row.started_at,
            storable(row.roster),
            row.preset,
            row.writer,
        ),
    )
    _keep_branch(connection, row.conversation, row.branch)


def keep_events(
    connection: sqlite3.Connection, turn: str, first: int, batches: Sequence[str]
) -> None:
    """Write `batches` of the events of a turn, the `first` of them under that number."""
    connection.executemany(
        "INSERT OR REPLACE INTO open_events VALUES (?, ?, ?)",
        [(turn, number, batch) for number, batch in enumerate(batches, first)],
    )


def forget_events(connection: sqlite3.Connection, turn: str) -> None:
    """Remove the events of a turn."""
    connection.execute("DELETE FROM open_events WHERE turn = ?", (turn,))


def _keep_branch(connection: sqlite3.Connection, conversation: str, branch: Branch | None) -> None:
    if branch and conversation:
        values = (conversation, branch.origin, branch.until)
        connection.execute("INSERT OR IGNORE INTO branches VALUES (?, ?, ?)", values)


def forget_turn(connection: sqlite3.Connection, turn: str) -> None:
    """Remove all that is kept of a turn."""
    if has_words(connection):
        connection.execute(
            "DELETE FROM turn_words WHERE rowid IN (SELECT rowid FROM turns WHERE turn = ?)",
            (turn,),
        )
    connection.execute("DELETE FROM turns WHERE turn = ?", (turn,))
    connection.execute("DELETE FROM open_turns WHERE turn = ?", (turn,))
    forget_events(connection, turn)
    connection.execute(
        "DELETE FROM branches WHERE conversation NOT IN (SELECT conversation FROM turns"
        " UNION SELECT conversation FROM open_turns)"
    )


def _index(connection: sqlite3.Connection, turn: str, record: dict[str, Any]) -> None:
    (rowid,) = connection.execute("SELECT rowid FROM turns WHERE turn = ?", (turn,)).fetchone()
    index_words(connection, rowid, words_of(record))


def index_words(connection: sqlite3.Connection, rowid: int, words: str) -> None:
    """Have the turn with this rowid found by `words`, and by no others."""
    connection.execute("DELETE FROM turn_words WHERE rowid = ?", (rowid,))
    connection.execute(
        "INSERT INTO turn_words (rowid, words) VALUES (?, ?)", (rowid, storable(folded(words)))
    )
