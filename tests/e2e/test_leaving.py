"""However the program is made to leave, it goes soon and gives the terminal back."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

_LIMIT = 60
_GIVEN_BACK = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1003l", b"\x1b[?2004l")


class Running:
    """The program in a pseudo-terminal that this test reads, or does not."""

    def __init__(self) -> None:
        self.painted = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "moa_tui"], _environment())
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))

    def read_until(self, condition: Callable[[bytes], object]) -> None:
        """Read what is painted until `condition` holds for it."""
        limit = time.monotonic() + _LIMIT
        while not condition(self.painted):
            assert time.monotonic() < limit, self.painted[-500:]
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.painted += os.read(self.terminal, 65536)
                except OSError:
                    return  # the other end is closed

    def exit_code(self) -> int:
        """Wait for the end; return the exit code."""
        limit = time.monotonic() + _LIMIT
        while True:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < limit, "it stays"
            time.sleep(0.02)  # between two looks at a process that this one cannot be told about

    def end(self) -> None:
        """End what is left."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


def _environment() -> dict[str, str]:
    return {**os.environ, "TERM": "xterm-256color"}


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """The program, opened and ready for a question."""
    program = Running()
    program.read_until(lambda painted: "○ ready".encode() in painted)
    yield program
    program.end()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_a_signal_gives_the_terminal_back(running: Running, name: str) -> None:
    number = getattr(signal, name)
    os.kill(running.pid, number)
    running.read_until(lambda painted: all(mark in painted for mark in _GIVEN_BACK))
    assert running.exit_code() == 128 + number


def test_it_goes_with_its_terminal(running: Running) -> None:
    os.close(running.terminal)
    assert running.exit_code() == 128 + signal.SIGHUP


def test_a_terminal_that_nobody_reads_does_not_keep_it(running: Running) -> None:
    for _ in range(40):  # each toggles the help, which paints the whole screen: more than fits
        os.write(running.terminal, b"\x1bOP")
    os.kill(running.pid, signal.SIGTERM)
    assert running.exit_code() == 128 + signal.SIGTERM
