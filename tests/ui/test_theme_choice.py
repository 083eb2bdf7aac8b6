"""Themes in the app: chosen with a look at each, remembered, read again when a file changes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.engine.events import Outcome
from moa_tui.private_files import private_folder
from moa_tui.state import Phase
from moa_tui.ui.remembered_theme import remember_theme, remembered_theme
from tests.double import CerebrasDouble
from tests.ui.conftest import THEMES, Screen
from tests.ui.states import turn, writing
from tests.ui.test_themes import variables_of

Open = Callable[..., AbstractAsyncContextManager[Screen]]
DONE = turn(writing(1, "# Heading\n\n`code`", phase=Phase.ENDED, outcome=Outcome.COMPLETE))


def colours(screen: Screen) -> list[str]:
    """Return the colours of the heading and the code that are on the screen."""
    found = {}
    for strip in screen.app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style and style.color:
                found[text.strip()] = style.color.name.upper()
    return [found.get("Heading", ""), found.get("code", "")]


async def test_moving_shows_a_theme_and_escape_goes_back(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        app = screen.app
        await screen.pilot.press("ctrl+t")
        await screen.shows("Enter keeps", "Near-black blue-grey")
        await screen.pilot.press("up")
        await screen.wait(lambda: app.theme == "terminal-light", "showed the one before")
        await screen.pilot.press("home")
        await screen.wait(lambda: app.theme == "contrast", "showed the first")
        await screen.pilot.press("escape")
        await screen.wait(lambda: app.theme == "wafer", "went back")
        assert remembered_theme() == ""


async def test_what_is_chosen_is_remembered(open_app: Open, double: CerebrasDouble) -> None:
    async with open_app() as screen:
        await screen.pilot.press("ctrl+t")
        await screen.shows("Enter keeps")
        await screen.pilot.press("home", "down", "enter")
        await screen.hides("Enter keeps")
        assert (screen.app.theme, remembered_theme()) == ("dawn", "dawn")


async def test_rendered_text_takes_the_colours_of_the_new_theme(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        screen.app.main.show(DONE, 2.0)
        await screen.wait(
            lambda: any(p.text.rendered for p in screen.app.main.stage.panes), "rendered"
        )
        for name in ("paper", "wafer"):
            screen.app.theme = name
            variables = variables_of(THEMES[name].theme)
            wanted = [variables["primary"], variables["secondary"]]
            await screen.wait(lambda: colours(screen) == wanted, f"was painted in {name}")  # noqa: B023 - waited for here


async def test_an_edited_file_is_put_on_at_once(
    open_app: Open, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    folder = private_folder(paths.user_config_dir() / "themes")
    file = folder / "mine.yaml"
    file.write_text('name: mine\ncolors: {primary: "#336699", accent: "#ffcc00"}\n')
    monkeypatch.setattr("moa_tui.ui.late.EVERY", 0.02)
    monkeypatch.setattr("moa_tui.ui.late.SETTLING", 0.01)
    async with open_app(theme="mine", theme_dirs=paths.theme_dirs()) as screen:
        app = screen.app
        await screen.wait(lambda: app.theme == "mine", "put it on")
        file.write_text('name: mine\ncolors: {primary: "#336699", accent: "#00ff99"}\n# longer\n')
        await screen.wait(lambda: app.theme_variables["accent"] == "#00FF99", "read it again")
        file.write_text("name: mine\ncolors: {primary: blurple}\n")
        await screen.wait(
            screen.told("mine.yaml:2: colors.primary: 'blurple' is no colour"), "told"
        )
        assert app.theme_variables["accent"] == "#00FF99"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"theme": 3}', b"\xff", None])
def test_a_damaged_memory_is_none(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "theme.json"
    if content is None:
        file.mkdir()
    else:
        file.write_bytes(content)
    assert remembered_theme(file) == ""


def test_a_choice_that_cannot_be_kept_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    remember_theme("paper", tmp_path / "file" / "theme.json")
    remember_theme("paper", tmp_path / "theme.json")
    assert remembered_theme(tmp_path / "theme.json") == "paper"
