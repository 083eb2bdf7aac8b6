"""What the person chose: layouts, mouse, bell, ASCII; trouble with their settings; no room."""

from functools import partial
from pathlib import Path

import pytest
from textual.events import AppBlur

from moa_tui import paths
from moa_tui.settings.loading import Loaded, load_settings
from moa_tui.settings.model import Settings
from moa_tui.ui.screens.sized import TooSmall
from moa_tui.ui.typed_text import Written
from moa_tui.ui.widgets.key_hints import Hint, fitting
from moa_tui.ui.widgets.tab_strip import TabStrip
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen
from tests.ui.test_app_turn import Open, script

EVERYONE = ["agent-1", "agent-2", "agent-3", "answer"]


def focus_in(screen: Screen, place: str) -> bool:
    focused = screen.app.focused
    return focused is not None and place in {node.id for node in focused.ancestors_with_self}


async def test_f3_goes_through_the_layouts_and_the_choice_is_remembered(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.panes(*EVERYONE)
        await screen.pilot.press("f3")
        await screen.wait(screen.told("layout: grid"), "named it")
        await screen.panes(*EVERYONE)
        await screen.pilot.press("f3")
        await screen.panes("answer")
        await screen.wait(lambda: screen.app.main.query_one(TabStrip).region, "showed tabs")
        await screen.shows(" 1✓ada  2✓bob  3✓cyd ")
        await screen.pilot.press("f3")
        await screen.wait(lambda: screen.app.main.query_one("#board").region, "showed the board")
        await screen.panes("answer")
        await screen.hides("1✓ada")
        await screen.shows("✓ 1 ada  complete", "✓ 3 cyd  complete", "text of c", "text of z")
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.wait(lambda: screen.app.main.query_one("#board").region, "remembered")
        await screen.pilot.press("f3")
        await screen.panes(*EVERYONE)


@pytest.mark.parametrize(
    ("layout", "size"),
    [("grid", (80, 24)), ("tabs", (200, 50)), ("focus", (120, 30)), ("focus", (60, 15))],
)
async def test_the_answer_is_there_in_every_layout_at_every_size(
    open_app: Open, double: CerebrasDouble, layout: str, size: tuple[int, int]
) -> None:
    script(double, z=Answer("the final words"))
    settings = Settings.model_validate({"layout": layout})
    async with open_app(size=size, settings=settings) as screen:
        await screen.ask("why?")
        await screen.shows("the final words", "✓ complete", "^p palette")
        await screen.pilot.press("f2")
        await screen.shows("text of a")


async def test_below_sixty_by_fifteen_a_card_says_so_and_typing_goes_on(open_app: Open) -> None:
    async with open_app(size=(80, 24)) as screen:
        await screen.pilot.press("a")
        await screen.pilot.resize_terminal(52, 12)
        await screen.shows("needs 60x15, is 52x12")
        await screen.pilot.press("b")
        await screen.pilot.resize_terminal(80, 14)
        await screen.shows("is 80x14")
        await screen.pilot.resize_terminal(60, 15)
        await screen.wait(lambda: not screen.app.main.query_one(TooSmall).display, "went away")
        await screen.shows("│ ab")


async def test_jump_prints_letters_and_goes_there(open_app: Open, double: CerebrasDouble) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        for key, place in (("2", "agent-2"), ("a", "answer"), ("I", "prompt")):
            await screen.pilot.press("ctrl+o")
            await screen.shows(" 1 ", " 2 ", " 3 ", " A ", " I ", "text of a", "✓ complete")
            await screen.pilot.press(key)
            await screen.wait(partial(focus_in, screen, place), f"went to {place}")
        await screen.pilot.press("ctrl+o", "z", "x", "ctrl+o", "escape", "y")
        await screen.wait(lambda: screen.app.main.prompt.text == "xy", "stayed in the prompt")


async def test_jump_in_the_narrow_layout_marks_the_tabs(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app(size=(80, 24)) as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.pilot.press("ctrl+o")
        await screen.shows(" 1 ", " 3 ")
        await screen.pilot.press("3")
        await screen.panes("agent-3")


async def test_a_bad_settings_file_is_told_and_does_not_keep_the_app(
    open_app: Open, settings_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings_folder / "settings.yaml").write_text("layout: grid\nlayuot: tabs\n")
    found = load_settings()
    monkeypatch.setattr("tests.ui.conftest.Loaded", lambda _settings: found)
    async with open_app() as screen:
        await screen.shows(" ! settings.yaml:2:1: layuot: unknown setting")
        await screen.wait(screen.told("did you mean 'layout'"), "told it as well")


async def test_the_bell_rings_for_who_looks_elsewhere(
    open_app: Open, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(double)
    rung: list[str] = []
    async with open_app(settings=Settings(notify=0)) as screen:
        monkeypatch.setattr(screen.app, "bell", lambda: rung.append("rung"))
        await screen.ask("first?")
        await screen.shows("✓ complete")
        assert not rung, "the person is looking"
        await screen.pilot.press("x")
        screen.app.main.prompt.take("")
        screen.app.on_prompt_box_submitted(screen.app.main.prompt.Submitted(Written("second?")))
        screen.app.post_message(AppBlur())
        await screen.wait(lambda: rung, "rang")
        assert screen.app._runner
        screen.app.settings = Settings(notify=3600)
        screen.app.ring(screen.app._runner.state)
        screen.app.settings = Settings(notify=None)
        screen.app.ring(screen.app._runner.state)
    assert len(rung) == 1


async def test_the_mouse_is_given_away_and_taken_back(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.pilot.press("f9")
        await screen.wait(screen.told("the terminal has the mouse"), "gave it away")
        await screen.pilot.press("f9")
        await screen.wait(screen.told("Shift-drag selects"), "took it back")


async def test_the_chrome_can_be_ascii(open_app: Open, double: CerebrasDouble) -> None:
    script(double, z=Answer("- one\n- two → three\n\n| a | b |\n|---|---|\n| c | d |"))
    async with open_app(settings=Settings(ascii=True)) as screen:
        await screen.ask("why?")
        await screen.shows("+ complete", "+- + 1 ada")
        await screen.shows("c | d", "two > three")
        assert not [row for row in screen.text().splitlines() if not row.isascii()]


def test_hints_go_by_what_they_are_worth() -> None:
    hints = [Hint(key, "does it", key, None, weight) for key, weight in (("a", 2), ("b", 9))]
    assert [hint.key for hint in fitting(hints, 80)] == ["a", "b"]
    assert [hint.key for hint in fitting(hints, 15)] == ["b"]
    assert fitting(hints, 5) == []


@pytest.mark.parametrize("size", [(200, 50), (120, 30), (80, 24), (60, 15)])
async def test_the_last_line_keeps_the_palette(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app(size=size) as screen:
        await screen.shows("⏎ Send", "esc Stop", "^p palette")
        last = screen.text().splitlines()[-1]
        assert last.endswith("▏^p palette")
        where = last.index("palette")
        await screen.pilot.click("#hints", offset=(where, 0))
        await screen.shows("Search for commands")


def test_the_folder_of_settings_is_the_persons(home: Path) -> None:
    assert Loaded().path.name == "settings.yaml"
    assert paths.user_config_dir().is_relative_to(home)
