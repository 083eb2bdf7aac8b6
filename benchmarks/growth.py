"""What a token costs when the pane already holds many, and what it leaves in memory."""

from collections.abc import Iterator

from benchmarks.mixtures import Mixture
from benchmarks.opened import app_on, ask
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, Script

_PACE = 20_000


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield CPU with a long text ÷ with a short one, memory, and CPU late in a conversation."""
    long, short = (10_000, 1_000) if quick else (50_000, 1_000)
    few = Script(10, 0, 0, 10)
    costs: dict[int, float] = {}
    grown = 0.0
    for tokens in (short, long):
        turn = Mixture(1, Script(tokens, _PACE, 0, 10), few)
        with app_on(server, turn) as terminal:
            ask(terminal)
            turns = max(1, short * 10 // tokens) if tokens == short else 1
            before = terminal.resident_bytes()
            cpu = sum(ask(terminal, f"again {n}").cpu for n in range(turns))
            costs[tokens] = cpu / (turns * tokens) * 10_000
            grown = (terminal.resident_bytes() - before) / tokens * 10_000
    ratio = f"{costs[long] / costs[short]:.2f} ({costs[short]:.2f} s → {costs[long]:.2f} s)"
    yield Figure(f"CPU for 10,000 tokens, {long:,} in the pane ÷ {short:,}", ratio, "≤ 1.1")
    yield Figure("memory for 10,000 tokens more", f"{grown / 1e6:.2f} MB", "≤ 1 MB")
    yield _conversation(server, 20 if quick else 200)


def _conversation(server: ReplayServer, turns: int) -> Figure:
    turn = Mixture(3, Script(100, 0, 0, 10), Script(100, 0, 0, 10))
    with app_on(server, turn) as terminal:
        cpu = [ask(terminal, f"question {number}").cpu for number in range(turns)]
    tenth = max(1, turns // 10)
    ratio = sum(cpu[-tenth:]) / sum(cpu[1 : tenth + 1])
    return Figure(f"CPU of turn {turns} ÷ that of the first ones", f"{ratio:.2f}", "flat")
