"""One history for several programs, and for several versions of the program."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from moa_tui.transcript.deletion import delete_turns
from moa_tui.transcript.history import (
    SCHEMA_VERSION,
    interrupted_turns,
    list_turns,
    load_turn,
)
from moa_tui.transcript.search import search_turns
from tests.transcript.children import write_at_once, written_names
from tests.transcript.kept import names, save, turn

pytestmark = pytest.mark.slow

VERSION_1 = """
CREATE TABLE turns (
    turn TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    started_at TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    outcome TEXT NOT NULL,
    seconds REAL NOT NULL,
    output_tokens INTEGER NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX turns_by_time ON turns (started_at);
PRAGMA user_version = 1;
"""


@pytest.mark.parametrize(("programs", "turns"), [(4, 75)])
def test_programs_that_write_at_once_lose_nothing(history: Path, programs: int, turns: int) -> None:
    """The full size, 4 programs with 300 turns each: python -m benchmarks.reliability sharing."""
    told = write_at_once(history, programs, turns)
    assert told == [""] * programs
    assert sorted(names(history, 10_000)) == sorted(written_names(programs, turns))


@pytest.fixture
def version_1(history: Path) -> Path:
    """A history as the first version of the program wrote it."""
    history.parent.mkdir()
    record = turn("old1", 1, "What was before?").as_json()
    columns = ("turn", "conversation", "started_at", "question", "answer", "outcome", "seconds")
    with closing(sqlite3.connect(history)) as connection:
        connection.executescript(VERSION_1)
        with connection:
            connection.execute(
                "INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*(record[name] for name in columns), record["output_tokens"], json.dumps(record)),
            )
    return history


def test_an_older_history_is_read_as_it_is(version_1: Path) -> None:
    before = version_1.read_bytes()
    assert names(version_1) == ["old1"]
    assert load_turn(version_1, "last") == turn("old1", 1, "What was before?").as_json()
    assert [summary.turn for summary in search_turns(version_1, "before")] == ["old1"]
    assert interrupted_turns(version_1) == []
    assert version_1.read_bytes() == before


def test_an_older_history_is_brought_up_to_date_when_it_is_written(version_1: Path) -> None:
    old = load_turn(version_1, "old1")
    assert save(version_1, turn("new1", 2)) == []
    assert names(version_1) == ["new1", "old1"]
    assert load_turn(version_1, "old1") == old
    assert [summary.turn for summary in search_turns(version_1, "before")] == ["old1"]
    with closing(sqlite3.connect(version_1)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        assert connection.execute("SELECT count(*) FROM turn_words").fetchone() == (2,)


def test_an_older_history_may_be_deleted_from(version_1: Path) -> None:
    delete_turns(version_1, ["old1"])
    assert list_turns(version_1) == []
