"""Answers of the terminal are told apart from keys, however they arrive, and light from dark."""

import os
import pty
import termios

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.terminal.answers import parsed
from moa_tui.ui.terminal.appearance import background, is_dark, is_worth_asking, suitable
from moa_tui.ui.terminal.asking import BACKGROUND, Asked

DARK = "\x1b]11;rgb:1e1e/2020/2828\x1b\\"
LIGHT = "\x1b]11;rgb:ffff/ffff/f0f0\x07"
DA1 = "\x1b[?62;22c"
KEYS = ["a", "Ω", "\r", "\x1b[A", "\x1bOP", "\x1b[200~x\x1b[201~", "\x1b[<0;3;4M"]


@given(st.lists(st.sampled_from([*KEYS, DARK, LIGHT, "\x1b[?1u", "\x1b[?2026;2$y"])), st.booleans())
def test_answers_are_found_among_keys(pieces: list[str], told_all: bool) -> None:
    pieces = [*pieces, DA1] if told_all else pieces
    heard = parsed("".join(pieces).encode())
    assert heard.data == "".join(pieces).encode()
    assert len(heard.answers) == sum(piece not in KEYS for piece in pieces)
    assert heard.late is not told_all


@pytest.mark.parametrize(
    ("answers", "colorfgbg", "dark"),
    [
        (("11;rgb:1e1e/2020/2828", "62;22c"), "0;15", True),
        (("11;rgb:ffff/ffff/f0f0", "62;22c"), "15;0", False),
        (("11;rgb:ff/ff/ff",), "", False),
        (("11;rgba:0000/0000/0000/ffff",), "", True),
        (("62c",), "0;15", False),
        (("62c",), "15;default;0", True),
        ((), "0;7", False),
        ((), "7;8", True),
        ((), "0;default", True),
        (("11;nonsense", "11;rgb:/"), "", True),
    ],
)
def test_light_or_dark(answers: tuple[str, ...], colorfgbg: str, dark: bool) -> None:
    environ = {"COLORFGBG": colorfgbg}
    assert is_dark(answers, environ) is dark
    names = {True: ("wafer", "terminal-dark"), False: ("paper", "terminal-light")}[dark]
    assert suitable(answers, environ | {"TERM": "xterm-256color"}) == names[0]
    assert suitable(answers, environ | {"TERM": "xterm"}) == names[1]


def test_what_is_told_of_the_background() -> None:
    assert background(("62c", "11;rgb:ffff/0000/8080")) == (1.0, 0.0, 0x8080 / 0xFFFF)
    assert background(("11;rgb:f/0/8",)) == (1.0, 0.0, 8 / 15)
    assert background(("10;rgb:ffff/0000/8080",)) is None
    assert not is_worth_asking({"TERM": "linux"})
    assert is_worth_asking({"TERM": "xterm-256color"})


def test_a_terminal_is_asked_and_left_as_it_was() -> None:
    far, near = pty.openpty()
    try:
        before = termios.tcgetattr(near)
        with Asked(BACKGROUND, near, near) as asked:
            question = os.read(far, 100).decode()
            assert question == f"{BACKGROUND}\x1b[c"
            os.write(far, f"hi{LIGHT}there{DA1}".encode())
            heard = asked.heard(cap=30)
        assert (heard.data, heard.late) == (f"hi{LIGHT}there{DA1}".encode(), False)
        assert not is_dark(heard.answers, {})
        with Asked(BACKGROUND, near, near) as asked:
            os.write(far, b"only keys")
            silent = asked.heard()
        assert (silent.data, silent.answers, silent.late) == (b"only keys", (), True)
        assert termios.tcgetattr(near) == before
    finally:
        os.close(far)
        os.close(near)
