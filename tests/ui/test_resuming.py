"""A turn that was cut off is offered at the next start, and gone on with or dismissed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.transcript.history import interrupted_turns, list_turns, load_turn
from moa_tui.transcript.resuming import claimed, offered
from moa_tui.ui.widgets.resume_card import ago
from tests.double import Answer, CerebrasDouble
from tests.ui.test_app_turn import Open, script


async def interrupt(open_app: Open, double: CerebrasDouble) -> None:
    """Leave a turn behind in which bob was cut off."""
    script(double, b=Answer(pieces=("cut ", "off ", "x"), gate=asyncio.Event(), gate_at=3))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("text of a", "text of c", "cut off")
        assert screen.app._runner
        screen.app._runner.leave_open()
    double.requests.clear()
    script(double)


async def test_it_is_offered_and_gone_on_with(open_app: Open, double: CerebrasDouble) -> None:
    await interrupt(open_app, double)
    (turn,) = interrupted_turns(paths.history_file())
    gate = asyncio.Event()
    script(double, b=Answer("at last", gate=gate))
    async with open_app() as screen:
        await screen.shows("Interrupted a moment ago: why?", "2 of 3 answers kept · Alt+R")
        assert not double.chats
        await screen.pilot.press("ctrl+r")  # searches, also while a turn is on offer
        await screen.shows("Earlier questions")
        await screen.pilot.press("escape")
        assert not double.chats, "a search costs nothing"
        await screen.pilot.press("alt+r")
        await screen.shows("text of a", "text of c")
        await screen.hides("Interrupted")
        await screen.panes("agent-1", "agent-2", "agent-3", "answer")
        gate.set()
        await screen.shows("at last", "text of z", "✓ complete", "3 of 3 agents")
        await screen.shows("2 bob", "3 cyd")
        await screen.hides("cut off")
        await screen.panes("agent-1", "agent-2", "agent-3", "answer")
        assert [request.model for request in double.chats] == ["model-b", "model-z"]
        await screen.pilot.press("ctrl+r")  # nothing is offered any more: it searches
        await screen.shows("Earlier questions")
        await screen.pilot.press("escape")
        double.requests.clear()
        await screen.ask("and then?")
        await screen.wait(lambda: len(double.chats) == 4, "asked the next question")
        messages = double.chats[0].body["messages"]
        assert [m["content"] for m in messages[-3:]] == ["why?", "text of z", "and then?"]
    kept = load_turn(paths.history_file(), turn.turn)
    assert (kept["outcome"], kept["conversation"]) == ("complete", turn.conversation)
    assert len(list_turns(paths.history_file())) == 2


async def test_what_is_dismissed_is_not_offered_again(
    open_app: Open, double: CerebrasDouble
) -> None:
    await interrupt(open_app, double)
    async with open_app() as screen:
        await screen.shows("Interrupted")
        await screen.pilot.press("ctrl+x")
        await screen.hides("Interrupted")
        await screen.wait(lambda: not interrupted_turns(paths.history_file()), "dismissed it")
    assert [turn.outcome for turn in list_turns(paths.history_file())] == ["interrupted"]
    assert not double.chats


async def test_a_new_question_passes_it_over(open_app: Open, double: CerebrasDouble) -> None:
    await interrupt(open_app, double)
    async with open_app() as screen:
        await screen.shows("Interrupted")
        await screen.ask("what else?")
        await screen.shows("✓ complete")
        await screen.hides("Interrupted")
        assert "Go on with the interrupted turn" in {
            command.title for command in screen.app.get_system_commands(screen.app.screen)
        }
    assert len(interrupted_turns(paths.history_file())) == 1


async def test_who_takes_it_up_first_has_it(open_app: Open, double: CerebrasDouble) -> None:
    await interrupt(open_app, double)
    (turn,) = interrupted_turns(paths.history_file())
    async with open_app() as screen:
        await screen.shows("Interrupted")
        with claimed(paths.history_file(), turn):
            await screen.pilot.press("alt+r")
            await screen.wait(screen.told("another moa-tui has taken up"), "said why not")
    assert not double.chats


async def test_what_is_old_or_was_asked_of_others_is_not_offered(
    open_app: Open, double: CerebrasDouble
) -> None:
    await interrupt(open_app, double)
    path = paths.history_file()
    async with open_app(question="at once?") as screen:
        assert screen.app._start
        roster = screen.app._start.roster
        await screen.shows("✓ complete")
        await screen.hides("Interrupted")
    now = datetime.now(UTC)
    assert offered(path, roster, now)
    assert offered(path, roster, now + timedelta(days=8)) is None
    assert offered(path, replace(roster, path=Path("others.yaml")), now) is None


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=59), "a moment ago"),
        (timedelta(seconds=-5), "a moment ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5, minutes=59), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_ages_are_said_in_words(passed: timedelta, said: str) -> None:
    assert ago(passed) == said
