"""Writing to the terminal without ever waiting for it.

Textual's own writer holds up the event loop once 30 writes wait, so that a frozen SSH link stops
streams, keys and signals alike. Here writes are only kept; who paints looks at `unwritten` first.
"""

import os
import termios
import threading
from collections import deque
from contextlib import suppress

MOST_UNWRITTEN = 4 * 1024 * 1024
"""Bytes kept for a terminal that takes nothing; beyond it, what is written is dropped."""

_PIECE = 4096


class TerminalOutput(threading.Thread):
    """Writes to a terminal from a thread of its own.

    `written` counts bytes that the terminal has taken, `dropped` says that something is missing
    from the screen, `gone` that there is no terminal any more.
    """

    def __init__(self, fileno: int) -> None:
        super().__init__(name="terminal-output", daemon=True)
        self._fileno = fileno
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._stopping = False
        self._given_up = 0
        self.unwritten = 0
        self.written = 0
        self.dropped = False
        self.gone = False

    def write(self, text: str) -> None:
        """Have `text` written; returns at once."""
        data = text.encode("utf-8", "replace")
        with self._changed:
            if self.gone or self.unwritten + len(data) > MOST_UNWRITTEN:
                self.dropped = True
                return
            self._waiting.append(data)
            self.unwritten += len(data)
            self._changed.notify_all()

    def stop(self, grace: float, farewell: str = "") -> bool:
        """End the thread within about `grace` seconds, or leave it behind.

        What the terminal has not taken by then is given up, but for `farewell`. Returns whether it
        has taken that, or all of what was written.
        """
        taken = self._drained(grace)
        if not taken:
            with self._changed:
                self._waiting.clear()
                self.unwritten = 0
                self._given_up += 1
            with suppress(termios.error, OSError):
                termios.tcflush(self._fileno, termios.TCOFLUSH)
            self.write(farewell)
            taken = self._drained(grace / 2)
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        return taken

    def run(self) -> None:
        """Write what comes until `stop`."""
        while (data := self._next()) is not None:
            given_up = self._given_up
            try:
                for start in range(0, len(data), _PIECE):
                    if given_up != self._given_up:
                        break  # the rest of a frame would keep the farewell waiting
                    self._write_all(data[start : start + _PIECE])
            except OSError:
                with self._changed:
                    self.gone = True
                    self._waiting.clear()
                    self.unwritten = 0
                    self._changed.notify_all()

    def _next(self) -> bytes | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            return self._waiting.popleft() if self._waiting else None

    def _write_all(self, piece: bytes) -> None:
        while piece:
            count = os.write(self._fileno, piece)
            piece = piece[count:]
            with self._changed:
                self.written += count
                self.unwritten = max(0, self.unwritten - count)
                if not self.unwritten:
                    self._changed.notify_all()

    def _drained(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.gone or not self.unwritten, seconds)
