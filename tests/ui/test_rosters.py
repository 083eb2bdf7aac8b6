"""agents.yaml while the app runs: edited outside, edited from the app, wrong, somebody else's."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App

from moa_tui import paths
from moa_tui.local.process import LocalServer
from moa_tui.roster.loading import Found
from moa_tui.roster.own_file import own_roster
from moa_tui.roster.trust import trusted_roster
from moa_tui.ui.app import MoaApp
from moa_tui.ui.editing import at_line
from moa_tui.ui.screens.picker import Picker
from moa_tui.ui.screens.trust import TrustScreen
from moa_tui.ui.start import Start
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import ROSTER, Screen
from tests.ui.test_app_layout import script

OnFile = Callable[..., AbstractAsyncContextManager[Screen]]
SIZE = (160, 40)


@pytest.fixture
def text(double: CerebrasDouble) -> str:
    return ROSTER.format(url=double.base_url)


@pytest.fixture
def on_file(monkeypatch: pytest.MonkeyPatch, settings_folder: Path, text: str) -> OnFile:
    """Opens the app on a file, by default the person's own with the usual agents in it."""
    monkeypatch.setattr("moa_tui.ui.late.EVERY", 0.02)
    monkeypatch.setattr("moa_tui.ui.late.SETTLING", 0.01)
    own_roster().write_text(text)

    @asynccontextmanager
    async def opened(file: Path | None = None) -> AsyncIterator[Screen]:
        used = file or own_roster()

        def start(other: Path | None = None) -> Start:
            roster = trusted_roster(Found(other or used, "your folder"))
            place = paths.history_file()
            return Start(
                roster, roster.lineup(), LocalServer(), place, file=roster.path, again=start
            )

        app = MoaApp(start, paths.theme_dirs()[:1], "wafer")
        async with app.run_test(size=SIZE) as pilot:
            screen = Screen(pilot, app)
            await screen.shows("○ ready")
            yield screen
            await app.action_quit()

    return opened


def headline(screen: Screen) -> str:
    return screen.text().split("\n", maxsplit=1)[0]


async def test_an_edited_file_answers_the_next_turn_and_not_this_one(
    on_file: OnFile, double: CerebrasDouble, text: str
) -> None:
    gate = asyncio.Event()
    script(double, b=Answer("text of b", gate=gate, gate_at=1))
    async with on_file() as screen:
        runner = screen.app._runner
        assert runner
        kept = runner.connections
        await screen.ask("why?")
        await double.wait_for_held(1)
        clients = dict(kept._open)
        changed = text.replace("- {name: bob, model: model-b}", "- {name: dan, model: model-b}")
        own_roster().write_text(changed.replace("temperature: 0.5", "temperature: 0.9"))
        await screen.wait(screen.told("+ dan, − bob, ada: temperature 0.5 → 0.9"), "told of it")
        assert "bob" in runner.roster.agents
        assert "2 bob" in screen.text()
        gate.set()
        await screen.shows("✓ complete", "text of z", "2 bob")
        assert "dan" in runner.roster.agents
        double.requests.clear()
        await screen.ask("and then?")
        await screen.shows("2 dan")
        await screen.wait(lambda: len(double.chats) == 4, "asked")
        assert {chat.body["temperature"] for chat in double.chats[:3]} == {0.9}
        assert kept._open == clients  # the provider is as it was: nothing was opened anew


async def test_a_chosen_preset_survives_an_edit_until_it_is_gone(
    on_file: OnFile, double: CerebrasDouble, text: str
) -> None:
    script(double)
    async with on_file() as screen:
        runner = screen.app._runner
        assert runner
        await screen.pilot.press("f5")
        await screen.wait(lambda: isinstance(screen.app.screen, Picker), "offered a list")
        await screen.pilot.press(*"alone", "enter")
        await screen.wait(lambda: runner.lineup.preset == "alone", "chosen")
        edited = text.replace("You are Ada.", "You are Ada Lovelace.")
        own_roster().write_text(edited)
        await screen.wait(screen.told("ada: system prompt"), "told of it")
        assert (runner.lineup.preset, runner.lineup.strategy) == ("alone", "single")
        assert runner.lineup.agents[0].system_prompt == "You are Ada Lovelace."
        assert "single" in headline(screen)
        await screen.ask("why?")
        await screen.shows("✓ complete")
        (asked,) = double.chats
        assert asked.body["messages"][0]["content"] == "You are Ada Lovelace."

        own_roster().write_text(edited.replace("  alone:", "  another:"))
        await screen.wait(screen.told("as the file says again: no preset alone"), "its loss told")
        assert (runner.lineup.preset, runner.lineup.strategy) == ("", "mixture")
        # And what was gone is not chosen anew by coming back.
        own_roster().write_text(text)
        await screen.wait(lambda: "alone" in runner.roster.presets, "read")
        assert runner.lineup.preset == ""


async def test_a_wrong_file_stands_in_the_top_line_until_it_is_right(
    on_file: OnFile, double: CerebrasDouble, text: str
) -> None:
    async with on_file() as screen:
        own_roster().write_text(text.replace("temperature: 0.5", "temprature: 0.5, x: 1"))
        await screen.shows("! F4 opens agents.yaml:5:30 (+1 more): defaults.temprature")
        await screen.shows("the last good version still answers")
        await screen.panes("agent-1", "agent-2", "agent-3", "answer")
        script(double)
        await screen.ask("why?")
        await screen.shows("✓ complete", "text of z")
        assert "agents.yaml:5:30" in headline(screen)
        own_roster().write_text(text + "\n")
        await screen.hides("agents.yaml:5:30")
        assert "mixture: 3 agents" in headline(screen)


async def test_the_editor_opens_where_the_agent_stands(
    on_file: OnFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    called: list[list[str]] = []

    async def lend(_app: App[None], command: list[str]) -> int:
        called.append(list(command))
        return 0

    monkeypatch.setattr("moa_tui.ui.editing._lend_screen", lend)
    monkeypatch.setenv("VISUAL", "vim -u NONE")
    line = next(n for n, row in enumerate(text.splitlines(), 1) if "bob" in row)
    async with on_file() as screen:
        await screen.pilot.press("f2", "f2", "e")
        await screen.wait(lambda: called, "opened the editor")
        assert called.pop() == ["vim", "-u", "NONE", f"+{line}", str(own_roster())]
        own_roster().write_text(text.replace("version: 1", "version: 1\nzzz: 1"))
        await screen.shows("agents.yaml:3:1")
        await screen.pilot.press("f4")
        await screen.wait(lambda: called, "opened it where it is wrong")
        assert called == [["vim", "-u", "NONE", "+3", str(own_roster())]]


async def test_the_shipped_file_is_copied_before_it_is_edited(
    on_file: OnFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VISUAL", "true")
    shipped = paths.shipped("agents.yaml")
    own_roster().unlink()
    async with on_file(shipped) as screen:
        await screen.pilot.press("f4")
        await screen.shows("Write it there and open it?", "y write and open")
        await screen.pilot.press("n")
        await screen.hides("Write it there")
        assert not own_roster().exists()
        await screen.pilot.press("f4")
        await screen.shows("Write it there")
        await screen.pilot.press("y")
        await screen.wait(own_roster().exists, "wrote it")
        await screen.pilot.pause()
    assert own_roster().read_bytes() == shipped.read_bytes()
    assert own_roster().stat().st_mode & 0o077 == 0


async def test_an_edited_file_of_somebody_else_is_asked_about_again(
    on_file: OnFile, tmp_path: Path, text: str
) -> None:
    foreign = tmp_path / "agents.yaml"
    foreign.write_text(text)
    async with on_file() as screen:
        screen.app.reload(foreign)
        for what in ("", "# more\n"):
            foreign.write_text(text + what)
            await screen.wait(lambda: isinstance(screen.app.screen, TrustScreen), "asked")
            await screen.wait(lambda: getattr(screen.app.screen, "ready", False), "was ready")
            await screen.pilot.press("y")
            await screen.wait(lambda: not isinstance(screen.app.screen, TrustScreen), "went on")
        await screen.wait(
            lambda: screen.app._runner and screen.app._runner.roster.path == foreign, "used it"
        )


async def test_temperature_is_changed_for_the_conversation(
    on_file: OnFile, double: CerebrasDouble
) -> None:
    script(double)
    async with on_file() as screen:
        await screen.pilot.press("f2", "plus", "plus")
        await screen.shows("1 ada · t=0.7")
        await screen.pilot.press("i")
        await screen.ask("why?")
        await screen.shows("✓ complete")
        sent = {chat.model: chat.body["temperature"] for chat in double.chats}
        assert sent == {"model-a": 0.7, "model-b": 0.5, "model-c": 0.5, "model-z": 0.5}
        await screen.pilot.press("f2", "minus", "minus")
        await screen.hides("t=0.7")


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["vi"], ["vi", "+7", "f"]),
        (["/usr/bin/nano", "-w"], ["/usr/bin/nano", "-w", "+7", "f"]),
        (["code", "--wait"], ["code", "--wait", "--goto", "f:7"]),
        (["ed"], ["ed", "f"]),
    ],
)
def test_editors_are_told_the_line_as_they_take_it(command: list[str], expected: list[str]) -> None:
    assert at_line(command, Path("f"), 7) == expected
    assert at_line(command, Path("f"), 1)[-1] == "f"
    assert os.fspath(Path("f")) in expected[-1]


async def test_answers_of_a_provider_that_is_gone_break_nothing(
    on_file: OnFile, double: CerebrasDouble, text: str
) -> None:
    script(double)
    async with on_file() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete", "text of z")
        renamed = text.replace("double: {", "other: {").replace(
            "provider: double", "provider: other"
        )
        own_roster().write_text(renamed)
        runner = screen.app._runner
        assert runner
        await screen.wait(lambda: "other" in runner.roster.providers, "read it")
        screen.app.main.stage.focus_pane("answer")
        await screen.pilot.press("J")
        await screen.shows("zoe: not sent")
        await screen.pilot.press("i")
        await screen.ask("and then?")
        await screen.shows("❯ and then?", "✓ complete", "text of z")
