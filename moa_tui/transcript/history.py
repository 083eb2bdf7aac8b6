"""The history: the turns that were kept, ended or not, as whoever looks at them sees them."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moa_tui.engine.prompts import Exchange
from moa_tui.errors import HistoryError
from moa_tui.transcript import database
from moa_tui.transcript.event_json import storable
from moa_tui.transcript.interrupted import (
    UnendedTurn,
    claim,
    dismiss,
    interrupted_turns,
    open_turns,
)
from moa_tui.transcript.kept_events import replayed
from moa_tui.transcript.reading_back import COLUMNS, answer_outcome, as_number, as_record, as_text
from moa_tui.transcript.schema import SCHEMA_VERSION
from moa_tui.transcript.turn_log import TurnLog
from moa_tui.transcript.writer import HistoryWriter

__all__ = [
    "SCHEMA_VERSION",
    "HistoryWriter",
    "TurnLog",
    "TurnSummary",
    "UnendedTurn",
    "claim",
    "conversation_so_far",
    "dismiss",
    "each_record",
    "find_turn",
    "interrupted_turns",
    "list_turns",
    "load_turn",
    "open_turns",
]

_SEE = "see: moa-tui history"
_MOST_BRANCHES = 1_000
_SAID = "question, answer, outcome, CASE outcome WHEN 'complete' THEN '' ELSE record END"
_SAID_AT_LEAST = "question, answer, outcome, ''"
SUMMARY = "turn, started_at, question, outcome, seconds, output_tokens"
BARE_SUMMARY = "turn, started_at, '', 'damaged', 0, 0"


@dataclass(frozen=True, slots=True)
class TurnSummary:
    """A line of the list of turns; `outcome` may also be running or interrupted."""

    turn: str
    started_at: str
    question: str
    outcome: str
    seconds: float
    output_tokens: int


def list_turns(path: Path, limit: int = 20) -> list[TurnSummary]:
    """Return the newest turns, newest first; raises HistoryError if the database is unreadable."""
    with database.reading(path) as source:
        if source is None:
            return []
        rest = "ORDER BY started_at DESC, rowid DESC LIMIT ?"
        rows = database.rows_of_turns(source[0], SUMMARY, rest, (max(0, limit),), BARE_SUMMARY)
        ended = [read_summary(row) for row in rows]
    going = [summary_of(turn.record().as_json()) for turn in open_turns(path)]
    both = {turn.turn: turn for turn in (*going, *ended)}  # it may have ended in between
    return sorted(both.values(), key=lambda turn: turn.started_at, reverse=True)[: max(0, limit)]


def load_turn(path: Path, turn: str) -> dict[str, Any]:
    """Return the record of the turn whose name begins with `turn`, or of the `last` one."""
    name = find_turn(path, turn)
    for record in each_record(path, [name]):
        return record
    raise HistoryError(f"the turn '{as_text(name)}' is no longer in the history", _SEE)


def find_turn(path: Path, turn: str) -> str:
    """Return the name that begins with `turn`, or of the `last` turn.

    Raises HistoryError if there is none, or more than one.
    """
    turn = storable(turn)
    if turn == "last":
        query = "SELECT turn, started_at FROM {} ORDER BY started_at DESC, rowid DESC LIMIT 1"
        rows = _of_all(path, query, ())
        found = [max(reversed(rows), key=lambda row: as_text(row[1]))[0]] if rows else []
    else:
        query = "SELECT turn FROM {} WHERE substr(turn, 1, ?) = ? LIMIT 2"
        found = [name for (name,) in _of_all(path, query, (len(turn), turn))]
        found = [turn] if turn in found else found
    if not found:
        raise HistoryError(f"there is no turn '{turn}' in the history", _SEE)
    if len(found) > 1:
        raise HistoryError(f"several turns begin with '{turn}'", "give more of the name")
    name: str = found[0]
    return name


def each_record(path: Path, turns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the records of `turns`, or of all from the oldest to the newest, one by one."""
    if turns is None:
        query = "SELECT turn FROM {} ORDER BY started_at, rowid"
        turns = [name for (name,) in _of_all(path, query, ())]
    going = {turn.turn: turn for turn in open_turns(path)}
    for turn in turns:
        if row := _row(path, turn):
            yield _with_messages(path, as_record(row))
        elif turn in going:
            yield going[turn].record().as_json()


def conversation_so_far(path: Path, conversation: str, before: str) -> tuple[Exchange, ...]:
    """Return what was asked and answered in `conversation` before the time `before`, oldest first.

    `before` is the `started_at` of the turn that is to be taken up again. What another conversation
    held, that it goes on from, is part of it.
    """
    with database.reading(path) as source:
        if source is None:
            return ()
        rows: list[Any] = []
        for place in _course(*source, conversation, before):
            rest = "WHERE conversation = ? AND started_at < ? ORDER BY started_at, rowid"
            rows = database.rows_of_turns(source[0], _SAID, rest, place, _SAID_AT_LEAST) + rows
    return tuple(
        Exchange(as_text(question), said, answer_outcome(as_text(outcome), record))
        for question, answer, outcome, record in rows
        if (said := as_text(answer))
    )


def _course(
    connection: sqlite3.Connection, version: int, conversation: str, before: str
) -> Iterator[tuple[str, str]]:
    """Yield a conversation, and those that it goes on from, each with the time it goes up to."""
    seen = set[str]()
    while conversation not in seen and len(seen) < _MOST_BRANCHES:
        seen.add(conversation)
        yield conversation, before
        if version < 3:
            return
        query = "SELECT origin, until FROM branches WHERE conversation = ?"
        row = connection.execute(query, (conversation,)).fetchone()
        if row is None:
            return
        conversation, before = map(as_text, row)


def read_summary(row: Sequence[Any]) -> TurnSummary:
    """Return the line of a row of SUMMARY, whoever wrote it."""
    turn, started_at, question, outcome, seconds, tokens = row
    return TurnSummary(
        turn=as_text(turn),
        started_at=as_text(started_at),
        question=as_text(question),
        outcome=as_text(outcome),
        seconds=as_number(seconds),
        output_tokens=int(as_number(tokens)),
    )


def summary_of(record: dict[str, Any]) -> TurnSummary:
    """Return the line of a record."""
    return TurnSummary(*(record[name.strip()] for name in SUMMARY.split(",")))


def _with_messages(path: Path, record: dict[str, Any]) -> dict[str, Any]:
    """Put into a record what its agents were sent, where that is in its events alone."""
    if any(stream["messages"] for stream in record["streams"]):
        return record
    with database.reading(path) as source:
        if source and source[1] > 1:
            told = replayed(source[0], record["turn"])[0].streams
            for stream in record["streams"]:
                sent = told[stream["id"]].messages if stream["id"] in told else ()
                stream["messages"] = [{"role": m.role, "content": m.content} for m in sent]
    return record


def _row(path: Path, turn: str) -> Sequence[object] | None:
    """Return the row of a turn that has ended; without its record where that cannot be read."""
    with database.reading(path) as source:
        if source is None:
            return None
        query = f"SELECT {COLUMNS}, {{}} FROM turns WHERE turn = ?"  # noqa: S608 - ours
        try:
            row = source[0].execute(query.format("record"), (turn,)).fetchone()
        except sqlite3.DatabaseError:  # damaged in one place, or larger than anything of ours
            row = source[0].execute(query.format("NULL"), (turn,)).fetchone()
        found: Sequence[object] | None = row
        return found


def _of_all(path: Path, query: str, parameters: Sequence[object]) -> list[Any]:
    """Return what `query` finds in the tables of ended and of open turns."""
    with database.reading(path) as source:
        if source is None:
            return []
        connection, version = source
        tables = ("turns", "open_turns") if version > 1 else ("turns",)
        return [row for table in tables for row in _ask(connection, query, table, parameters)]


def _ask(
    connection: sqlite3.Connection, query: str, table: str, parameters: Sequence[object]
) -> list[Any]:
    return connection.execute(query.format(table), parameters).fetchall()
