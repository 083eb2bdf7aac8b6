"""The prompt: lines, history, search, editor, pasting, and what is typed while a turn runs."""

import asyncio
import stat
import sys
from pathlib import Path

import pytest
from textual.events import Paste

from moa_tui import paths
from moa_tui.settings.model import Settings
from moa_tui.transcript.history import list_turns
from moa_tui.transcript.questions import asked_before
from moa_tui.ui.editing import editor
from moa_tui.ui.prompt_history import PromptHistory, matching
from moa_tui.ui.widgets.prompt_box import MAX_ROWS, PromptBox
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen
from tests.ui.test_app_turn import Open, script


def prompt_of(screen: Screen) -> PromptBox:
    return screen.app.main.prompt


async def has(screen: Screen, text: str) -> None:
    await screen.wait(lambda: prompt_of(screen).text == text, f"had {text!r} in the prompt")


async def test_lines_are_begun_in_every_way_and_it_grows_to_eight_rows(open_app: Open) -> None:
    async with open_app(size=(80, 24)) as screen:
        await screen.pilot.press("a", "backslash", "enter", "b", "shift+enter", "c", "ctrl+j")
        await has(screen, "a\nb\nc\n")
        await screen.pilot.press(*["ctrl+j"] * 12)
        await screen.wait(lambda: prompt_of(screen).size.height == MAX_ROWS, "grew")
        await screen.shows("○ ready", "^p palette")


async def test_what_is_pasted_never_sends_itself(open_app: Open, double: CerebrasDouble) -> None:
    async with open_app() as screen:
        screen.app.post_message(Paste("one\ntwo\r\nthree\rfour\r"))  # as tmux sends lines
        await has(screen, "one\ntwo\nthree\nfour\n")
    assert not double.chats


async def test_up_and_down_walk_through_the_questions_of_all_runs(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        for question in ("first?", "second?", "first?"):
            await screen.ask(question)
            await screen.shows("✓ complete")
            await screen.wait(lambda: screen.app._runner and not screen.app._runner.running, "end")
    async with open_app() as screen:
        await screen.wait(lambda: prompt_of(screen).asked.newest_first, "read the history")
        assert prompt_of(screen).asked.newest_first == ["first?", "second?"]
        await screen.pilot.press("x", "up")
        await has(screen, "first?")
        await screen.pilot.press("up")
        await has(screen, "second?")
        await screen.pilot.press("up", "down", "down")
        await has(screen, "x")  # what was being written is still there


async def test_up_moves_inside_a_long_question_first(open_app: Open) -> None:
    async with open_app(size=(80, 24)) as screen:
        prompt_of(screen).asked.add("earlier")
        prompt_of(screen).take("word " * 30)
        await screen.wait(lambda: prompt_of(screen).size.height == 2, "wrapped it")
        await screen.pilot.press("up")
        assert prompt_of(screen).text.startswith("word")
        await screen.pilot.press("up")
        await has(screen, "earlier")


async def test_an_earlier_question_is_searched_and_taken_unsent(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app(size=(80, 24)) as screen:
        prompt_of(screen).asked.remember(["the newest", "about [red] tea\nand cups", "on coffee"])
        await screen.pilot.press("ctrl+r")
        await screen.shows("Earlier questions", "the newest", "on coffee")
        await screen.pilot.press("c", "u", "p")
        await screen.hides("on coffee")
        await screen.pilot.press("enter")
        await has(screen, "about [red] tea\nand cups")
        await screen.pilot.press("ctrl+r", "ctrl+r", "ctrl+r", "enter")
        await has(screen, "on coffee")
        await screen.pilot.press("ctrl+r", "escape")
        await has(screen, "on coffee")
    assert not double.chats


def test_the_history_of_a_prompt() -> None:
    asked = PromptHistory()
    assert (asked.back("x"), asked.forward()) == (None, None)
    asked.add("a")
    asked.remember(["c", "a", "b", "c"])
    assert asked.newest_first == ["a", "c", "b"]
    assert [asked.back("draft"), asked.back(""), asked.back(""), asked.back("")] == [
        *("a", "c", "b"),
        None,
    ]
    assert [asked.forward(), asked.forward(), asked.forward(), asked.forward()] == [
        *("c", "a", "draft"),
        None,
    ]
    assert matching(["About Tea", "coffee"], "TEA ab") == ["About Tea"]
    assert matching(["About Tea", "coffee"], " ") == ["About Tea", "coffee"]


def test_a_history_that_is_not_there_has_no_questions(tmp_path: Path) -> None:
    assert asked_before(tmp_path / "none.db") == []


@pytest.mark.parametrize(
    ("environ", "command"),
    [
        ({"VISUAL": "code --wait", "EDITOR": "vi"}, ["code", "--wait"]),
        ({"VISUAL": " ", "EDITOR": "'my editor' -n"}, ["my editor", "-n"]),
        ({"EDITOR": "vi; rm -rf /"}, ["vi;", "rm", "-rf", "/"]),
        ({"PATH": "/nowhere"}, []),
    ],
)
def test_the_editor_is_visual_then_editor_and_no_shell_reads_it(
    environ: dict[str, str], command: list[str]
) -> None:
    assert editor(environ) == command


@pytest.mark.parametrize(
    ("installed", "expected"),
    [(("vi", "nano"), "nano"), (("vi", "editor"), "editor"), (("vi",), "vi")],
)
def test_without_a_variable_an_installed_editor_is_taken(
    tmp_path: Path, installed: tuple[str, ...], expected: str
) -> None:
    for name in installed:
        (tmp_path / name).touch(0o755)
    assert editor({"PATH": str(tmp_path)}) == [str(tmp_path / expected)]


async def test_without_a_terminal_to_give_away_or_an_editor_the_reason_is_said(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    async with open_app() as screen:
        await screen.pilot.press("a", "ctrl+g")
        await screen.wait(screen.told("There is no editor: set EDITOR"), "said what to set")
        monkeypatch.setenv("EDITOR", "'vi")
        await screen.pilot.press("ctrl+g")
        await screen.wait(screen.told("cannot be read"), "said what is wrong")
        monkeypatch.setenv("EDITOR", "vi")
        await screen.pilot.press("ctrl+g")
        await screen.wait(screen.told("cannot take this screen"), "said why not")
        await has(screen, "a")


async def test_the_question_is_written_in_an_editor(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "editor.py"
    program.write_text(
        "import os, pathlib, sys\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "seen = f'{path.stat().st_mode:o} {path.read_text()}'\n"
        f"pathlib.Path({str(seen)!r}).write_text(seen)\n"
        "path.write_text('from the\\x1b[2J editor\\n')\n"
        "sys.exit(int(os.environ.get('CODE', '0')))\n"
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {program}")
    async with open_app() as screen:
        driver = screen.app._driver
        assert driver
        monkeypatch.setattr(type(driver), "can_suspend", property(lambda _self: True))
        await screen.pilot.press("a", "ctrl+g")
        await screen.wait(lambda: "editor" in prompt_of(screen).text, "took what was saved")
        assert "\x1b" not in prompt_of(screen).text
        mode, _, text = seen.read_text().partition(" ")
        assert (stat.S_IMODE(int(mode, 8)), text) == (0o600, "a")
        monkeypatch.setenv("CODE", "3")
        prompt_of(screen).take("b")
        await screen.pilot.press("ctrl+g")
        await screen.wait(screen.told("ended with 3: the question is as it was"), "said so")
        await has(screen, "b")


async def test_ctrl_d_deletes_and_on_an_empty_prompt_leaves(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.pilot.press("a", "b", "home", "ctrl+d")
        await has(screen, "b")
        await screen.pilot.press("ctrl+d", "ctrl+d")
        await screen.wait(lambda: not screen.app.is_running or screen.app._exit, "left")


async def test_undo_has_a_key_of_its_own(open_app: Open) -> None:
    async with open_app() as screen:
        await screen.pilot.press("a", "ctrl+j", "b", "ctrl+u")
        await has(screen, "a\n")
        await screen.pilot.press("ctrl+underscore")
        await has(screen, "a\nb")


async def test_a_question_may_interrupt_the_turn_instead_of_waiting(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, a=Answer("slow" + " more" * 50, gate=gate, gate_at=4))
    async with open_app(settings=Settings(while_running="interrupt")) as screen:
        await screen.ask("first?")
        await screen.shows("slow")
        double.answers["model-a"] = Answer("quick")
        await screen.ask("second?")
        await screen.shows("quick", "✓ complete")
    turns = list_turns(paths.history_file())
    assert {turn.question: turn.outcome for turn in turns} == {
        "first?": "stopped",
        "second?": "complete",
    }


async def test_escape_can_need_two_presses_or_never_stop(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, a=Answer("slow" + " more" * 50, gate=gate, gate_at=4))
    async with open_app(settings=Settings(stop_key="esc-esc")) as screen:
        await screen.ask("first?")
        await screen.shows("slow")
        await screen.pilot.press("escape")
        await screen.wait(screen.told("Esc again"), "asked for another")
        await screen.pilot.press("escape")
        await screen.shows("■ stopped")
    async with open_app(settings=Settings(stop_key="ctrl+c")) as screen:
        await screen.ask("first?")
        await screen.shows("slow")
        await screen.pilot.press("escape", "escape", "t", "y", "p", "e")
        await has(screen, "type")
        assert screen.app._runner
        assert screen.app._runner.running
        await screen.pilot.press("ctrl+c")
        await screen.shows("■ stopped")
        await has(screen, "type")
        await screen.pilot.press("ctrl+c")
        await has(screen, "")
        await screen.pilot.press("ctrl+c")
        await screen.wait(screen.told("Ctrl+Q quits"), "said how to leave")


async def test_tab_behind_the_beginning_of_a_path_stays_in_the_prompt(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        prompt = screen.app.main.prompt
        await screen.pilot.press(*"see", "space", "at", *"ret", "tab", *"ry")
        assert prompt.text == "see @retry"
        await screen.pilot.press("space", "tab")
        assert not prompt.has_focus
