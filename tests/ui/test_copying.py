"""Copying in the app: the source is copied, from wherever the keys are, and the person is told."""

import base64
import stat
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from moa_tui import paths
from moa_tui.ui.terminal import clipboard
from moa_tui.ui.text.code_blocks import CodeBlock, code_blocks
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

TEXT = "# Sums\n\n$a^2$ and **b**\n\n```py\nx = 1\n```\n\n- item\n\n  ```\n  y\n  ```\n"
ONE = "Only:\n\n```sh\necho hi\n```"


@pytest.fixture(autouse=True)
def plain_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal by itself: no tmux, no desktop, whatever the tests run in."""
    for name in ("TMUX", "STY", "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def listen(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets what the terminal is told to put on its clipboard."""
    copied: list[str] = []
    driver = screen.app._driver
    assert driver

    def write(data: str) -> None:
        if data.startswith("\x1b]52;c;"):
            copied.append(base64.b64decode(data[7:-1]).decode())

    monkeypatch.setattr(driver, "write", write)
    return copied


async def test_the_source_is_copied_from_prompt_and_panes(
    open_app: Open, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    double.answers["model-a"] = Answer(ONE)
    double.answers["model-z"] = Answer(TEXT)
    async with open_app() as screen:
        copied = listen(screen, monkeypatch)
        await screen.pilot.press("ctrl+y")
        await screen.wait(screen.told("there is no answer yet"), "told that there is none")
        await screen.ask("why?")
        await screen.shows("✓ complete")

        async def copies(expected: str, *keys: str) -> None:
            copied.clear()
            await screen.pilot.press(*keys)
            await screen.wait(lambda: copied, f"copied on {keys}")
            assert copied == [expected]

        await copies(TEXT, "ctrl+y")  # the prompt has the keys
        await screen.wait(screen.told(f"sent {len(TEXT)} characters"), "told how many")
        screen.app.main.stage.focus_pane("agent-1")
        await copies(ONE, "y")
        await copies("echo hi\n", "c")
        screen.app.main.stage.focus_pane("answer")
        await screen.pilot.press("c")
        await screen.shows("Copy which code block?", "x = 1  py, 1 line")
        await copies("y\n", "down", "enter")
        copied.clear()
        await screen.pilot.press("Y")
        await screen.wait(lambda: copied, "copied the turn")
        assert copied[0].startswith("# why?")
        assert TEXT in copied[0]
        assert "## ada (model-a" in copied[0]


async def test_what_no_clipboard_takes_becomes_a_file(
    open_app: Open, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    double.answers["model-z"] = Answer(TEXT)
    monkeypatch.setattr(clipboard, "MOST_ENCODED", 8)
    folder = paths.downloads_dir() or paths.exports_dir()
    async with open_app() as screen:
        copied = listen(screen, monkeypatch)
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.pilot.press("ctrl+y")
        await screen.wait(screen.told("too long for the terminal: written to"), "told")
        screen.app.main.stage.focus_pane("answer")
        for count in (2, 3):
            await screen.pilot.press("w")
            await screen.wait(lambda: len(list(folder.glob("*.md"))) == count, "wrote a file")  # noqa: B023 - waited for at once
        assert {path.name for path in folder.glob("*.md")} == {
            "moa-tui-copy.md",
            "moa-tui-zoe.md",
            "moa-tui-zoe-2.md",
        }
        for path in folder.glob("*.md"):
            assert path.read_text(encoding="utf-8") == TEXT
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert not copied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no code", []),
        ("```\n```", []),
        ("    indented\n", [CodeBlock("", "indented\n")]),
        ("> ~~~rust ignore\n> fn\n> ~~~", [CodeBlock("rust", "fn\n")]),
        ("```js\nnever closed", [CodeBlock("js", "never closed")]),
        (TEXT, [CodeBlock("py", "x = 1\n"), CodeBlock("", "y\n")]),
    ],
)
def test_code_blocks(text: str, expected: list[CodeBlock]) -> None:
    assert code_blocks(text) == expected
