"""However the program is made to leave, it goes soon and gives the terminal back."""

import os
import signal
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.running import LIMIT, READY, Running

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """The program, opened and ready for a question."""
    program = Running()
    program.read_until(lambda painted: READY in painted)
    yield program
    program.end()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_gives_the_terminal_back(running: Running, name: str) -> None:
    number = getattr(signal, name)
    running.kill(number)
    running.read_given_back()
    assert running.exit_code() == 128 + number
    assert running.clean


def test_it_goes_with_its_terminal(running: Running) -> None:
    running.hang_up()
    assert running.exit_code() == 128 + signal.SIGHUP


def test_a_terminal_that_nobody_reads_does_not_keep_it(running: Running) -> None:
    running.stall()
    running.kill(signal.SIGTERM)
    assert running.exit_code() == 128 + signal.SIGTERM


def test_ctrl_q_leaves_before_there_is_anything_to_see(home: Path) -> None:
    program = Running()
    limit = time.monotonic() + LIMIT
    try:
        while termios.tcgetattr(program.terminal)[0] & termios.IXON:
            assert time.monotonic() < limit, "the terminal keeps Ctrl+Q to itself"
            time.sleep(0.001)  # nothing tells of the modes of a terminal
        assert b"\x1b[?1049h" not in program.painted
        program.type("\x11")
        program.read_all()
        assert program.exit_code() == 0
        assert program.clean
    finally:
        program.end()


def test_an_editor_that_is_not_there_leaves_the_screen_as_it_was(home: Path) -> None:
    program = Running(environment={"EDITOR": "/nosuch/editor"})
    try:
        program.read_until(lambda painted: READY in painted)
        program.type("word\x07")
        program.read_until(lambda painted: b"/nosuch/editor cannot be started" in painted)
        before = len(program.painted)
        os.write(program.terminal, b"s on")
        program.read_until(lambda painted: b"words on" in painted[before:])
        program.type("\x11")
        program.read_all()
        assert program.exit_code() == 0
        assert program.clean
    finally:
        program.end()


def test_a_repeated_key_opens_one_editor(home: Path) -> None:
    editor, log = home / "editor", home / "log"
    editor.write_text(f'#!/bin/sh\necho opened >> {log}\nprintf " edited" >> "$1"\n')
    editor.chmod(0o755)
    program = Running(environment={"EDITOR": str(editor)})
    try:
        program.read_until(lambda painted: READY in painted)
        program.type("word\x07\x07\x07\x07")
        program.read_until(lambda painted: b"word edited" in painted)
        program.type("\x11")
        program.read_all()
        assert program.exit_code() == 0
        assert log.read_text() == "opened\n"
        assert program.clean
    finally:
        program.end()


def test_ctrl_c_in_an_editor_is_the_editors(home: Path) -> None:
    editor = home / "editor"
    editor.write_text("#!/bin/sh\necho in the editor\nread line\n")
    editor.chmod(0o755)
    program = Running(environment={"EDITOR": str(editor)})
    try:
        program.read_until(lambda painted: READY in painted)
        program.type("word\x07")
        program.read_until(lambda painted: b"in the editor" in painted)
        before = len(program.painted)
        program.type("\x03")
        program.read_until(lambda painted: b"ended" in painted[before:])
        program.type("\x11")
        program.read_all()
        assert program.exit_code() == 0
        assert program.clean
    finally:
        program.end()
