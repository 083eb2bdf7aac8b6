"""A terminal with a program in it: types, waits for what is painted, counts bytes and CPU."""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

_STATUS_REQUEST, _STATUS_REPORT = b"\x1b[5n", b"\x1b[0n"
_ALTERNATE_SCREEN = b"\x1b[?1049h"


class NotPaintedError(Exception):
    """What was waited for did not come; the message says what and how the output ended."""


class PtyTerminal:
    """Runs `command` in a pseudo-terminal of `size` (columns, rows) and answers as a terminal does.

    Times are those of time.monotonic().
    """

    def __init__(
        self,
        command: Sequence[str],
        size: tuple[int, int] = (200, 50),
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.received = 0
        self._awaited = b""
        self._seam = b""
        self._seen = threading.Event()
        self.seen_at = 0.0
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execvpe(command[0], list(command), {**os.environ, **terminal, **(environment or {})})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self._reader = threading.Thread(target=self._read, daemon=True)
        # The title of the window comes first and may hold what is waited for.
        self.expect(_ALTERNATE_SCREEN)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def expect(self, mark: str | bytes) -> None:
        """Look out for `mark` in what is painted from now on."""
        self._seen.clear()
        self._seam = b""
        self._awaited = mark.encode() if isinstance(mark, str) else mark

    def painted(self, timeout: float = 60) -> float:
        """Return when what was expected came; raises NotPaintedError."""
        if not self._seen.wait(timeout):
            raise NotPaintedError(
                f"{self._awaited!r} did not come in {timeout} s; last: {self._seam!r}"
            )
        return self.seen_at

    def type(self, text: str, mark: str | bytes = "", timeout: float = 60) -> float:
        """Type `text`; return how many seconds later `mark` is there, or 0.0 without one."""
        if mark:
            self.expect(mark)
        began = time.monotonic()
        os.write(self._fd, text.encode())
        return self.painted(timeout) - began if mark else 0.0

    def cpu_seconds(self) -> float:
        """Return the CPU that the threads of the program have used."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def resident_bytes(self) -> int:
        """Return the memory that the program has in use."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def close(self, seconds: float = 5) -> None:
        """Have the program quit, or end it."""
        with suppress(OSError):
            os.write(self._fd, b"\x11")
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                break
            time.sleep(0.02)
        else:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._fd)

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            while True:
                if not select.select([self._fd], [], [], 1)[0]:
                    continue
                data = os.read(self._fd, 65536)
                self.received += len(data)
                if _STATUS_REQUEST in data:
                    os.write(self._fd, _STATUS_REPORT * data.count(_STATUS_REQUEST))
                if not self._seen.is_set():
                    self._look_for(data)

    def _look_for(self, data: bytes) -> None:
        text = self._seam + data
        if self._awaited in text:
            self.seen_at = time.monotonic()
            self._seen.set()
        self._seam = text[-200:]


MOA_TUI = (sys.executable, "-m", "moa_tui")
