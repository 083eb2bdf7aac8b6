"""A history that was made to do harm: what is in it does not run, hang, or fill the memory."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from moa_tui.errors import HistoryError
from moa_tui.transcript import connection as connections
from moa_tui.transcript import database
from moa_tui.transcript.browsing import Sought, turn_page
from moa_tui.transcript.connection import MOST_BYTES, Connection
from moa_tui.transcript.deletion import delete_turns
from moa_tui.transcript.history import each_record, interrupted_turns, list_turns, load_turn
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.questions import asked_before
from moa_tui.transcript.salvage import salvage
from moa_tui.transcript.search import search_turns
from tests.transcript.kept import names, save, turn
from tests.transcript.test_interrupted import interrupt

_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
_COLUMNS = (
    "turn, conversation, started_at, question, answer, outcome, seconds, output_tokens, record"
)
FOREIGN = {
    "a view in the place of the turns": f"""
        DROP TABLE turns;
        CREATE VIEW turns AS {_ENDLESS}
        SELECT i turn, '' conversation, i started_at, '' question, '' answer, '' outcome,
        0 seconds, 0 output_tokens, '' record FROM n""",
    "another view": f"CREATE VIEW other AS {_ENDLESS} SELECT i FROM n",
    "a trigger": """
        CREATE TRIGGER harm AFTER INSERT ON turns
        BEGIN UPDATE turns SET answer = 'changed'; END""",
    "a trigger on the events": """
        CREATE TRIGGER harm BEFORE DELETE ON open_events BEGIN DELETE FROM turns; END""",
    "a generated column": """
        ALTER TABLE open_turns ADD COLUMN extra TEXT GENERATED ALWAYS AS (hex(zeroblob(99))) VIRTUAL
        """,
    "another column": "ALTER TABLE turns ADD COLUMN extra TEXT",
    "another default": """
        DROP TABLE open_turns;
        CREATE TABLE open_turns (turn TEXT PRIMARY KEY DEFAULT (hex(randomblob(9))),
        conversation, started_at, roster, preset, writer)""",
    "an index on an expression": "CREATE INDEX slow ON turns (hex(zeroblob(9)) || record)",
    "a virtual table": "CREATE VIRTUAL TABLE other USING fts5(x)",
    "the words under another tokenizer": """
        DROP TABLE turn_words; CREATE VIRTUAL TABLE turn_words USING fts5(words)""",
    "a thousand tables": "".join(f"CREATE TABLE t{number} (x);" for number in range(1000)),
    "no events": "DROP TABLE open_events",
}


@pytest.fixture(params=FOREIGN, ids=lambda name: name.replace(" ", "-"))
def foreign(request: pytest.FixtureRequest, history: Path) -> Path:
    save(history, turn("t1"))
    with closing(sqlite3.connect(history)) as connection:
        connection.executescript(FOREIGN[request.param])
    return history


READINGS: tuple[Callable[[Path], object], ...] = (
    list_turns,
    asked_before,
    interrupted_turns,
    turn_page,
    lambda path: list(each_record(path)),
    lambda path: search_turns(path, "why"),
    lambda path: search_turns(path, "größe-x"),
    lambda path: turn_page(path, Sought("wh'y", strategy="mixture")),
    lambda path: kept_turn(path, "t1"),
    lambda path: delete_turns(path, ["t1"]),
)


def test_what_moa_tui_did_not_make_is_not_read(foreign: Path) -> None:
    for read in READINGS:
        with pytest.raises(HistoryError, match=r"is not as moa-tui makes it|is missing"):
            read(foreign)


def test_it_is_set_aside_and_its_turns_can_be_had(foreign: Path) -> None:
    before = foreign.read_bytes()
    (told,) = save(foreign, turn("new", 9))
    assert "was set aside" in told
    assert names(foreign) == ["new"]
    (aside,) = foreign.parent.glob("history.db.corrupt-*")
    assert aside.read_bytes() == before
    if b"CREATE VIEW turns" not in before:
        assert salvage(aside, foreign).ended == 1
        assert load_turn(foreign, "t1")["answer"] == "Because."


def test_figures_of_analyze_are_no_harm(history: Path) -> None:
    save(history, turn("t1"))
    with closing(sqlite3.connect(history)) as connection:
        connection.executescript("ANALYZE")
    assert save(history, turn("t2", 2)) == []
    assert names(history) == ["t2", "t1"]


@pytest.mark.parametrize("column", ["record", "question", "answer"])
def test_a_value_beyond_all_measure_costs_its_own_turn(history: Path, column: str) -> None:
    save(history, turn("t1"), turn("t2", 2), turn("t3", 3))
    interrupt(history)
    with closing(sqlite3.connect(history)) as connection, connection:
        large = f"UPDATE turns SET {column} = CAST(zeroblob(?) AS TEXT) WHERE turn = 't2'"
        connection.execute(large, (MOST_BYTES + 1,))
    lines = turn_page(history).lines
    assert {line.turn for line in lines} >= {"t1", "t3", "t9"}
    assert [r["turn"] for r in each_record(history, ["t1", "t3"])] == ["t1", "t3"]
    assert search_turns(history, "why")
    assert save(history, turn("t4", 4)) == []
    assert kept_turn(history, "t4").record.answer == "Because."
    delete_turns(history, ["t2"])
    assert set(names(history)) == {"t1", "t3", "t4", "t9"}


def test_events_beyond_all_measure(history: Path) -> None:
    interrupt(history)
    with closing(sqlite3.connect(history)) as connection, connection:
        connection.execute(
            "UPDATE open_events SET events = CAST(zeroblob(?) AS TEXT) WHERE number = 0",
            (MOST_BYTES + 1,),
        )
    assert [found.turn for found in interrupted_turns(history)] == ["t9"]
    assert [line.turn for line in turn_page(history).lines] == ["t9"]


def test_a_statement_without_end_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_STEPS", 3_000_000)
    with closing(sqlite3.connect(":memory:", factory=Connection)) as connection:
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError) as caught:
                connection.execute(f"{_ENDLESS} SELECT count(*) FROM n").fetchall()
            assert database.reason(caught.value) == "it took too long, and was given up"
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
        assert connection.execute("PRAGMA trusted_schema").fetchone() == (0,)


def test_whoever_leaves_waits_for_no_reading(history: Path) -> None:
    save(history, turn("t1"))
    left: list[bool] = []

    def leave() -> int:
        if not left:
            database.stop_reading()
            left.append(True)
        return 1

    def read() -> None:
        with database.reading(history) as source:
            assert source
            source[0].create_function("leave", 0, leave)
            source[0].execute(f"{_ENDLESS} SELECT max(leave()) FROM n").fetchall()

    with pytest.raises(HistoryError, match="given up"):
        read()
    assert names(history) == ["t1"]
