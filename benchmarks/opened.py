"""The app in a terminal, on a mixture of the replay server, ready for a question."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mixtures import Mixture
from benchmarks.pty_terminal import MOA_TUI, PtyTerminal
from benchmarks.wire.server import ReplayServer

READY = "○ ready"
COMPLETE = "✓ complete"
_SETTLED = 2.5
"""Seconds for what is imported and warmed behind the first frames."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn took: seconds, CPU seconds, bytes to the terminal."""

    wall: float
    cpu: float
    painted: int


@contextmanager
def app_on(
    server: ReplayServer,
    mixture: Mixture,
    size: tuple[int, int] = (200, 50),
    program: Sequence[str] = MOA_TUI,
    options: Sequence[str] = (),
    *,
    over_ssh: bool = False,
) -> Iterator[PtyTerminal]:
    """Open the app; it has a home of its own, and has had time to warm up.

    `over_ssh` is what it believes; the link itself is as fast as without.
    """
    with tempfile.TemporaryDirectory() as folder:
        roster = mixture.write_roster(server, Path(folder))
        command = [*program, "-c", str(roster), *options]
        environment = mixture.environment(server, Path(folder))
        if over_ssh:
            environment["SSH_CONNECTION"] = "127.0.0.1 50000 127.0.0.1 22"
        with app_in(command, size, environment) as terminal:
            yield terminal


@contextmanager
def app_in(
    command: Sequence[str], size: tuple[int, int], environment: Mapping[str, str]
) -> Iterator[PtyTerminal]:
    """Open an app, and give it time to warm up."""
    with PtyTerminal(command, size, environment) as terminal:
        terminal.painted()
        terminal.expect(READY)
        terminal.painted()
        time.sleep(_SETTLED)
        yield terminal


def ask(terminal: PtyTerminal, question: str = "why?", timeout: float = 120) -> Turn:
    """Type a question; return what it took until the answer was complete on the screen."""
    cpu, painted = terminal.cpu_seconds(), terminal.received
    wall = terminal.type(f"{question}\r", COMPLETE, timeout)
    return Turn(wall, terminal.cpu_seconds() - cpu, terminal.received - painted)
