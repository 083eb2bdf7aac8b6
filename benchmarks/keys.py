"""Key press → paint while agents stream, and the gaps of the event loop meanwhile."""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.mixtures import Mixture
from benchmarks.opened import COMPLETE, app_on
from benchmarks.pty_terminal import PtyTerminal
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, Script

_LETTERS = [chr(code) for code in range(0x100, 0x250) if chr(code).isprintable()]
"""Characters that no answer has: when one is painted, it is the one that was typed."""

_CLEAR = "\x15"
_PROBED = (sys.executable, "-m", "benchmarks.probed_app")


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield latencies of 8 and 16 agents in both framings, and the loop's gaps with 8."""
    shapes = [(8, 10)] if quick else [(8, 10), (16, 10), (8, 0), (16, 0)]
    for agents, batch in shapes:
        seconds = 5.0 if quick else 16.0
        script = Script(int(seconds * 2600), 2600, 150, batch)
        turn = Mixture(agents, script, Script(2600, 2600, 150, batch))
        with app_on(server, turn) as terminal:
            latencies = _latencies(terminal, seconds, 300)
        framing = "batched" if batch else "an event a write"
        name = f"key press → paint, {agents} agents, {framing}, {len(latencies)} keys"
        yield Figure(name, percentiles(latencies), "≤ 20 / 50 / 100 ms")
    yield _gaps(server, quick=quick)


def percentiles(seconds: list[float]) -> str:
    """Return the median, the 95th and the 99th percentile in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return " / ".join(f"{cuts[at] * 1000:.0f}" for at in (49, 94, 98)) + " ms"


def _latencies(terminal: PtyTerminal, seconds: float, keys: int) -> list[float]:
    """Type one key after another while the agents stream; return what each took."""
    terminal.type("go\r")
    time.sleep(0.5)
    ends = time.monotonic() + seconds - 0.7
    pauses = random.Random(1)  # noqa: S311 - the same pauses in every run
    latencies: list[float] = []
    while len(latencies) < keys and time.monotonic() < ends:
        number = len(latencies) % len(_LETTERS)
        if number and number % 100 == 0:
            terminal.type(_CLEAR)
            time.sleep(0.1)
        latencies.append(terminal.type(_LETTERS[number], _LETTERS[number], 10))
        # Shorter pauses than a person's, so that 300 keys fit into the time of one turn.
        time.sleep(pauses.uniform(0.01, 0.05))
    terminal.type(_CLEAR)
    return latencies


def _gaps(server: ReplayServer, *, quick: bool) -> Figure:
    """Measure the loop through a turn whose answer, of 10,000 tokens, then becomes Markdown."""
    tokens = 2_000 if quick else 10_000
    turn = Mixture(8, Script(5200, 2600, 150, 10), Script(tokens, 2600, 150, 10))
    with tempfile.TemporaryDirectory() as folder:
        gaps = Path(folder) / "gaps"
        program = ("env", f"LOOP_GAPS={gaps}", *_PROBED)
        with app_on(server, turn, program=program) as terminal:
            terminal.type("warm\r", COMPLETE)
            time.sleep(1)
            began = time.monotonic()
            terminal.type("go\r", COMPLETE)
            time.sleep(1.5)
            ended = time.monotonic()
        lines = (map(float, line.split()) for line in gaps.read_text().splitlines())
        seen = [gap for at, gap in lines if began < at < ended]
    at_99 = statistics.quantiles(seen, n=100, method="inclusive")[98]
    value = f"{at_99 * 1000:.0f} / {max(seen) * 1000:.0f} ms"
    name = f"gap of the event loop p99 / worst, Markdown of {tokens:,} tokens included"
    return Figure(name, value, "≤ 30 / ≤ 100 ms")
