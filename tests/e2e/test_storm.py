"""A terminal that changes its size two hundred times a second does not end the program."""

import asyncio
import fcntl
import os
import pty
import random
import signal
import struct
import sys
import termios
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.conftest import ROSTER
from tests.double import Answer, CerebrasDouble

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

_RESIZES = 400
_APART = 0.005
_LIMIT = 60


class Stormy:
    """The program in a pseudo-terminal that a thread of its own reads and resizes."""

    def __init__(self, arguments: list[str], environment: dict[str, str]) -> None:
        self.painted = bytearray()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execve(sys.executable, [sys.executable, "-m", "moa_tui", *arguments], environment)
        self.resize(120, 30)
        threading.Thread(target=self._read, daemon=True).start()

    def resize(self, columns: int, rows: int) -> None:
        """Have the terminal another size, and the program told."""
        size = struct.pack("HHHH", rows, columns, 0, 0)
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, size)

    def storm(self) -> None:
        """Resize two hundred times a second, at random, one cell among the sizes."""
        sizes = random.Random(7)
        for _ in range(_RESIZES):
            self.resize(sizes.choice((1, 2, 3, 80, 120, 200)), sizes.choice((1, 2, 10, 24, 50)))
            time.sleep(_APART)  # the rate is what is tried here
        self.resize(120, 30)

    async def shows(self, text: str, since: int = 0) -> None:
        """Wait until `text` is painted after the first `since` bytes."""
        limit = time.monotonic() + _LIMIT
        while text.encode() not in self.painted[since:]:
            assert time.monotonic() < limit, bytes(self.painted[-500:])
            await asyncio.sleep(0.02)  # between two looks at what a thread reads

    async def exit_code(self) -> int:
        """Wait for the end; return the exit code."""
        _, status = await asyncio.to_thread(os.waitpid, self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def end(self) -> None:
        """End what is left."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)

    def _read(self) -> None:
        with suppress(OSError):
            while data := os.read(self.terminal, 65536):
                self.painted += data
                # A terminal that is asked whether it keeps up answers.
                os.write(self.terminal, b"\x1b[0n" * data.count(b"\x1b[5n"))


async def test_a_storm_of_resizes_while_streaming(settings_folder: Path) -> None:
    async with CerebrasDouble() as double:
        gate = asyncio.Event()
        text = " ".join(f"word{number}" for number in range(400))
        for letter in "ab":
            double.answers[f"model-{letter}"] = Answer(
                text, pace=0.01, tokens_per_event=(1, 2), gate=gate, gate_at=200
            )
        double.answers["model-z"] = Answer("the final words")
        roster = settings_folder / "agents.yaml"
        roster.write_text(ROSTER.format(url=double.base_url))
        environment = {**os.environ, "TERM": "xterm-256color", "DOUBLE_API_KEY": double.key}
        program = Stormy(["-c", str(roster), "why?"], environment)
        try:
            await program.shows("word1")
            await asyncio.to_thread(program.storm)
            await double.wait_for_held(2)
            calm = len(program.painted)
            gate.set()
            await program.shows("the final words", calm)
            await asyncio.to_thread(os.write, program.terminal, b"\x11")
            assert await program.exit_code() == 0
        finally:
            program.end()
