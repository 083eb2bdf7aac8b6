"""The screen is lent to the shell and to an editor, in a real terminal, and comes back whole."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.tmux import Terminal

pytestmark = pytest.mark.terminal


def test_an_editor_and_the_shell_have_the_screen_for_a_while(
    home: Path, tmp_path: Path, terminal: Callable[[int, int], Terminal]
) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "in the editor"; read line\nprintf %s "$line" >> "$1"\n')
    editor.chmod(0o755)
    window = terminal(120, 30)
    # A shell of its own: only one with job control can have a program stopped.
    window.shell(f"env PS1='shell>' EDITOR='{editor}' bash --norc")
    window.wait(lambda s: "shell>" in s, "opened a shell")
    window.type(f"{sys.executable} -m moa_tui")
    window.press("Enter")
    window.wait(lambda s: "○ ready" in s, "opened")
    window.type("begun ")
    window.press("C-g")
    window.wait(lambda s: "in the editor" in s, "gave the screen away")
    window.type("and edited")
    window.press("Enter")
    window.wait(lambda s: "begun and edited" in s and "^p palette" in s, "took it back")
    window.press("C-z")
    window.wait(lambda s: "Stopped" in s, "went to the shell")
    window.type("fg")
    window.press("Enter")
    window.wait(lambda s: "begun and edited" in s and "^p palette" in s, "came back whole")
    window.press("C-o")
    window.wait(lambda s: "─ 1 1 " in s and "A Σ" in s, "printed letters over the panes")
    window.press("Escape")
    window.resize(52, 12)
    window.wait(lambda s: "needs 60x15, is 52x12" in s, "said that there is no room")
    window.resize(80, 24)
    window.wait(lambda s: "begun and edited" in s, "came back")
    window.press("C-c")
    window.wait(lambda s: "begun" not in s, "cleared the prompt")
    window.press("C-d")
    window.wait(lambda s: "^p palette" not in s, "left")
