"""Keys and clicks that come twice leave a dialog once, and nothing breaks."""

from collections.abc import Callable

import pytest
from textual.command import CommandList
from textual.events import Key
from textual.screen import Screen as TextualScreen

import moa_tui.ui.late  # noqa: F401 - has every screen imported
from moa_tui.ui.screens.leaving import Dialog, LeftOnce
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.screens.palette import Palette
from tests.ui.conftest import Screen
from tests.ui.test_app_turn import Open


def _classes(base: type[TextualScreen[object]]) -> set[type[TextualScreen[object]]]:
    found = {base}
    for each in base.__subclasses__():
        found |= _classes(each)
    return {each for each in found if each.__module__.startswith("moa_tui.")}


def test_every_screen_over_the_main_one_is_left_once() -> None:
    left_twice = {
        each
        for each in _classes(TextualScreen)
        if not issubclass(each, LeftOnce) and not issubclass(MainScreen, each)
    }
    assert left_twice == set()


def at_once(screen: Screen, *keys: str) -> None:
    """Press keys before any of them has been dealt with."""
    for key in keys:
        screen.app.post_message(Key(key, "\r" if key == "enter" else None))


@pytest.mark.parametrize(
    ("opens", "leaves"),
    [
        ("f5", "enter"),
        ("f5", "escape"),
        ("ctrl+t", "enter"),
        ("ctrl+t", "escape"),
        ("ctrl+o", "escape"),
        ("f1", "escape"),
        ("f8", "escape"),
        ("ctrl+p", "enter"),
        ("ctrl+p", "escape"),
        ("ctrl+r", "enter"),
        ("ctrl+r", "escape"),
        ("f10", "escape"),
    ],
)
async def test_a_key_pressed_many_times_leaves_it_once(
    open_app: Open, opens: str, leaves: str
) -> None:
    async with open_app() as screen:
        screen.app.main.prompt.asked.add("earlier?")
        await screen.pilot.press(opens)
        await screen.wait(lambda: len(screen.app.screen_stack) == 2, "opened")
        await screen.pilot.pause()
        at_once(screen, *[leaves] * 5)
        await screen.wait(lambda: len(screen.app.screen_stack) == 1, "left")
        await screen.pilot.pause()
        assert len(screen.app.screen_stack) == 1


async def test_what_is_left_already_does_not_take_the_one_above_along(open_app: Open) -> None:
    class One(Dialog[str]):
        pass

    async with open_app() as screen:
        results: list[str | None] = []
        below, above = One(), One()
        keep: Callable[[str | None], None] = results.append
        await screen.app.push_screen(below, keep)
        await screen.app.push_screen(above, keep)
        below.dismiss("below")
        assert screen.app.screen_stack[-1] is above
        above.dismiss("above")
        above.dismiss("again")
        below.dismiss("below")
        below.dismiss("again")
        await screen.wait(lambda: len(results) == 2, "was told twice")
        assert results == ["above", "below"]
        assert len(screen.app.screen_stack) == 1


async def test_a_palette_that_closes_looks_for_no_list(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.pilot.press("ctrl+p")
        await screen.wait(lambda: screen.app.screen.has_class("-ready"), "was ready")
        palette = screen.app.screen
        assert isinstance(palette, Palette)
        await palette.query(CommandList).remove()  # as it is while it goes
        palette._list_visible = not palette._list_visible
        palette._show_busy = True
        await screen.pilot.pause()
        await screen.pilot.press("escape")
        await screen.ask("why?")
        await screen.shows("✓ complete")
