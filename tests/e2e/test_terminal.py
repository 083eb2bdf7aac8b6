"""The program in a real terminal: tmux types, and reads the screen."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from moa_tui import paths
from tests.e2e.tmux import Terminal

pytestmark = [
    pytest.mark.terminal,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
]


@pytest.mark.embedded
@pytest.mark.xdist_group("embedded")
def test_ask_watch_read_quit(embedded_home: Path, terminal: Callable[[int, int], Terminal]) -> None:
    window = terminal(80, 24)
    window.start("--local")
    window.wait(lambda s: "demo model" in s and "○ ready" in s, "opened")
    window.type("Why is exercise good for you?")
    window.press("Enter")
    writing = window.wait(lambda s: s.count("writing") >= 3, "showed three agents writing at once")
    assert "tok/s" in writing
    window.wait(lambda s: "Σ writing" in s, "began the answer")
    done = window.wait(lambda s: "✓ complete" in s or "✂ degraded" in s, "ended the turn")
    assert "3 of 3 agents" in done
    window.press("F2")  # where one pane fits, the next one takes its place
    window.wait(lambda s: " 1 explainer" in s and " 2 lister" not in s, "showed one agent alone")
    window.press("Escape")
    window.press("C-q")
    window.wait(lambda s: "ended with 0" in s, "quit")
    listed = subprocess.run(
        [sys.executable, "-m", "moa_tui", "history"], capture_output=True, text=True, check=True
    )
    assert "Why is exercise good for you?" in listed.stdout


def test_without_key_or_model_it_opens_says_what_to_do_and_leaves_cleanly(
    home: Path, terminal: Callable[[int, int], Terminal]
) -> None:
    window = terminal(120, 30)
    window.start()
    window.wait(lambda s: "CEREBRAS_API_KEY is not set" in s and "Alt+K" in s, "opened")
    window.resize(80, 24)
    window.wait(lambda s: "^p palette" in s, "painted at another size")
    window.type("hello")
    window.press("C-j")
    window.type("there")
    window.wait(lambda s: "hello" in s and "there" in s, "took two lines")
    window.press("C-q")
    window.wait(lambda s: "ended with 0" in s, "quit")


def test_a_broken_roster_is_told_and_nothing_stays_open(
    home: Path, tmp_path: Path, terminal: Callable[[int, int], Terminal]
) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("version: 1\nagents:\n  - {name: a, model: b, temprature: 1}\naggregator: a\n")
    window = terminal(120, 30)
    window.start("-c", str(bad))
    screen = window.wait(lambda s: "ended with 2" in s, "ended")
    assert "agents[0].temprature: unknown key" in screen.replace("\n", "")


def test_the_demonstration_plays_pauses_and_is_saved_without_a_key(
    home: Path, terminal: Callable[[int, int], Terminal]
) -> None:
    window = terminal(120, 30)
    window.start("--demo")
    window.wait(lambda s: "recording of 2026-" in s and "● playing" in s, "played")
    window.press("Right", "Right", "Space")
    window.wait(lambda s: "○ paused" in s and "Regular exercise" in s, "paused further on")
    window.press("Left", "Left", "Left")
    window.wait(lambda s: "0:00.0 /" in s and "Regular exercise" not in s, "went back")
    window.press("Right", "Right", "Right", "Right")
    window.wait(lambda s: "✓ over" in s and "✓ complete" in s, "came to the end")
    window.press("C-p")
    window.type("Save a recording")
    window.wait(lambda s: "to be replayed" in s, "offered to save it")
    window.press("Down", "Enter")
    window.wait(lambda s: "saved as" in s, "said where it is")
    window.press("C-q")
    window.wait(lambda s: "ended with 0" in s, "quit")
    (saved,) = (paths.user_data_dir() / "exports").iterdir()
    again = subprocess.run(
        [sys.executable, "-m", "moa_tui", "replay", "--plain", "--speed", "1000", str(saved)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Regular exercise is essential" in again.stdout
