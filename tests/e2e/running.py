"""The program in a pseudo-terminal that whoever starts it reads, or does not."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Mapping, Sequence

from tests import canary

LIMIT = 60
"""Seconds that anything may take here; nothing does by itself."""

MOA_TUI = (sys.executable, "-m", "moa_tui")
GIVEN_BACK = (b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[?1000l", b"\x1b[?1003l", b"\x1b[?2004l")
"""Alternate screen, cursor, mouse twice, bracketed paste: as a terminal has them by itself."""

READY = "○ ready".encode()
_HELP = b"\x1bOP"


class Running:
    """`command` in a terminal of its own; `painted` is what has been read of it."""

    def __init__(
        self, command: Sequence[str] = MOA_TUI, environment: Mapping[str, str] | None = None
    ) -> None:
        self.painted = b""
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            terminal = {"TERM": "xterm-256color"}
            os.execvpe(command[0], list(command), {**os.environ, **terminal, **(environment or {})})
        self.modes = termios.tcgetattr(self.terminal)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))

    def read_until(self, condition: Callable[[bytes], object]) -> None:
        """Read what is painted until `condition` holds for it, or the other end is closed."""
        limit = time.monotonic() + LIMIT
        while not condition(self.painted):
            assert time.monotonic() < limit, self.painted[-500:]
            if select.select([self.terminal], [], [], 0.1)[0]:
                try:
                    self.painted += os.read(self.terminal, 65536)
                except OSError:
                    return

    def read_all(self) -> bytes:
        """Read until the program is gone; return all that was painted."""
        self.read_until(lambda _painted: False)
        return self.painted

    def read_given_back(self) -> None:
        """Read until the terminal has been given back."""
        self.read_until(lambda painted: all(mark in painted for mark in GIVEN_BACK))

    @property
    def clean(self) -> bool:
        """Whether the terminal is as it was before the program."""
        given_back = all(mark in self.painted for mark in GIVEN_BACK)
        return given_back and termios.tcgetattr(self.terminal) == self.modes

    def type(self, text: str) -> None:
        """Type text."""
        os.write(self.terminal, text.encode())

    def stall(self) -> None:
        """Have more painted than fits into a terminal that nobody reads."""
        for _ in range(40):  # each toggles the help, which paints the whole screen
            os.write(self.terminal, _HELP)

    def kill(self, number: int) -> None:
        """Send the program a signal."""
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the terminal, as a dropped SSH link does."""
        os.close(self.terminal)

    def exit_code(self) -> int:
        """Wait for the end; return the exit code."""
        limit = time.monotonic() + LIMIT
        while True:
            ended, status = os.waitpid(self.pid, os.WNOHANG)
            if ended:
                self.pid = 0
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < limit, "it stays"
            time.sleep(0.02)  # between two looks at a process that this one cannot be told about

    def end(self) -> None:
        """End what is left; nothing of a key may have been painted or be on a command line."""
        canary.look_at_processes()
        canary.look_through("a terminal", self.painted)
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
