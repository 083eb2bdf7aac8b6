"""Where the keys go is seen on every pane, and no Tab stop is without use."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from textual.widget import Widget

from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.prompt_box import PromptBox
from tests.double import Answer, CerebrasDouble
from tests.double.errors import token_quota
from tests.ui.conftest import ROSTER, Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

COLOURED = ROSTER.replace("name: bob,", 'name: bob, color: "#ff8800",')


@pytest.mark.parametrize("broken", [False, True])
async def test_the_pane_with_the_keys_has_a_frame_of_its_own(
    open_app: Open, double: CerebrasDouble, *, broken: bool
) -> None:
    if broken:
        double.answers["model-z"] = Answer(failure=token_quota("day"))
    async with open_app(COLOURED) as screen:
        await screen.ask("why?")
        await screen.shows("degraded" if broken else "✓ complete")
        for pane in screen.app.main.stage.panes:
            screen.app.main.stage.focus_pane(pane.id or "")
            await screen.pilot.pause()
            frames = {each.id: each.styles.border_top[0] for each in screen.app.query(Pane)}
            assert [name for name, kind in frames.items() if kind == "heavy"] == [pane.id]


async def test_a_pane_whose_thinking_is_folded_is_one_tab_stop(
    open_app: Open, double: CerebrasDouble
) -> None:
    for name in "abcz":
        double.answers[f"model-{name}"] = Answer("text", reasoning="a thought")
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete", "▸ thought for")
        stops: list[Widget | None] = []
        while not stops or not isinstance(screen.app.focused, PromptBox):
            await screen.pilot.press("tab")
            stops.append(screen.app.focused)
        texts = [pane.text for pane in screen.app.main.stage.panes]
        assert stops[:-1] == texts


async def test_the_keys_stay_in_a_pane_whose_thinking_is_folded(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    double.answers["model-a"] = Answer("text", reasoning="a thought", gate=gate, gate_at=2)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("a thought")
        pane = screen.app.main.query_one("#agent-1", Pane)
        pane.thinking.text.focus()
        await screen.wait(lambda: pane.thinking.text.has_focus, "had the keys")
        gate.set()
        await screen.shows("✓ complete")
        assert screen.app.focused is pane.text


async def test_a_pane_keeps_the_keys_while_its_text_is_written_anew(
    open_app: Open, double: CerebrasDouble
) -> None:
    for name in "abcz":
        double.answers[f"model-{name}"] = Answer("text", reasoning="a thought")
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        answer = screen.app.main.stage.answer
        screen.app.main.stage.focus_pane("answer")
        for key, shown in (("J", "2 of 2"), ("less_than_sign", "1 of 2"), ("S", "Enter")):
            await screen.pilot.press(key)
            await screen.shows(shown)
            await screen.wait(lambda: answer.stream and answer.stream.outcome, "was written")
        await screen.pilot.press("escape")
        await screen.pilot.pause()
        assert screen.app.focused is answer.text


async def test_a_dialog_that_closes_gives_no_keys_to_what_is_out_of_sight(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-a"] = Answer("text", reasoning="a thought")
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        screen.app.main.set_focus(None)
        await screen.pilot.press("f1", "escape")
        await screen.pilot.pause()
        assert screen.app.focused is None
