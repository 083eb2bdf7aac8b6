"""The terminal is asked for its background once, before the first frame, and its answer counts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.color import Color

from moa_tui import paths
from moa_tui.ui.themes import load_themes
from tests.e2e.running import MOA_TUI, READY, Running

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

QUESTION = b"\x1b]11;?\x1b\\\x1b[c"
LIGHT = "\x1b]11;rgb:ffff/ffff/f0f0\x1b\\"
DA1 = "\x1b[?62;22c"
THEMES, _ = load_themes(paths.theme_dirs()[:1])


def ground(theme: str) -> bytes:
    """Return what paints the background of `theme`."""
    red, green, blue = Color.parse(str(THEMES[theme].theme.background)).rgb
    return f"48;2;{red};{green};{blue}".encode()


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """The program in a terminal with all colours that has been asked."""
    program = Running(MOA_TUI, {"COLORTERM": "truecolor", "LANG": "C.UTF-8"})
    program.read_until(lambda painted: QUESTION in painted)
    yield program
    program.end()


def test_a_light_terminal_gets_a_light_theme_and_no_key_is_lost(running: Running) -> None:
    running.type(f"typed{LIGHT}ahead{DA1}")
    running.read_until(lambda painted: READY in painted and b"typedahead" in painted)
    assert ground("paper") in running.painted
    assert ground("wafer") not in running.painted


def test_an_answer_that_comes_late_is_no_key(running: Running) -> None:
    running.read_until(lambda painted: READY in painted)
    running.type(f"{LIGHT[:9]}")
    running.type(f"{LIGHT[9:]}{DA1}")
    running.type("typed late")
    running.read_until(lambda painted: b"typed late" in painted)
    assert ground("wafer") in running.painted
    assert b"ffff" not in running.painted
    assert running.painted.count(QUESTION) == 1
