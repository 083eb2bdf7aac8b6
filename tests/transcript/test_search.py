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
from moa_tui.transcript.record import words_of
from moa_tui.transcript.rows import index_words
from moa_tui.transcript.search import record_holds, search_turns
from moa_tui.transcript.upkeep import keep_up
from tests.transcript.kept import names, save, turn

QUESTIONS = {
    "t1": "How does the café's C++ compiler work?",
    "t2": 'She said "NOT now" AND left; DROP TABLE turns',
    "t3": "大模型很好用",
    "t4": "the compilation of a program",
}


def without_index(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE turn_words")


def as_version_2(connection: sqlite3.Connection) -> None:
    """Have the words indexed as they were written, as earlier versions did."""
    records = connection.execute("SELECT rowid, record FROM turns").fetchall()
    for rowid, record in records:
        words = words_of(json.loads(record))
        connection.execute("UPDATE turn_words SET words = ? WHERE rowid = ?", (words, rowid))
    for table in ("upkeep", "branches"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 2")


def half_brought_up(connection: sqlite3.Connection) -> None:
    """Have the older half of the turns not indexed, or not folded, yet."""
    as_version_2(connection)
    connection.execute("DELETE FROM turn_words WHERE rowid = 1")
    connection.commit()
    schema.bring_up_to_date(connection)
    last = connection.execute("SELECT max(rowid) FROM turns").fetchone()[0]
    for rowid in range(last // 2 + 1, last + 1):
        (record,) = connection.execute(
            "SELECT record FROM turns WHERE rowid = ?", (rowid,)
        ).fetchone()
        index_words(connection, rowid, words_of(json.loads(record)))
    schema.leave_to_fold(connection, last // 2)


def brought_up(connection: sqlite3.Connection) -> None:
    as_version_2(connection)
    connection.execute("DELETE FROM turn_words WHERE rowid = 1")
    connection.commit()
    schema.bring_up_to_date(connection)
    while keep_up(connection):
        pass


STATES = {
    "index": lambda connection: None,
    "no-index": without_index,
    "version-2": as_version_2,
    "half": half_brought_up,
    "brought-up": brought_up,
}


@pytest.fixture(params=STATES)
def searched(history: Path, request: pytest.FixtureRequest) -> Path:
    """A history with some turns, with and without the index of words, and on the way there."""
    save(history, *(turn(name, i, text) for i, (name, text) in enumerate(QUESTIONS.items())))
    with closing(sqlite3.connect(history)) as connection, connection:
        STATES[request.param](connection)
    return history


TEXTS = st.text("aBé-ßÄ東x. '\"%_!*", min_size=1, max_size=12)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(TEXTS, min_size=2, max_size=6), st.data())
@pytest.mark.parametrize("state", STATES)
def test_every_state_of_the_index_finds_the_same(
    tmp_path_factory: pytest.TempPathFactory, state: str, texts: list[str], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("h") / "history.db"
    records = [turn(f"t{i}", i, text) for i, text in enumerate(texts)]
    save(path, *records)
    with closing(sqlite3.connect(path)) as connection, connection:
        STATES[state](connection)
    text = data.draw(st.sampled_from(texts))
    start = data.draw(st.integers(0, len(text) - 1))
    term = "-" + text[start : start + 4]
    wanted = [r.turn for r in records if record_holds(r.as_json(), term.split())]
    found = {summary.turn for summary in search_turns(path, term, 100)}
    if state in {"version-2", "half"} and term.isascii():
        # Older entries are looked through as they were written until they are folded.
        assert found <= set(wanted)
        assert found >= {r.turn for r in records if term.lower().strip() in r.question.lower()}
    elif term.split():
        assert found == set(wanted)


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
