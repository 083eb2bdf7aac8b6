"""What a token costs when the pane already holds many, and what it leaves in memory."""

import statistics
import time
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.mixtures import Mixture
from benchmarks.opened import COMPLETE, app_on, ask
from benchmarks.pty_terminal import PtyTerminal
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, Script

_PACE = 5_000
_TURNS = 3
"""One turn alone may happen to fill what another has left, or meet a machine in another mood."""


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield CPU late in a long text ÷ early in it, memory, and CPU late in a conversation."""
    tokens = 20_000 if quick else 50_000
    turn = Mixture(1, Script(tokens, _PACE, 0, 10), Script(10, 0, 0, 10))
    with app_on(server, turn) as terminal:
        ask(terminal)
        before = terminal.resident_bytes()
        turns = [_tenths(terminal, tokens) for _ in range(1 if quick else _TURNS)]
        grown = (terminal.resident_bytes() - before) / (len(turns) * tokens) * 10_000
    early = statistics.median(cpu for tenths in turns for cpu in tenths[1:4])
    late = statistics.median(cpu for tenths in turns for cpu in tenths[6:9])
    value = f"{late / early:.2f}"
    yield Figure(f"CPU at the end of {tokens:,} tokens ÷ at their beginning", value, "≤ 1.1")
    value = f"{grown / 1e6:.2f} MB"
    yield Figure(f"memory for 10,000 tokens more, turns of {tokens:,}", value, "≤ 1 MB")
    yield _conversation(server, 20 if quick else 200)


def _tenths(terminal: PtyTerminal, tokens: int) -> list[float]:
    """Ask once more; return the CPU of each tenth of the time that the answer takes."""
    terminal.type("again\r")
    terminal.expect(COMPLETE)
    tenth = tokens / _PACE / 10
    used = [terminal.cpu_seconds()]
    began = time.monotonic()
    for number in range(1, 10):
        time.sleep(max(0.0, began + number * tenth - time.monotonic()))
        used.append(terminal.cpu_seconds())
    terminal.painted()
    return [after - before for before, after in pairwise(used)]


def _conversation(server: ReplayServer, turns: int) -> Figure:
    turn = Mixture(3, Script(100, 0, 0, 10), Script(100, 0, 0, 10))
    with app_on(server, turn) as terminal:
        cpu = [ask(terminal, f"question {number}").cpu for number in range(turns)]
    tenth = max(1, turns // 10)
    ratio = sum(cpu[-tenth:]) / sum(cpu[1 : tenth + 1])
    return Figure(f"CPU of turn {turns} ÷ that of the first ones", f"{ratio:.2f}", "flat")
