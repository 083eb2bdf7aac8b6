"""Turns a page at a time, as somebody looks for one: newest first, filtered, cleaned.

Only what is on a page is read. Nothing that a row holds makes the page fail: a record that is
damaged makes a line that says so.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moa_tui.state.participation import head_of
from moa_tui.text import clean_line
from moa_tui.transcript import database
from moa_tui.transcript.interrupted import UnendedTurn, open_turns
from moa_tui.transcript.reading_back import as_text
from moa_tui.transcript.record import TurnRecord
from moa_tui.transcript.search import conditions_for, record_holds, sought_with_or_without_index

PAGE = 100
_LONGEST = 1_000
_SOUND = "typeof(record) = 'text' AND json_valid(record)"
_FACTS = ("strategy", "roster", "preset", "cost_usd", "participation")
# Nothing in these is from outside.
_COLUMNS = f"""
    rowid, turn, conversation, started_at, substr(question, 1, {_LONGEST}), outcome, seconds,
    output_tokens"""
_WHOLE = ", ".join(
    (
        f"{_COLUMNS}, {_SOUND}",
        *(f"CASE WHEN {_SOUND} THEN json_extract(record, '$.{name}') END" for name in _FACTS),
        f"""CASE WHEN {_SOUND} THEN (
            SELECT count(DISTINCT json_extract(record, fullkey || '.agent'))
            FROM json_each(record, '$.streams')
        ) END""",  # noqa: S608 - see above
    )
)
_BARE = "rowid, turn, conversation, started_at, '', '', 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; an empty field, or a preset of None, does not matter."""

    words: str = ""
    outcome: str = ""
    strategy: str = ""
    roster: str = ""
    preset: str | None = None
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class TurnLine:
    """A turn as a list shows it. `outcome` may also be running or interrupted.

    `open` says that it has not ended; `damaged`, that there is nothing of it but this line;
    `took_part` how many answered, in the words that the turn had on the screen.
    """

    turn: str
    conversation: str
    started_at: str
    question: str
    outcome: str
    seconds: float
    output_tokens: int
    strategy: str = ""
    roster: str = ""
    preset: str = ""
    cost: float | None = None
    agents: int = 0
    open: bool = False
    damaged: bool = False
    took_part: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Lines, newest first; `after` asks for the next page, None where this is the last.

    `total` is how many there are in all, None where counting would mean reading every record.
    """

    lines: tuple[TurnLine, ...] = ()
    after: int | None = None
    total: int | None = None


def turn_page(
    path: Path, sought: Sought | None = None, after: int | None = None, size: int = PAGE
) -> Page:
    """Return `size` turns that fit `sought`, from the newest or `after` a page's end.

    Raises HistoryError if the history cannot be read.
    """
    sought = sought or Sought()
    with database.reading(path) as source:
        if source is None:
            return Page()
        connection = source[0]

        def ask(*, indexed: bool) -> tuple[list[Any], int | None]:
            where, parameters = _conditions(connection, sought, indexed=indexed)
            rows = _rows(connection, where, parameters, after, size)
            return rows, None if "record" in where else _count(connection, where, parameters)

        rows, total = sought_with_or_without_index(ask)
        newer = _moment(connection, after)
    lines = [_line(row) for row in rows[:size]]
    more = len(rows) > size
    older = lines[-1].started_at if more else ""
    ended = {line.turn for line in lines}
    going = [line for line in _open_lines(path, sought) if line.turn not in ended]
    # Those that have not ended stand on the page of their time.
    lines += [x for x in going if older <= x.started_at and (not newer or x.started_at < newer)]
    lines.sort(key=lambda line: line.started_at, reverse=True)
    counted = None if total is None else total + len(going)
    return Page(tuple(lines), int(rows[size - 1][0]) if more else None, counted)


def _rows(
    connection: sqlite3.Connection,
    where: str,
    parameters: Sequence[object],
    after: int | None,
    size: int,
) -> list[Any]:
    """Return a row more than `size`, if there is one."""
    if after is not None:
        where += " AND (started_at, rowid) < (SELECT started_at, rowid FROM turns WHERE rowid = ?)"
        parameters = (*parameters, after)
    order = f"WHERE {where} ORDER BY started_at DESC, rowid DESC LIMIT ?"
    return database.rows_of_turns(connection, _WHOLE, order, (*parameters, size + 1), _BARE)


def _conditions(
    connection: sqlite3.Connection, sought: Sought, *, indexed: bool
) -> tuple[str, list[object]]:
    conditions, parameters = ["1"], list[object]()
    if terms := sought.words.split():
        found, values = conditions_for(connection, terms, indexed=indexed)
        conditions += found
        parameters += values
    for column in ("outcome", "conversation"):
        if value := getattr(sought, column):
            conditions.append(f"{column} = ?")
            parameters.append(value)
    for fact in ("strategy", "roster", "preset"):
        value = getattr(sought, fact)
        if value or (fact == "preset" and value is not None):
            conditions.append(f"CASE WHEN {_SOUND} THEN json_extract(record, '$.{fact}') = ? END")
            parameters.append(value)
    return " AND ".join(conditions), parameters


def _count(connection: sqlite3.Connection, where: str, parameters: Sequence[object]) -> int:
    query = f"SELECT count(*) FROM turns WHERE {where}"  # noqa: S608 - conditions are ours alone
    return int(connection.execute(query, parameters).fetchone()[0])


def _moment(connection: sqlite3.Connection, rowid: int | None) -> str:
    row = connection.execute("SELECT started_at FROM turns WHERE rowid = ?", (rowid,)).fetchone()
    return as_text(row[0]) if row else ""


def _line(row: Sequence[Any]) -> TurnLine:
    _, turn, conversation, started_at, question, outcome, seconds, tokens, sound, *facts = row
    strategy, roster, preset, cost, participation, agents = facts
    return TurnLine(
        turn=as_text(turn),
        conversation=as_text(conversation),
        started_at=as_text(started_at),
        question=_words(question),
        outcome=_words(outcome),
        seconds=_figure(seconds),
        output_tokens=int(_figure(tokens)),
        strategy=_words(strategy),
        roster=as_text(roster),
        preset=as_text(preset),
        cost=None if cost is None else _figure(cost),
        agents=int(_figure(agents)),
        damaged=not sound or agents is None,
        took_part=head_of(_words(participation)),
    )


def _open_lines(path: Path, sought: Sought) -> list[TurnLine]:
    return [_open_line(turn) for turn in open_turns(path) if _fits(turn.record(), sought)]


def _open_line(turn: UnendedTurn) -> TurnLine:
    record = turn.record()
    return TurnLine(
        turn=turn.turn,
        conversation=turn.conversation,
        started_at=str(turn.started_at),
        question=_words(turn.question),
        outcome=record.outcome,
        seconds=record.seconds,
        output_tokens=record.output_tokens,
        strategy=_words(record.strategy),
        roster=turn.roster,
        preset=turn.preset,
        cost=record.cost_usd,
        agents=len({stream.agent for stream in record.streams}),
        open=True,
        took_part=head_of(record.participation),
    )


def _fits(record: TurnRecord, sought: Sought) -> bool:
    wanted = {
        name: getattr(sought, name)
        for name in ("outcome", "strategy", "roster", "conversation", "preset")
    }
    return all(
        value in ("", None) or getattr(record, name) == value for name, value in wanted.items()
    ) and record_holds(record.as_json(), sought.words.split())


def _words(value: object) -> str:
    return clean_line(value, _LONGEST) if isinstance(value, str) else ""


def _figure(value: object) -> float:
    sound = isinstance(value, int | float) and abs(value) < 1e15
    return float(value) if sound else 0.0  # type: ignore[arg-type]  # a number, see above
