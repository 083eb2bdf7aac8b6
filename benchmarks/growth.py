"""What a token costs when the pane already holds many, and what it leaves in memory."""

import time
from collections.abc import Iterator

from benchmarks.mixtures import Mixture
from benchmarks.opened import COMPLETE, app_on, ask
from benchmarks.pty_terminal import PtyTerminal
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, Script

_PACE = 10_000
_WINDOW = 1.0


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield CPU late in a long text ÷ early in it, memory, and CPU late in a conversation."""
    tokens = 20_000 if quick else 50_000
    turn = Mixture(1, Script(tokens, _PACE, 0, 10), Script(10, 0, 0, 10))
    with app_on(server, turn) as terminal:
        ask(terminal)
        before = terminal.resident_bytes()
        terminal.expect(COMPLETE)
        terminal.type("again\r")
        time.sleep(0.5)
        early = _cpu(terminal)
        time.sleep(tokens / _PACE - 2 * _WINDOW - 0.8)
        late = _cpu(terminal)
        terminal.painted()
        grown = (terminal.resident_bytes() - before) / tokens * 10_000
    value = f"{late / early:.2f} ({early:.2f} s → {late:.2f} s for 10,000 tokens)"
    yield Figure(f"CPU at the end of {tokens:,} tokens ÷ at their beginning", value, "≤ 1.1")
    yield Figure("memory for 10,000 tokens more", f"{grown / 1e6:.2f} MB", "≤ 1 MB")
    yield _conversation(server, 20 if quick else 200)


def _cpu(terminal: PtyTerminal) -> float:
    """Return the CPU seconds of a window of 10,000 tokens."""
    began = terminal.cpu_seconds()
    time.sleep(_WINDOW)
    return terminal.cpu_seconds() - began


def _conversation(server: ReplayServer, turns: int) -> Figure:
    turn = Mixture(3, Script(100, 0, 0, 10), Script(100, 0, 0, 10))
    with app_on(server, turn) as terminal:
        cpu = [ask(terminal, f"question {number}").cpu for number in range(turns)]
    tenth = max(1, turns // 10)
    ratio = sum(cpu[-tenth:]) / sum(cpu[1 : tenth + 1])
    return Figure(f"CPU of turn {turns} ÷ that of the first ones", f"{ratio:.2f}", "flat")
