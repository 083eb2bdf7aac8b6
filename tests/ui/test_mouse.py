"""What a click, a double click and a drag do."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from textual import events

from moa_tui.ui.widgets.pane import Pane
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

TEXT = "alpha beta-gamma\n\ndelta epsilon\n\nzeta"


async def asked(screen: Screen, double: CerebrasDouble) -> Pane:
    """Ask a question, and return the pane of an agent that thought and then wrote `TEXT`."""
    double.answers["model-a"] = Answer(TEXT, reasoning="a thought")
    await screen.ask("why?")
    await screen.shows("✓ complete", "delta epsilon", "thought for")
    pane = screen.app.main.query_one("#agent-1", Pane)
    await screen.wait(lambda: pane.text.rendered, "rendered the text")
    return pane


async def test_a_click_on_the_folded_line_opens_what_was_thought(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        pane = await asked(screen, double)
        await screen.pilot.click(pane.thinking, offset=(2, 0))
        await screen.wait(lambda: pane.thinking.visible_text, "opened it")
        await screen.pilot.click(pane.thinking, offset=(2, 0))
        await screen.wait(lambda: not pane.thinking.visible_text, "folded it")


async def test_a_click_on_the_top_line_offers_presets(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        await screen.pilot.click("#headline")
        await screen.shows("alone")


async def test_a_double_click_selects_a_word_and_a_triple_click_the_row(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        pane = await asked(screen, double)
        for times, selected in ((2, "beta-gamma"), (3, "alpha beta-gamma")):
            await screen.pilot.click(pane.text, offset=(8, 0), times=times)
            assert screen.app.main.get_selected_text() == selected


async def test_a_drag_from_the_margin_begins_in_its_row(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        pane = await asked(screen, double)
        left, top = pane.text.region.x - 1, pane.text.region.y
        await screen.pilot.mouse_down(offset=(left, top + 2))
        await screen.pilot.hover(offset=(left + 10, top + 4))
        await screen.pilot.mouse_up(offset=(left + 10, top + 4))
        assert screen.app.main.get_selected_text() == "delta epsilon\n\nzeta"


async def test_a_press_on_what_has_just_gone_does_nothing(open_app: Open) -> None:
    async with open_app() as screen:
        line = screen.app.main.query_one("#headline")
        x, y = line.region.offset
        press = events.MouseDown(None, x, y, 0, 0, 1, shift=False, meta=False, ctrl=False)
        parent, line._parent = line._parent, None  # as it is between going and the next layout
        await screen.app.on_event(press)
        line._parent = parent
        await screen.ask("why?")
        await screen.shows("✓ complete")
