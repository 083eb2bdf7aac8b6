"""Giving the terminal back from wherever the process ends: nothing is changed before it can be.

Once the app runs it leaves by itself. Until then, and if that fails, this does it.
"""

import atexit
import os
import select
import signal
import termios
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

FAREWELL = (
    # Paste, mouse and focus reports off, keyboard and wrapping as usual, main screen, cursor.
    "\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1016l\x1b[?1006l\x1b[?1004l\x1b[?2048l"
    "\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h"
)

_BY_SIGNAL = 128
_GRACE = 0.5


class Rescue:
    """Knows how the terminal was. `taken` says that the app has it, or is about to."""

    def __init__(self, terminal: int = 0, output: int = 2) -> None:
        self._terminal = terminal
        self._output = output
        self.taken = False
        self._modes: list[Any] | None = None
        with suppress(termios.error, OSError):
            self._modes = termios.tcgetattr(terminal)

    @property
    def modes(self) -> list[Any] | None:
        """How the terminal was; None where there is none."""
        return self._modes

    def free_keys(self) -> None:
        """Have Ctrl+S and Ctrl+Q sent on from now on.

        Until the app has the terminal, the one would stop what is painted, the other be swallowed.
        """
        atexit.register(self.give_back)  # the app may never come to take the terminal
        with suppress(termios.error, OSError):
            modes = termios.tcgetattr(self._terminal)
            modes[0] &= ~termios.IXON
            termios.tcsetattr(self._terminal, termios.TCSANOW, modes)

    def leave_on(self, names: Iterable[str]) -> None:
        """End the process when one of the signals comes, until another handler is put in."""
        for name in names:
            with suppress(AttributeError, ValueError):  # not on this system; not the main thread
                signal.signal(getattr(signal, name), self._leave)

    def _leave(self, number: int, _frame: object) -> None:
        self.give_back()
        # Nothing has been kept yet that would have to be written, and imports may be half done.
        os._exit(_BY_SIGNAL + number)

    def give_back(self) -> None:
        """Bring the terminal back to what it was, as far as it is not."""
        with suppress(termios.error, OSError):
            if self._modes is not None and termios.tcgetattr(self._terminal) != self._modes:
                termios.tcsetattr(self._terminal, termios.TCSANOW, self._modes)
        if self.taken:
            self.taken = False
            with suppress(OSError, ValueError):
                # One that nobody reads is not waited for.
                if select.select([], [self._output], [], _GRACE)[1]:
                    os.write(self._output, FAREWELL.encode())
