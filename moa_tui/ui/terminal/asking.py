"""Asking the terminal about itself before the app begins, without waiting for it for long.

Questions are followed by one that every terminal answers (DA1, ECMA-48 8.3.24): once that answer is
there, no other will come. What the person types meanwhile is kept apart and handed on.
"""

import os
import select
import termios
import time
from contextlib import suppress
from typing import Any, Self

from moa_tui.ui.terminal.answers import Heard, parsed

BACKGROUND = "\x1b]11;?\x1b\\"
"""What colour the background has (xterm, OSC 11)."""

KITTY_KEYS = "\x1b[?u"
"""What is told of keys (kitty keyboard protocol)."""

SYNCHRONIZED = "\x1b[?2026$p"
"""Whether a frame can be painted at once (mode 2026)."""

_LAST = "\x1b[c"
CAP = 0.15
"""Seconds from the question after which no answer is waited for."""


class Asked:
    """Asks on entry and gives the terminal back as it was on exit; `heard` may be read between.

    Raises OSError and termios.error where there is no terminal.
    """

    def __init__(self, questions: str, terminal: int = 0, output: int = 2) -> None:
        self._questions = questions + _LAST
        self._terminal = terminal
        self._output = output
        self._before: list[Any] = []
        self._at = 0.0

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._terminal)
        mode = termios.tcgetattr(self._terminal)
        mode[3] &= ~(termios.ICANON | termios.ECHO)
        # Not TCSAFLUSH: what has been typed already is not thrown away.
        termios.tcsetattr(self._terminal, termios.TCSANOW, mode)
        os.write(self._output, self._questions.encode())
        self._at = time.monotonic()
        return self

    def __exit__(self, *_error: object) -> None:
        with suppress(termios.error):
            termios.tcsetattr(self._terminal, termios.TCSANOW, self._before)

    def heard(self, cap: float = CAP) -> Heard:
        """Return what has come within `cap` seconds of the question."""
        data = b""
        while True:
            heard = parsed(data)
            if not heard.late:
                return heard
            left = max(0.0, self._at + cap - time.monotonic())
            if not select.select([self._terminal], [], [], left)[0]:
                return heard
            more = os.read(self._terminal, 4096)
            if not more:
                return heard
            data += more
