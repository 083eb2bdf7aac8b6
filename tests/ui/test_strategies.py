"""Strategies on the screen: who plans, works on parts, ranks, votes and races, at every width."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from moa_tui.settings.model import LAYOUTS, Settings
from tests.double import Answer, CerebrasDouble
from tests.double.errors import Failure
from tests.ui.conftest import ROSTER, Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

PLANNED = (
    '{"why": "they differ", "parts": ['
    '{"task": "do the sums", "agent": "ada", "why": "", "needs": []}, '
    '{"task": "write it up", "agent": "cyd", "why": "", "needs": [1]}]}'
)
SIZES = [(200, 50), (120, 30), (80, 24)]


def roster(strategy: str, more: str = "") -> str:
    """Return the roster of the tests with another strategy."""
    return ROSTER.partition("presets:")[0] + f"strategy: {strategy}\n{more}"


@pytest.mark.parametrize("size", SIZES)
async def test_a_plan_is_a_tree_and_its_parts_have_panes(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    gate = asyncio.Event()
    double.answers["model-b"] = Answer(PLANNED)
    double.answers["model-a"] = Answer("sums " * 40, gate=gate, gate_at=2)
    double.answers["model-c"] = Answer("written up")
    double.answers["model-z"] = Answer("joined")
    async with open_app(roster("route", "planner: bob"), size) as screen:
        await screen.ask("why?")
        await screen.wait(lambda: len(double.chats) == 2, "asked for the first part")
        await screen.shows("part 1 of 2", "bob plans")
        screen.app.main.stage.focus_pane("answer")
        await screen.shows("plan: 2 parts · they differ", "└ ", "1 ada  do the sums")
        await screen.shows("○ 2 cyd  write it up", "waiting for the parts: 0 of 2 done")
        panes = screen.app.main.stage.panes
        assert [p.owner.name for p in panes] == ["ada", "cyd", "bob plans", "zoe"]
        assert panes[1].owner.model == "write it up"
        gate.set()
        await screen.shows("joined", "✓ complete", "2 of 2 parts", "plan  2 parts: ada, cyd")
        await screen.pilot.press("v")
        await screen.shows("✓ 1 ada  do the sums", "✓ 2 cyd  write it up")


async def test_an_unusable_plan_leaves_everybody_in_his_seat(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-z"] = Answer("no plan at all")
    async with open_app(roster("route")) as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        names = [pane.owner.name for pane in screen.app.main.stage.panes]
        assert names == ["ada", "bob", "cyd", "zoe plans", "zoe"]


async def test_a_councils_members_rank_in_panes_of_their_own(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app(roster("council")) as screen:
        await screen.shows("ada ranks", "waits for the answers")
        for letter in "abc":
            double.answers[f"model-{letter}"] = Answer('{"ranking": ["A", "B"], "why": "x"}')
        double.answers["model-z"] = Answer("concluded")
        await screen.ask("why?")
        await screen.shows("concluded", "✓ complete", "3 of 3 agents", "ranking · 3 ballots")
        assert screen.text().count(" points") == 3
        screen.app.main.stage.focus_pane("answer")
        await screen.pilot.press("v")
        await screen.hides(" points")
        await screen.shows("ranking  ")


@pytest.mark.parametrize("size", SIZES)
async def test_votes_are_counted_live(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    gate = asyncio.Event()
    double.answers["model-a"] = Answer("Final answer: 41")
    double.answers["model-b"] = Answer("Final answer: 42")
    double.answers["model-c"] = Answer("so " * 40 + "\nFinal answer: 42", gate=gate, gate_at=2)
    async with open_app(roster("vote"), size) as screen:
        await screen.ask("6 times 7?")
        await screen.wait(lambda: "1× 4" in screen.text(), "counted the first votes")
        await screen.wait(lambda: screen.text().count("1× 4") >= 2, "counted both votes")
        gate.set()
        await screen.shows("2× 42 · 1× 41", "✓ complete")
        answer = screen.app.main.stage.answer
        await screen.wait(lambda: answer.stream and answer.stream.agent == "bob", "showed bob's")
    assert len(double.chats) == 3


async def test_a_race_is_run_and_its_end_is_told(open_app: Open, double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    double.answers["model-b"] = Answer("alone " * 60, gate=gate, gate_at=2)
    text = roster("mixture", "baseline: bob\nlayers: [[ada, cyd]]")
    async with open_app(text) as screen:
        await screen.shows("bob alone")
        await screen.ask("why?")
        await screen.shows("✓ answered, bob alone runs", "2 of 2 agents")
        gate.set()
        await screen.shows("✓ complete", "mixture first")
        total = next(w for w in screen.text().split("   ") if w.startswith("total"))
        assert f"mixture {total.removeprefix('total ').strip()}" in screen.text()
        assert screen.app.main.stage.answer.owner.name == "zoe"


BALLOT = '{"ranking": ["A", "B"], "why": "x"}'
ONE_IS_ENOUGH = '{"why": "", "parts": [{"task": "all", "agent": "ada", "why": "", "needs": []}]}'
SAID = Answer("the ANSWER")
REFUSED = Answer(failure=Failure(400, {"message": "no"}))
WRITERS = {
    "single": ("single", {"a": SAID}),
    "single, cut": ("single", {"a": Answer("the ANSWER is", finish_reason="length")}),
    "mixture": ("mixture", {"z": SAID}),
    "mixture, not put together": ("mixture", {"a": SAID, "b": SAID, "c": SAID, "z": REFUSED}),
    "mixture, one left": ("mixture", {"a": SAID, "b": REFUSED, "c": REFUSED}),
    "vote": ("vote", {"a": SAID, "b": SAID, "c": SAID}),
    "vote, a tie": ("vote", {"a": Answer("1"), "b": Answer("2"), "c": Answer("3"), "z": SAID}),
    "council": ("council", {"b": Answer(BALLOT), "c": Answer(BALLOT), "z": SAID}),
    "route": ("route", {"b": Answer(PLANNED), "z": SAID}),
    "route, one is enough": ("route", {"a": SAID, "b": Answer(ONE_IS_ENOUGH)}),
}


@pytest.mark.parametrize("case", WRITERS)
async def test_the_answer_is_shown_whoever_wrote_it(
    open_app: Open, double: CerebrasDouble, case: str
) -> None:
    strategy, answers = WRITERS[case]
    double.answers.update({f"model-{letter}": answer for letter, answer in answers.items()})
    text = roster(strategy, "planner: bob" if strategy == "route" else "")
    async with open_app(text, SIZES[1], settings=Settings(layout="focus")) as screen:
        await screen.ask("why?")
        stage = screen.app.main.stage
        await screen.shows("the ANSWER")
        await screen.wait(lambda: stage.state.outcome, "came to an end")
        assert stage.answer.stream
        assert str(stage.answer.stream.text) == stage.state.answer
        for _ in LAYOUTS:
            assert "each pane says why" not in screen.text()
            stage.focus_pane("answer")
            await screen.wait(lambda: stage.answer.region, "gave the answer's pane room")
            await screen.shows("the ANSWER")
            await screen.pilot.press("f3")
