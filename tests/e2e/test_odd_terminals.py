"""The installed program in terminals of every kind, and with whatever they send at any moment."""

import fcntl
import os
import random
import signal
import struct
import termios
from functools import partial
from pathlib import Path

import pytest

from moa_tui import paths
from tests.e2e.running import MOA_TUI, READY, Running

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

PLAIN = {"COLORTERM": "", "LANG": "C.UTF-8"}
SETTINGS = {
    "no colours": {"NO_COLOR": "1"},
    "linux": {**PLAIN, "TERM": "linux"},
    "vt100": {**PLAIN, "TERM": "vt100"},
    "xterm": {**PLAIN, "TERM": "xterm"},
    "screen": {**PLAIN, "TERM": "screen"},
    "tmux": {**PLAIN, "TERM": "tmux-256color"},
    "no name": {**PLAIN, "TERM": ""},
    "another name": {**PLAIN, "TERM": "nosuchterm"},
    "LANG=C": {"LANG": "C", "LC_ALL": "", "LC_CTYPE": ""},
    "LC_ALL=C": {"LC_ALL": "C"},
    "Latin-1": {"LC_ALL": "", "LC_CTYPE": "de_DE.ISO-8859-1"},
    "KOI8-R": {"LC_ALL": "", "LC_CTYPE": "ru_RU.KOI8-R"},
    "Textual's variable": {"TEXTUAL_THEME": "nosuch"},
}
TYPED = {"Latin-1": b"caf\xe9", "KOI8-R": b"\xc1\xc2"}
ASCII = {"LANG=C", "LC_ALL=C", "Latin-1", "KOI8-R"}
CTRL_Q = "\x11"


def opened(environment: dict[str, str] | None = None, *arguments: str) -> Running:
    program = Running((*MOA_TUI, *arguments), environment)
    program.read_until(lambda painted: b" ready" in painted or b"needs" in painted)
    return program


def left(program: Running) -> int:
    """Leave as a person does; return the exit code."""
    program.type(CTRL_Q)
    program.read_all()
    return program.exit_code()


@pytest.mark.parametrize("name", SETTINGS)
def test_it_opens_takes_text_and_leaves(home: Path, name: str) -> None:
    program = opened(SETTINGS[name])
    try:
        before = len(program.painted)
        os.write(program.terminal, TYPED.get(name, b"word"))
        # In ASCII what has no likeness is painted as a question mark.
        shown = {b"caf\xe9": b"cafe", b"\xc1\xc2": b"??"}.get(TYPED.get(name, b""), b"word")
        program.read_until(lambda painted: shown in painted[before:])
        assert program.painted.isascii() is (name in ASCII)
        assert left(program) == 0
        assert program.clean
    finally:
        program.end()


@pytest.mark.parametrize("term", ["dumb", "unknown"])
def test_a_terminal_that_cannot_is_told_the_way_out(home: Path, term: str) -> None:
    program = Running(MOA_TUI, {"TERM": term})
    told = program.read_all().decode()
    assert program.exit_code() == 2
    assert f"TERM={term} cannot show a full screen" in told
    assert 'moa-tui run "your question"' in told
    assert "\x1b" not in told
    program.end()


@pytest.mark.parametrize("theme", ["nosuch", "nord"])
def test_it_opens_with_any_theme(home: Path, theme: str) -> None:
    program = opened({"COLORTERM": "truecolor"}, "--theme", theme)
    if theme == "nosuch":
        program.read_until(lambda painted: b"there is no theme" in painted)
    assert left(program) == 0
    program.end()


HOSTILE_PASTE = "\x1b[200~x \x1b[m explain\r\x11\x03\x1b[113;5u\x1b[13ume\x1b[201~\r\x11\x1b[13u"
NOISE = [
    *("\x1b[97;5:3u", "\x1b[1;1:3A", "\x1b[1114112u", "\x1b[99999999999u", "\x1b[55296u"),
    *("\x1b[48;99999;99999;0;0t", "\x1b[48;30;120;600;1200t", "\x1bP>|term\x1b\\", "\x1b_Gx\x1b\\"),
    *("\x1b]11;rgb:ffff/", "\x1b]52;c;" + "a" * 20_000, "\x1b\\", "\x1b[M\x21\x21\x21"),
    *("\x1b[I\x1b[O" * 2000, "\x1b[<35;5;5M" * 500, "\x1b[24;80R", "\x1b[?62;c", "\x1b[999~"),
]


def test_nothing_that_a_terminal_sends_presses_a_key(home: Path) -> None:
    program = opened()
    try:
        program.type("Ω йцу")
        program.read_until(lambda painted: "Ω йцу".encode() in painted)
        program.type("".join(NOISE))
        program.type(HOSTILE_PASTE)
        program.read_until(lambda painted: b"explain" in painted)
        program.type("\x1b[1081::113;5u")  # Ctrl+Q on a Cyrillic layout
        painted = program.read_all()
        assert program.exit_code() == 0
        for typed in (b"rgb:", b"aaaa", b"term", b"1114112", b"something broke"):
            assert typed not in painted
    finally:
        program.end()


def longer(than: int, painted: bytes) -> bool:
    return len(painted) > than


KEYS = [
    "\x1bOR",
    "\x1bOQ",
    "\x1b",
    "\x0f",
    "q",
    "\t",
    "\x10",
    "\x14",
    "\x12",
    "\x0c",
    "\x1b[27u",
    "\r",
]


@pytest.mark.parametrize("seed", range(1))
def test_keys_and_sizes_at_any_moment_of_the_start_break_nothing(home: Path, seed: int) -> None:
    chance = random.Random(seed)
    program = Running()
    try:
        program.read_until(lambda painted: b"\x1b[?1049h" in painted)
        while READY not in program.painted:
            program.type(chance.choice(KEYS))
            size = struct.pack("HHHH", chance.randint(1, 60), chance.randint(1, 200), 0, 0)
            fcntl.ioctl(program.terminal, termios.TIOCSWINSZ, size)
            program.read_until(partial(longer, len(program.painted)))
            if b"something broke" in program.painted:
                break
        size = struct.pack("HHHH", 65535, 65535, 0, 0)
        fcntl.ioctl(program.terminal, termios.TIOCSWINSZ, size)
        fcntl.ioctl(program.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        code = left(program)
        assert code == 0, [path.read_text() for path in paths.crash_dir().glob("*")]
        assert program.clean
    finally:
        program.end()


MOMENTS = [b"\x1b]11;?", b"\x1b[?1049h", b"\x1b[?2004h", b"starting", READY]


@pytest.mark.parametrize(
    ("name", "moment"),
    [
        *(("SIGTERM", moment) for moment in MOMENTS),
        *((name, moment) for name in ("SIGINT", "SIGHUP") for moment in (MOMENTS[0], READY)),
    ],
)
def test_a_signal_at_any_moment_leaves_the_terminal_as_it_was(
    home: Path, name: str, moment: bytes
) -> None:
    program = Running()
    try:
        program.read_until(lambda painted: moment in painted)
        program.kill(getattr(signal, name))
        painted = program.read_all()
        assert program.exit_code() == 128 + getattr(signal, name)
        assert b"Traceback" not in painted
        assert b"something broke" not in painted
        if b"\x1b[?1049h" in painted:
            assert program.clean
        else:
            assert termios.tcgetattr(program.terminal) == program.modes
    finally:
        program.end()
