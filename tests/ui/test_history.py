"""The history in the app: found, looked at, shown as it was, gone on with, compared, deleted."""

import asyncio
import re
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from moa_tui import paths
from moa_tui.transcript.browsing import Sought, TurnLine
from moa_tui.transcript.history import list_turns, load_turn
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.record import TurnRecord
from moa_tui.transcript.record_reading import checked_record
from moa_tui.transcript.salvage import salvage
from moa_tui.ui.seeking import OUTCOMES, filtered
from moa_tui.ui.when import when
from moa_tui.ui.widgets.turn_list import TurnList
from tests.double import Answer, CerebrasDouble
from tests.transcript.kept import EMPTY, save
from tests.transcript.test_record_state import STREAM
from tests.ui.conftest import Screen
from tests.ui.test_app_turn import Open, script

NARROW = (80, 24)


def past(name: str, question: str, answer: str, hour: int, **more: object) -> TurnRecord:
    """Return a turn of yesterday whose two agents and aggregator said what they are called."""
    streams = [
        STREAM | {"id": f"{name}-{n}", "agent": agent, "text": f"{agent} said {name}"}
        for n, agent in enumerate(("eve", "dan"))
    ]
    writer = {"id": f"{name}-z", "agent": "kim", "role": "aggregator", "layer": 2, "text": answer}
    data = EMPTY.as_json() | {
        "turn": name,
        "conversation": "old",
        "question": question,
        "answer": answer,
        "answered_by": f"{name}-z",
        "outcome": "complete",
        "strategy": "mixture",
        "started_at": f"2026-01-01T0{hour}:00:00.000+00:00",
        "streams": [*streams, STREAM | writer],
    }
    return checked_record(data | more)


@pytest.fixture(autouse=True)
def kept() -> None:
    """A history of three turns, two of them of one conversation."""
    save(
        paths.history_file(),
        past("t1", "first thing?", "The same line\nand the old word here", 1),
        past("t2", "second thing?", "The same line\nand the new word here", 2),
        past(
            "t3", "a lonely wafer", "", 3, conversation="other", outcome="failed", answered_by=None
        ),
    )


async def open_history(screen: Screen) -> None:
    """Press F8 and wait for the list."""
    await screen.pilot.press("f8")
    await screen.shows("3 turns", "first thing?", "second thing?", "a lonely wafer")


async def test_a_turn_is_shown_as_it_looked_and_left(open_app: Open) -> None:
    async with open_app() as screen:
        await open_history(screen)
        await screen.pilot.press("down")
        await screen.shows("and the new word here")  # the preview
        await screen.pilot.press("enter")
        await screen.shows(
            "eve said t2", "dan said t2", "and the new word here", "from the history"
        )
        await screen.panes("agent-1", "agent-2", "answer")
        await screen.shows("1 eve", "2 dan", "kim", "✓ complete", "2 of 2 agents")
        await screen.pilot.press("escape")
        await screen.shows("1 ada", "2 bob", "3 cyd", "The answer is written here", "ready")
        await screen.hides("eve said t2", "from the history")


@pytest.mark.parametrize(("keys", "said"), [(("end",), 1), (("down",), 2)])
async def test_the_next_question_goes_on_from_the_turn_that_is_shown(
    open_app: Open, double: CerebrasDouble, keys: tuple[str, ...], said: int
) -> None:
    script(double)
    before = [
        *("first thing?", "The same line\nand the old word here"),
        *("second thing?", "The same line\nand the new word here"),
    ][: 2 * said]
    async with open_app() as screen:
        await open_history(screen)
        await screen.pilot.press(*keys, "enter")
        await screen.shows(f"eve said t{said}", f"❯ {before[-2]}")
        await screen.ask("and then?")
        await screen.shows("text of a", "text of z", "✓ complete")
        await screen.hides("from the history")
        messages = [m["content"] for m in double.chats[0].body["messages"]]
        assert messages[:-1] == ["You are Ada.", *before]
        await screen.ask("and now?")
        await screen.shows("❯ and now?", "✓ complete")
    path = paths.history_file()
    newest = list_turns(path, 1)[0]
    kept = kept_turn(path, newest.turn)
    asked = [exchange.question for exchange in kept.conversation]
    assert asked == [*before[::2], "and then?", "and now?"]
    assert (kept.record.conversation == "old") == (said == 2)
    sent = [m.content for m in next(iter(kept.state.streams.values())).messages]
    assert sent[:-1] == ["You are Ada.", *before, "and then?", kept.conversation[-2].answer]
    # The branch is kept by name alone: its words stand in the turns that it goes on from.
    record = load_turn(path, newest.turn)
    assert "first thing?" not in str(record["streams"])
    assert len(kept_turn(path, "t1").conversation) == (4 if said == 2 else 2)


async def test_a_kept_turn_has_the_figures_that_it_had_while_it_ran(
    open_app: Open, double: CerebrasDouble
) -> None:
    for name in "abcz":
        thinking = "Let me think about it. " * 20
        double.answers[f"model-{name}"] = Answer("text " * 40, reasoning=thinking, pace=0.002)
    figures = re.compile(r"▸ thought for [^│]*|total [\d.]+ s|[\d,.]+ tok/s|first [\d.]+ s")
    async with open_app() as screen:
        await screen.ask("today's question?")
        await screen.shows("✓ complete", "▸ thought for")
        await screen.pilot.press("f8", "escape")
        await screen.shows("total ")
        live = figures.findall(screen.text())
        await screen.pilot.press("f8", "enter")
        await screen.shows("from the history")
        assert figures.findall(screen.text()) == live
        assert len([figure for figure in live if "thought" in figure]) == 4


async def test_what_a_kept_turn_was_sent_and_agrees_on_is_shown(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("today's question?")
        await screen.shows("✓ complete")
        await screen.pilot.press("f8", "enter")
        await screen.shows("from the history", "text of a")
        screen.app.main.stage.focus_pane("agent-1")
        await screen.pilot.press("p")
        await screen.shows("You are Ada.", "today's question?")
        await screen.pilot.press("escape", "escape")
        await screen.hides("from the history")
        await screen.pilot.press("f8", "down", "down")
        await screen.shows("and the new word here")
        await screen.pilot.press("enter")
        await screen.shows("eve said t2", "from the history")
        screen.app.main.stage.focus_pane("agent-1")
        await screen.pilot.press("A")
        await screen.shows("Agreement", "eve   1.00  ", "dan   ")


async def test_todays_agents_are_asked_again_with_what_came_before(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await open_history(screen)
        await screen.pilot.press("down", "r")
        await screen.shows("text of a", "text of z", "✓ complete")
    messages = [m["content"] for m in double.chats[0].body["messages"]]
    assert messages[-3:] == [
        "first thing?",
        "The same line\nand the old word here",
        "second thing?",
    ]
    assert len(list_turns(paths.history_file())) == 4


async def test_a_turn_that_runs_goes_on_behind_the_history(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, z=Answer("at last", gate=gate))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("text of a")
        await screen.pilot.press("f8")
        await screen.shows("4 turns", "running")
        await screen.pilot.press("down", "down", "enter")
        await screen.shows("eve said t2")
        await screen.ask("more?")
        await screen.wait(screen.told("a turn is running"), "said why not")
        assert screen.app.main.prompt.text == "more?"
        gate.set()
        await screen.wait(lambda: not screen.app._runner.running, "ended")  # type: ignore[union-attr]
        await screen.shows("eve said t2")
        await screen.hides("at last")
        await screen.pilot.press("escape")
        await screen.shows("at last", "text of a")


async def test_words_and_filters_narrow_the_list_and_escape_widens_it(open_app: Open) -> None:
    async with open_app(size=NARROW) as screen:
        await open_history(screen)
        await screen.pilot.press("slash", *"second", "enter")
        await screen.shows("1 turn", "second thing?")
        await screen.hides("first thing?")
        await screen.pilot.press("c")
        await screen.shows("conversation: this one")
        await screen.pilot.press("o", "o")
        await screen.shows("outcome: degraded", "There is no turn with the words 'second'")
        await screen.pilot.press("escape")
        await screen.shows("3 turns", "a lonely wafer")
        await screen.pilot.press("escape")
        await screen.shows("Ask anything")


async def test_two_turns_are_compared(open_app: Open) -> None:
    async with open_app() as screen:
        await open_history(screen)
        await screen.pilot.press("v")
        await screen.wait(screen.told("mark a turn with Space"), "said how")
        await screen.pilot.press("down", "space", "down", "v")
        await screen.shows("- left", "+ right", "and the old word here", "and the new word here")
        assert screen.text().index("old word") < screen.text().index("new word")
        await screen.pilot.press("x")
        await screen.shows("  The same line", "- and the old word here", "+ and the new word here")
        await screen.pilot.press("escape")
        await screen.shows("◆", "3 turns")


async def test_a_turn_is_deleted_after_a_yes(open_app: Open) -> None:
    async with open_app() as screen:
        await open_history(screen)
        await screen.pilot.press("d")
        await screen.shows("Delete this turn for good?")
        await screen.pilot.press("n")
        await screen.hides("Delete this turn for good?")
        await screen.pilot.press("d")
        await screen.shows("Delete this turn for good?")
        await screen.pilot.press("y")
        await screen.shows("2 turns")
        await screen.hides("a lonely wafer")
    assert [line.turn for line in list_turns(paths.history_file())] == ["t2", "t1"]


async def test_a_turn_is_written_to_a_file_and_its_answer_copied(open_app: Open) -> None:
    async with open_app() as screen:
        await open_history(screen)
        await screen.pilot.press("down", "e")
        await screen.shows("Export", "Markdown")
        await screen.pilot.press("m")
        await screen.wait(screen.told("saved as"), "said where")
        (path,) = (paths.downloads_dir() or paths.exports_dir()).iterdir()
        assert "and the new word here" in path.read_text()
        assert screen.told(str(path))()
        await screen.pilot.press("y")
        await screen.wait(screen.told("copied"), "said so")
        assert screen.app.clipboard == "The same line\nand the new word here"


async def test_a_bad_row_says_so_and_breaks_nothing(open_app: Open) -> None:
    with closing(sqlite3.connect(paths.history_file())) as connection, connection:
        connection.execute("UPDATE turns SET record = '{' WHERE turn = 't2'")
        connection.execute(
            "UPDATE turns SET question = ? WHERE turn = 't1'", ("[b]bold\x1b[2J\x07",)
        )
    async with open_app() as screen:
        await screen.pilot.press("f8")
        await screen.shows("3 turns", "damaged: only this line is left", "[b]bold[2J")
        await screen.pilot.press("down")
        await screen.shows("what is kept of this turn is damaged")
        await screen.pilot.press("enter")
        await screen.wait(screen.told("damaged"), "said why not")
        await screen.pilot.press("down")
        await screen.shows("and the old word here")


async def test_an_empty_history_says_how_it_fills(open_app: Open) -> None:
    paths.history_file().unlink()
    async with open_app(size=NARROW) as screen:
        await screen.pilot.press("f8")
        await screen.shows("Nothing has been asked yet")
        await screen.pilot.press("enter", "space", "v", "d", "e", "y", "r", "t")
        await screen.pilot.press("f8")
        await screen.shows("Ask anything")


async def test_thousands_of_turns_come_page_by_page(open_app: Open) -> None:
    records = [
        replace(past(f"n{i:03}", f"question {i:03}", "x", 4), started_at=f"2026-02-01T{i:09}")
        for i in range(150)
    ]
    save(paths.history_file(), *records)
    async with open_app() as screen:
        await screen.pilot.press("f8")
        await screen.shows("153 turns", "question 149")
        await screen.pilot.press("end")
        await screen.shows("question 050")
        turns = screen.app.screen.query_one(TurnList)
        await screen.wait(lambda: turns.count == 153, "fetched the rest")
        await screen.pilot.press("end")
        await screen.shows("first thing?")


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=11, minutes=59), "11 hours ago"),
        (timedelta(hours=13), "yesterday 23:00"),
        (timedelta(days=3), "Sun 12:00"),
        (timedelta(days=20), "21 Jan"),
        (timedelta(days=400), "6 Jan 2026"),
    ],
)
def test_times_are_said_in_words(passed: timedelta, said: str) -> None:
    now = datetime(2027, 2, 10, 12, 0, tzinfo=UTC)
    assert when((now - passed).isoformat(), now) == said


def test_what_is_no_time_is_shown_as_it_is() -> None:
    assert when("yester\x1bday", datetime.now(UTC)) == "yesterday"


def test_filters_go_round_and_belong_to_the_turn_under_the_cursor() -> None:
    sought = Sought(words="x")
    for outcome in (*OUTCOMES, ""):
        sought = filtered(sought, "outcome", None)
        assert sought == Sought(words="x", outcome=outcome)
    line = TurnLine("t", "c", "", "", "", 0, 0, roster="/a.yaml", preset="deep")
    same = filtered(sought, "agents", line)
    assert (same.roster, same.preset) == ("/a.yaml", "deep")
    assert filtered(same, "agents", line) == sought
    assert filtered(sought, "agents", None) == sought
    assert filtered(filtered(sought, "conversation", line), "conversation", line) == sought


async def test_a_wrong_byte_in_the_history_does_not_keep_the_app_from_opening(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    path = paths.history_file()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    data[data.index(b"CREATE TABLE turns") + 14] = 0xFF  # SQLite quotes it in its message
    path.write_bytes(data)
    async with open_app() as screen:
        await screen.pilot.press("f8")
        await screen.shows("damaged", "moa-tui history recover")
        await screen.pilot.press("escape")
        await screen.ask("does it go on?")
        await screen.shows("text of a", "text of z", "✓ complete")
    assert [turn.question for turn in list_turns(path)] == ["does it go on?"]
    (aside,) = path.parent.glob("history.db.corrupt-*")
    assert salvage(aside, path).ended == 3
    assert len(list_turns(path)) == 4
