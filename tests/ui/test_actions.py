"""What a person may do to a turn: while it runs, after it, and for the next one."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

from textual.widgets import OptionList, TextArea

from moa_tui import paths
from moa_tui.transcript.history import load_turn
from moa_tui.ui.screens.picker import Picker
from moa_tui.ui.screens.synthesis import SynthesisScreen
from moa_tui.ui.screens.text import TextScreen
from tests.double import Answer, CerebrasDouble, errors
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]


def script(double: CerebrasDouble, **answers: Answer) -> None:
    """Have model-a … answer as told, and the others with their own name."""
    for letter in "abcz":
        double.answers[f"model-{letter}"] = answers.get(letter, Answer(f"text of {letter}"))


def models(double: CerebrasDouble, after: int) -> list[str]:
    """Return the models that were asked after the first so many requests."""
    return sorted(request.model for request in double.chats[after:])


def slow(text: str, gate: asyncio.Event) -> Answer:
    return Answer(text + " more" * 50, gate=gate, gate_at=4)


async def at(screen: Screen, pane: str, *keys: str) -> None:
    """Press keys in a pane."""
    screen.app.main.stage.focus_pane(pane)
    await screen.pilot.press(*keys)


async def pick(screen: Screen, typed: str) -> None:
    """Narrow the list down by typing, and pick what is left."""
    await screen.wait(lambda: isinstance(screen.app.screen, Picker), "offered a list")
    await screen.pilot.press(*typed.replace(" ", "_").replace("-", "-"))
    await screen.pilot.press("enter")
    await screen.wait(lambda: screen.app.screen is screen.app.main, "went back")


async def test_go_on_with_what_is_there(open_app: Open, double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    script(double, b=slow("begin b", gate))
    async with open_app() as screen:
        await at(screen, "agent-1", "s")
        await screen.wait(screen.told("nothing runs"), "said so")
        await screen.app.run_action("screen.prompt")
        await screen.ask("why?")
        await screen.shows("begin b", "text of a", "text of c")
        await at(screen, "agent-1", "s")
        await screen.shows("text of z", "not used", "✂ degraded")
    assert "begin b" not in double.chats[-1].body["messages"][-1]["content"]


async def test_an_answer_that_has_come_is_asked_for_again_while_its_layer_runs(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, b=slow("begin b", gate), a=Answer(failure=errors.WRONG_KEY))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("begin b", "refused the key")
        double.answers["model-a"] = Answer("a at last")
        await at(screen, "agent-1", "r")
        await screen.shows("a at last")
        gate.set()
        await screen.shows("✓ complete", "3 of 3 agents")


async def test_a_muted_agent_is_left_out_from_the_next_turn_on(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await at(screen, "agent-2", "u")
        await screen.shows("bob (muted)")
        await at(screen, "agent-1", "u")
        await at(screen, "agent-3", "u")
        await screen.wait(screen.told("somebody has to answer"), "kept the last one")
        await at(screen, "agent-1", "u")
        await screen.app.run_action("screen.prompt")
        await screen.ask("why?")
        await screen.shows("✓ complete", "2 of 2 agents")
        assert models(double, 0) == ["model-a", "model-c", "model-z"]
        await at(screen, "agent-2", "u")
        await screen.hides("(muted)")
        await screen.app.run_action("screen.prompt")
        await screen.ask("and now?")
        await screen.shows("3 of 3 agents")


async def test_an_agent_is_given_another_model_while_it_runs(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    double.models.append("larger")
    script(double, b=slow("begin b", gate))
    double.answers["larger"] = Answer("by the larger one")
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("begin b")
        await at(screen, "agent-2", "M")
        await pick(screen, "larger")
        await screen.shows("by the larger one", "text of z")
        assert models(double, 3) == ["larger", "model-z"]
        await screen.app.run_action("screen.prompt")
        await screen.ask("and now?")
        await screen.wait(lambda: len(double.chats) == 9, "asked again")
    assert models(double, 5) == ["larger", "model-a", "model-c", "model-z"]


async def test_a_strategy_and_a_race_are_picked_for_the_next_turn(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("first?")
        await screen.shows("✓ complete")
        await screen.pilot.press("f5")
        await pick(screen, "alone")
        await screen.wait(screen.told("single (alone): 1 agent"), "said so")
        await screen.shows("text of z")
        await screen.ask("second?")
        await screen.shows("1 of 1 agent")
        await screen.panes("agent-1")
        await screen.pilot.press("f5")
        await pick(screen, "file")
        await at(screen, "agent-1", "B")
        await screen.wait(screen.told("next turn: race against ada"), "said so")
        await screen.app.run_action("screen.prompt")
        await screen.ask("third?")
        await screen.shows("ada alone", "faster")
    assert models(double, 5) == ["model-a", "model-a", "model-b", "model-c", "model-z"]


def shows_columns(screen: Screen, count: int) -> bool:
    """Return whether `count` syntheses are whole in sight, side by side."""
    shown = screen.app.screen.query("#columns Vertical")
    whole = (screen.app.screen.region.contains_region(column.region) for column in shown)
    return sum(whole) == count


async def test_the_same_answers_are_put_together_anew(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete", "text of z")
        double.answers["model-b"] = Answer("bob puts it together")
        await at(screen, "answer", "S")
        await screen.wait(lambda: isinstance(screen.app.screen, SynthesisScreen), "asked how")
        prompt = screen.app.screen.query_one(TextArea)
        prompt.load_text("no placeholders")
        await screen.pilot.press("f2")
        await screen.shows("the prompt has no {question} and no {references}")
        prompt.load_text("IN RHYME {references} {question}")
        agents = screen.app.screen.query_one(OptionList)
        agents.highlighted = 2  # zoe is listed first, then ada
        await screen.pilot.press("f2")
        await screen.shows("bob puts it together", "2 of 2 syntheses", "3 of 3 agents")
        assert models(double, 4) == ["model-b"]
        assert "IN RHYME" in double.chats[-1].body["messages"][-1]["content"]
        await at(screen, "answer", "less_than_sign")
        await screen.shows("1 of 2 syntheses", "zoe")
        await screen.wait(lambda: screen.app.shown and screen.app.shown.answer == "text of z", "z")
        await screen.pilot.press("equals_sign")
        await screen.shows("1 of 2 · zoe", "2 of 2 · bob")
        for width, beside in ((200, 2), (80, 2), (60, 1)):
            await screen.pilot.resize_terminal(width, 30)
            await screen.wait(partial(shows_columns, screen, beside), f"showed {beside} columns")
        await screen.pilot.resize_terminal(200, 50)
        await screen.pilot.press("escape")
        await screen.app.run_action("screen.prompt")
        await screen.ask("and then?")
        await screen.wait(lambda: len(double.chats) == 9, "asked on")
        asked = next(r for r in double.chats[5:] if r.model == "model-c").body["messages"]
        assert [m["content"] for m in asked] == ["why?", "text of z", "and then?"]
        await screen.shows("✓ complete")
    first, further = (load_turn(paths.history_file(), name) for name in _turns())
    assert further["further_of"] == first["turn"]


async def test_the_answers_are_judged_in_place_of_another_synthesis(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete", "text of z")
        double.answers["model-z"] = Answer("Consensus: they all say text")
        await at(screen, "answer", "J")
        await screen.shows("Consensus: they all say text", "2 of 2 syntheses")
        asked = double.chats[-1].body["messages"][-1]["content"]
        assert all(words in asked for words in ("Blind spots", "text of a", "text of c", "why?"))
        assert models(double, 4) == ["model-z"]
        for number, letter, name in ((1, "a", "ada"), (2, "b", "bob"), (3, "c", "cyd")):
            assert f"Answer {number} ({name}):\ntext of {letter}" in asked, "numbers of the panes"
        await at(screen, "answer", "S")
        await screen.wait(lambda: isinstance(screen.app.screen, SynthesisScreen), "asked how")
        prompt = screen.app.screen.query_one(TextArea).text
        assert "Blind spots" not in prompt, "a synthesis is asked for as before"
        await screen.pilot.press("enter")
        await screen.shows("3 of 3 syntheses")
        asked = double.chats[-1].body["messages"][-1]["content"]
        shown = prompt.partition("{references}")[0]
        assert asked.startswith(shown), "what is shown is sent"
        assert "ada" not in asked


def _turns() -> list[str]:
    from moa_tui.transcript.history import list_turns  # noqa: PLC0415 - used here alone

    return [t.turn for t in reversed(list_turns(paths.history_file()))][:2]


async def test_one_who_failed_is_asked_again_after_the_turn(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double, b=Answer(failure=errors.PAYMENT_REQUIRED))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✂ degraded", "2 of 3 agents")
        double.answers["model-b"] = Answer("b at last")
        await at(screen, "agent-2", "r")
        await screen.shows("b at last", "✓ complete", "3 of 3 agents", "2 of 2 syntheses")
    assert models(double, 4) == ["model-b", "model-z"]


async def test_what_a_stream_was_sent_is_shown_and_copied(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await at(screen, "agent-1", "p")
        await screen.wait(screen.told("nothing was sent"), "said so")
        await screen.app.run_action("screen.prompt")
        await screen.ask("why [b]not[/b]?")
        await screen.shows("✓ complete")
        await at(screen, "agent-1", "p")
        await screen.shows("1 · system", "You are Ada.", "2 · user", "why [b]not[/b]?")
        assert isinstance(screen.app.screen, TextScreen)
        await screen.pilot.press("y")
        assert "━━━ 2 · user" in screen.app.clipboard
        await screen.pilot.press("escape")
        await at(screen, "answer", "p")
        await screen.shows("What zoe was sent", "text of a")


async def test_what_the_answers_agree_on_is_shown_without_a_request(
    open_app: Open, double: CerebrasDouble
) -> None:
    same = "The sky scatters blue light most."
    script(double, a=Answer(same), b=Answer(same), c=Answer("Cheese comes from the moon."))
    async with open_app() as screen:
        await at(screen, "agent-1", "A")
        await screen.wait(screen.told("no two answers"), "said so")
        await screen.app.run_action("screen.prompt")
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await at(screen, "agent-1", "A")
        await screen.shows(f"• {same}  (ada, bob)", "Only cyd says:", "Cheese comes", "1.00")
    assert len(double.chats) == 4
