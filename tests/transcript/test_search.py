"""Searching, exporting and deleting: nothing in a query is a command, nothing deleted stays."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa_tui.transcript import schema
from moa_tui.transcript.deletion import delete_turns, turns_before
from moa_tui.transcript.export import exported
from moa_tui.transcript.history import each_record
from moa_tui.transcript.search import search_turns
from tests.transcript.kept import names, save, turn

QUESTIONS = {
    "t1": "How does the café's C++ compiler work?",
    "t2": 'She said "NOT now" AND left; DROP TABLE turns',
    "t3": "大模型很好用",
    "t4": "the compilation of a program",
}


@pytest.fixture(params=["index", "no index"])
def searched(history: Path, request: pytest.FixtureRequest) -> Path:
    """A history with some turns, with and without the index of words."""
    save(history, *(turn(name, i, text) for i, (name, text) in enumerate(QUESTIONS.items())))
    if request.param == "no index":
        with closing(sqlite3.connect(history)) as connection:
            connection.execute("DROP TABLE turn_words")
    return history


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("compil", "t4 t1"),
        ("COMPILER", "t1"),
        ("cafe", "t1"),
        ("CAFÉ", "t1"),
        ("c++", "t1"),
        ("compil program", "t4"),
        ("program compil", "t4"),
        ("模型", "t3"),
        ("NOT", "t2"),
        ("AND OR", ""),
        ('"NOT', "t2"),
        ("turns;", ""),
        ("%", ""),
        ("_", ""),
        ("!", ""),
        ("t1", ""),
        ('"NOT now"', "t2"),
        ("*", ""),
        ("", ""),
        ("because", "t4 t3 t2 t1"),
        ("outcome", ""),
        ("nothing", ""),
    ],
)
def test_turns_are_found_by_their_words(searched: Path, query: str, found: str) -> None:
    assert [summary.turn for summary in search_turns(searched, query)] == found.split()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=20) | st.text("\"*()^:+-{}[]~\\'%_ aNOTDEAR", max_size=20))
def test_no_query_is_an_error(searched: Path, query: str) -> None:
    found = {summary.turn for summary in search_turns(searched, query)}
    assert found <= set(names(searched))


def test_a_turn_that_another_program_did_not_index_is_found(history: Path) -> None:
    save(history, turn("t1", 1, "the first"), turn("t2", 2, "the second"))
    with closing(sqlite3.connect(history)) as connection, connection:
        connection.execute("DELETE FROM turn_words WHERE rowid = 1")
    assert [summary.turn for summary in search_turns(history, "the")] == ["t2", "t1"]


def test_without_fts5_a_history_is_made_and_searched(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "_WORDS", "CREATE VIRTUAL TABLE turn_words USING no_fts5(words)")
    assert save(history, turn("t1", 1, "the first")) == []
    assert [summary.turn for summary in search_turns(history, "first")] == ["t1"]
    delete_turns(history, ["t1"])
    assert names(history) == []


def test_a_limit_and_an_empty_history(history: Path) -> None:
    assert search_turns(history, "why") == []
    save(history, *(turn(f"t{i}", i) for i in range(5)))
    assert [summary.turn for summary in search_turns(history, "why", 2)] == ["t4", "t3"]


def test_what_is_deleted_is_not_in_the_file_any_more(history: Path) -> None:
    secret = "xylophone marmalade"
    save(history, turn("t1", 1, secret * 50), turn("t2", 2, "harmless"))
    delete_turns(history, ["t1"])
    assert names(history) == ["t2"]
    assert search_turns(history, "xylophone") == []
    for path in history.parent.glob("history.db*"):
        if path.is_file():
            assert b"xylophone" not in path.read_bytes()
            assert b"marmalade" not in path.read_bytes()


def test_turns_before_a_moment(history: Path) -> None:
    assert turns_before(history) == []
    save(history, *(turn(f"t{i}", i) for i in range(4)))
    assert turns_before(history, turn("", 2).started_at) == ["t0", "t1"]
    assert turns_before(history) == ["t0", "t1", "t2", "t3"]
    delete_turns(history, [])
    assert len(names(history)) == 4


@pytest.mark.parametrize("count", [0, 1, 2])
def test_exported_json_is_json(history: Path, count: int) -> None:
    save(history, *(turn(f"t{i}", i, "Wie schön?") for i in range(count)))
    records = list(each_record(history))
    assert [record["turn"] for record in records] == [f"t{i}" for i in range(count)]
    assert json.loads("".join(exported(records, "json"))) == records
    lines = "".join(exported(records, "jsonl")).splitlines()
    assert [json.loads(line) for line in lines] == records
    assert "".join(exported(records, "md")).count("# Wie schön?") == count
