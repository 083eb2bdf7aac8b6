"""Pages of the history: every turn once, newest first, whatever its row holds."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from moa_tui.engine.prompts import Exchange
from moa_tui.errors import HistoryError
from moa_tui.transcript.browsing import Sought, TurnLine, turn_page
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.record_reading import checked_record
from tests.transcript.kept import save, turn
from tests.transcript.test_record_state import STREAM

KINDS = ("complete", "degraded", "failed")


def seeded(path: Path, count: int) -> None:
    """Save turns of three outcomes and two strategies, in conversations of two."""
    records = [
        replace(
            turn(f"t{i:04}", i, f"question {i} of café"),
            outcome=KINDS[i % 3],
            strategy="mixture" if i % 2 else "single",
            preset="deep" if i % 5 == 0 else "",
            roster="/agents.yaml",
            conversation=f"c{i // 2}",
        )
        for i in range(count)
    ]
    save(path, *records)


def everything(path: Path, sought: Sought, size: int) -> list[TurnLine]:
    """Return all pages, one after another."""
    lines: list[TurnLine] = []
    after = None
    while True:
        page = turn_page(path, sought, after, size)
        lines += page.lines
        if (after := page.after) is None:
            return lines


def test_no_history_is_an_empty_page(history: Path) -> None:
    page = turn_page(history)
    assert (page.lines, page.after) == ((), None)


@pytest.mark.parametrize("size", [1, 7, 100])
def test_pages_hold_every_turn_once_newest_first(history: Path, size: int) -> None:
    seeded(history, 20)
    lines = everything(history, Sought(), size)
    assert [line.turn for line in lines] == [f"t{i:04}" for i in reversed(range(20))]
    assert turn_page(history, size=size).total == 20


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        (Sought(outcome="failed"), [17, 14, 11, 8, 5, 2]),
        (Sought(strategy="single", outcome="failed"), [14, 8, 2]),
        (Sought(preset="deep"), [15, 10, 5, 0]),
        (Sought(preset="", outcome="degraded", roster="/agents.yaml"), [19, 16, 13, 7, 4, 1]),
        (Sought(roster="/others.yaml"), []),
        (Sought(conversation="c3"), [7, 6]),
        (Sought(words="cafe 1"), [19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 1]),
        (Sought(words="question", outcome="failed", strategy="mixture"), [17, 11, 5]),
        (Sought(words="nothing such"), []),
        (Sought(words="' OR 1=1 --"), []),
        (Sought(outcome="' OR 1=1 --"), []),
    ],
)
def test_filters_hold_together_over_pages(history: Path, sought: Sought, found: list[int]) -> None:
    seeded(history, 20)
    assert [line.turn for line in everything(history, sought, 3)] == [f"t{i:04}" for i in found]


def test_a_line_has_what_the_record_knows(history: Path) -> None:
    record = checked_record(
        turn("t1").as_json()
        | {
            "strategy": "vote",
            "preset": "deep",
            "cost_usd": 0.5,
            "question": "a\x1b[2Jb\nc",
            "streams": [STREAM, STREAM | {"id": "s2"}, STREAM | {"id": "s3", "agent": "bob"}],
        }
    )
    save(history, record)
    (line,) = turn_page(history).lines
    assert (line.strategy, line.preset, line.cost, line.agents) == ("vote", "deep", 0.5, 2)
    assert (line.question, line.output_tokens, line.damaged) == ("a[2Jb c", 42, False)


@pytest.mark.parametrize("record", ["", "{", "[]", "7", '{"streams": [1, "x"]}', b"\xff\x00", None])
def test_a_bad_record_is_a_line_that_says_so(history: Path, record: object) -> None:
    seeded(history, 3)
    with closing(sqlite3.connect(history)) as connection, connection:
        values = (record if record is not None else b"", "t0001")
        connection.execute("UPDATE turns SET record = ? WHERE turn = ?", values)
        connection.execute(
            "UPDATE turns SET question = CAST(x'1b5b41ff' AS TEXT), seconds = 'long', started_at"
            " = started_at WHERE turn = 't0002'"
        )
    for sought in (Sought(), Sought(words="question"), Sought(words="é"), Sought(preset="x")):
        assert turn_page(history, sought).lines is not None
    lines = {line.turn: line for line in everything(history, Sought(), 1)}
    assert lines.keys() == {"t0000", "t0001", "t0002"}
    assert lines["t0002"].question == "[A\ufffd"
    assert not lines["t0000"].damaged
    with pytest.raises(HistoryError, match="damaged"):
        kept_turn(history, "t0001")


def test_a_turn_comes_with_its_conversation(history: Path) -> None:
    seeded(history, 4)
    kept = kept_turn(history, "t0003")
    assert kept.before == (Exchange("question 2 of café", "Because."),)
    assert (kept.later, kept_turn(history, "t0002").later) == (0, 1)
    with pytest.raises(HistoryError, match="not in the history"):
        kept_turn(history, "t9")


def test_ten_thousand_turns_are_not_read_for_a_page(history: Path) -> None:
    seeded(history, 1)
    with closing(sqlite3.connect(history)) as connection, connection:
        (text,) = connection.execute("SELECT record FROM turns").fetchone()
        connection.executemany(
            "INSERT INTO turns SELECT ?, conversation, ?, question, answer, outcome, seconds,"
            " output_tokens, ? FROM turns WHERE turn = 't0000'",
            ((f"n{i}", f"2026-02-01T{i:09}", text) for i in range(10_000)),
        )
    page = turn_page(history)
    assert (len(page.lines), page.total, page.lines[0].turn) == (100, 10_001, "n9999")
    with closing(sqlite3.connect(history)) as connection:
        plan = connection.execute(
            "EXPLAIN QUERY PLAN SELECT turn FROM turns WHERE (started_at, rowid) <"
            " (SELECT started_at, rowid FROM turns WHERE rowid = 5)"
            " ORDER BY started_at DESC, rowid DESC LIMIT 5"
        ).fetchall()
    assert "TEMP B-TREE" not in json.dumps(plan)
