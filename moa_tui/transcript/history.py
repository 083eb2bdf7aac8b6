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
SUMMARY = "turn, started_at, question, outcome, seconds, output_tokens"


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
        query = f"SELECT {SUMMARY} FROM turns ORDER BY started_at DESC, rowid DESC LIMIT ?"  # noqa: S608 - columns named above
        ended = [read_summary(row) for row in source[0].execute(query, (max(0, limit),))]
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
        query = f"SELECT {COLUMNS}, record FROM turns WHERE turn = ?"  # noqa: S608 - ours
        if rows := _of_ended(path, query, (turn,)):
            yield as_record(rows[0])
        elif turn in going:
            yield going[turn].record().as_json()


def conversation_so_far(path: Path, conversation: str, before: str) -> tuple[Exchange, ...]:
    """Return what was asked and answered in `conversation` before the time `before`, oldest first.

    `before` is the `started_at` of the turn that is to be taken up again.
    """
    query = (
        "SELECT question, answer, outcome, CASE outcome WHEN 'complete' THEN '' ELSE record END"
        " FROM turns WHERE conversation = ? AND started_at < ?"
        " AND answer <> '' ORDER BY started_at, rowid"
    )
    rows = _of_ended(path, query, (conversation, before))
    return tuple(
        Exchange(as_text(question), as_text(answer), answer_outcome(as_text(outcome), record))
        for question, answer, outcome, record in rows
    )


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


def _of_ended(path: Path, query: str, parameters: Sequence[object]) -> list[Any]:
    with database.reading(path) as source:
        return source[0].execute(query, parameters).fetchall() if source else []


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
