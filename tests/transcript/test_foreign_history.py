"""A history that another program wrote, or that is damaged where SQLite does not see it."""

import contextlib
import copy
import io
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from moa_tui.cli.main import main
from moa_tui.errors import HistoryError, MoaError
from moa_tui.state import fold
from moa_tui.state.model import TurnState
from moa_tui.transcript import history as kept_history
from moa_tui.transcript.browsing import Sought, turn_page
from moa_tui.transcript.deletion import turns_before
from moa_tui.transcript.history import find_turn, interrupted_turns, list_turns, load_turn
from moa_tui.transcript.kept_events import kept_events
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.questions import asked_before
from moa_tui.transcript.record import record_of
from moa_tui.transcript.recording import recorded
from moa_tui.transcript.resuming import offered, resumed_plan
from moa_tui.transcript.search import search_turns
from moa_tui.ui.widgets.resume_card import words
from tests.hostile_texts import PAYLOADS, foreign
from tests.rosters import build_roster
from tests.transcript.kept import save
from tests.transcript.test_interrupted import EVENTS as CUT
from tests.transcript.test_interrupted import interrupt
from tests.transcript.test_record import EVENTS

ROSTER = build_roster(
    b"version: 1\nagents: [{name: Ada, model: m0}, {name: Bob, model: m1}, {name: Cyd, model: m2},"
    b" {name: Dan, model: m3}]\naggregator: Ada\n",
    Path("agents.yaml"),
    "test",
)
RECORD = record_of(fold(TurnState(), EVENTS), "c1", "agents.yaml")
DATA = json.loads(json.dumps(RECORD.as_json()))
COLUMNS = ("turn", "conversation", "started_at", "question", "answer", "outcome", "seconds")
OPEN_COLUMNS = ("turn", "conversation", "started_at", "roster", "preset", "writer")

RAW = (
    *(
        "",
        "null",
        "[]",
        "{}",
        "3",
        "NaN",
        "1e999",
        '"x"',
        "{",
        "no JSON",
        "[" * 5_000,
        "9" * 5000,
    ),
    *('{"a":' * 500 + "1" + "}" * 500, '[{"event": []}]', "[[]]", '[{"event": "TurnStarted"}]'),
    '"\\ud800"',
)
VALUES: tuple[object, ...] = (
    *(None, True, -1, 0, 2**63, 10**400, float("nan"), float("inf"), 1e308, -1e300, "", "x", "s1"),
    *("\ud800", "a\0b", "9" * 5000, "s" + "9" * 5000, "2026-01-01", "9999-12-31T23:59:59-23:59"),
    *(
        [],
        {},
        [[]],
        [None],
        {"a": {"b": [1]}},
        [{"event": "TurnEnded"}],
        PAYLOADS["clear and home"],
    ),
)
IN_COLUMNS: tuple[object, ...] = (
    *(b"\xff\xfe", b"", -1, 2**63 - 1, 1e308, float("inf"), "", "x", "a\0b", "9" * 5000, "2026"),
    *("0001-01-01T00:00:00+23:59", "\x1b]0;x\x07", *RAW[:6]),
)


@st.composite
def damaged(draw: st.DrawFn, sound: Any) -> str:
    """JSON that was `sound` before something in it was replaced, taken out or doubled."""
    if draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from(RAW))
    data = copy.deepcopy(sound)
    for _ in range(draw(st.integers(1, 3))):
        where: Any = data
        while where:
            keys = list(where) if isinstance(where, dict) else range(len(where))
            key = draw(st.sampled_from(list(keys)))
            inner = where[key]
            if isinstance(inner, dict | list) and inner and draw(st.booleans()):
                where = inner
                continue
            match draw(st.sampled_from(["replace", "replace", "remove", "double"])):
                case "remove":
                    del where[key]
                case "double" if isinstance(where, list):
                    where.insert(key, copy.deepcopy(inner))
                case _:
                    where[key] = draw(st.sampled_from(VALUES))
            break
    return json.dumps(data)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a turn that has ended, and one that was cut off."""
    path = tmp_path_factory.mktemp("sound") / "history.db"
    save(path, RECORD)
    interrupt(path, CUT)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    return path


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the program looks for its history."""
    home = tmp_path_factory.mktemp("home")
    with mock.patch.dict(os.environ, {"HOME": str(home)}):
        path = home / ".local" / "share" / "moa-tui" / "history.db"
        path.parent.mkdir(parents=True)
        yield path


def events_of(database: Path) -> Any:
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT events FROM open_events WHERE turn = 't9'")
        return [event for (text,) in rows for event in json.loads(text)]


def change(place: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(place)) as connection, connection, suppress(sqlite3.Error):
        connection.execute(statement, values)


def commands() -> list[str]:
    """Run what reads the history; return what was said where it broke."""
    broken = []
    for arguments in (
        *(["list"], ["list", "--json"], ["show", "t1"], ["show", "last", "--json"], ["show", "t9"]),
        *(["search", "why"], ["search", "wh'y"], ["search", "größe"], ["export"]),
        *(["export", "-f", "json"], ["export", "-f", "jsonl"], ["export", "-f", "html"]),
        ["export", "-f", "recording", "t9"],
    ):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main(["history", *arguments])
        said = out.getvalue() + err.getvalue()
        said.encode()
        if code not in {0, 2} or foreign(said):
            broken.append(f"{arguments}: {code}: {err.getvalue()}")
    return broken


def resume(place: Path) -> None:
    """Go as far as a resume goes before it asks anybody; raises MoaError alone."""
    for turn in interrupted_turns(place):
        assert words(turn).plain
        with suppress(MoaError):
            plan = resumed_plan(place, turn, ROSTER)
            assert all(plan.lineup.layers)
    offered(place, ROSTER)
    turns_before(place, "2030")
    "".join(recorded(kept_events(place, "t9")))


def browse(place: Path) -> None:
    """Read as the screen does; raises HistoryError alone."""
    assert len(asked_before(place)) == 1
    for sought in (Sought(), Sought("why"), Sought("größe"), Sought(strategy="mixture")):
        lines = turn_page(place, sought).lines
        shown = "".join(f"{line.turn}{line.started_at}{line.roster}{line.preset}" for line in lines)
        assert foreign(shown) == set()
    for turn in ("t1", "t9"):
        with suppress(HistoryError):
            assert kept_turn(place, turn).state.turn


QUIET = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@QUIET
@given(record=damaged(DATA))
@example(record=json.dumps({**DATA, "format": 10**400}))
def test_any_record_is_read_as_far_as_it_can_be(record: str, sound: Path, place: Path) -> None:
    place.write_bytes(sound.read_bytes())
    change(place, "UPDATE turns SET record = ?", record)
    browse(place)
    assert commands() == []
    (found,) = (turn for turn in kept_history.each_record(place) if turn["turn"] != "t9")
    assert found.keys() >= DATA.keys()
    assert all(stream.keys() >= DATA["streams"][0].keys() for stream in found["streams"])


@QUIET
@given(data=st.data())
def test_any_events_are_read_as_far_as_they_can_be(
    data: st.DataObject, sound: Path, place: Path
) -> None:
    events = data.draw(damaged(events_of(sound)))
    place.write_bytes(sound.read_bytes())
    change(place, "DELETE FROM open_events WHERE number > 0")
    change(place, "UPDATE open_events SET events = ? WHERE turn = 't9'", events)
    resume(place)
    browse(place)
    assert commands() == []


@QUIET
@given(
    table=st.sampled_from(["turns", "open_turns", "open_events"]),
    column=st.integers(0, 6),
    value=st.sampled_from(IN_COLUMNS),
)
@example(table="turns", column=0, value="a\x1b[2Jb")
@example(table="open_turns", column=0, value=b"\xff")
def test_any_column_is_read_as_far_as_it_can_be(
    table: str, column: int, value: object, sound: Path, place: Path
) -> None:
    names = {"turns": (*COLUMNS, "output_tokens"), "open_turns": OPEN_COLUMNS}
    columns = names.get(table, ("turn", "number", "events"))
    place.write_bytes(sound.read_bytes())
    change(place, f"UPDATE {table} SET {columns[column % len(columns)]} = ?", value)
    resume(place)
    browse(place)
    assert commands() == []


@pytest.mark.parametrize("record", RAW)
def test_an_older_layout_is_brought_up_to_date_whatever_is_in_it(
    record: str, sound: Path, place: Path
) -> None:
    place.write_bytes(sound.read_bytes())
    with closing(sqlite3.connect(place)) as connection, connection:
        for table in ("turn_words", "open_turns", "open_events"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE turns SET record = ?", (record,))
        connection.execute("PRAGMA user_version = 1")
    assert save(place) == []
    assert commands() == []
    interrupt(place)
    assert {turn.turn for turn in list_turns(place)} == {"t1", "t9"}
    assert {turn.turn for turn in search_turns(place, "why")} == {"t1", "t9"}


def test_what_the_columns_say_stands_in_for_a_record(sound: Path, place: Path) -> None:
    place.write_bytes(sound.read_bytes())
    change(place, "UPDATE turns SET record = '{'")
    record = load_turn(place, "t1")
    assert (record["question"], record["answer"]) == (RECORD.question, RECORD.answer)
    assert "damaged" in record["participation"]
    assert record["streams"] == []


def test_a_sound_record_is_read_as_it_was_written(sound: Path, place: Path) -> None:
    place.write_bytes(sound.read_bytes())
    assert load_turn(place, "t1") == DATA


@pytest.mark.parametrize("asked", ["\udcff", "a\0b", "t1\0", "x" * 100_000])
def test_names_that_are_no_text_are_refused(sound: Path, place: Path, asked: str) -> None:
    place.write_bytes(sound.read_bytes())
    with pytest.raises(HistoryError, match="there is no turn"):
        find_turn(place, asked)
    assert search_turns(place, asked) == []
