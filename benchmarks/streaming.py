"""A turn in the app ÷ the same streams drained from a raw socket: wall, CPU, bytes painted."""

import asyncio
import statistics
from collections.abc import Iterator

from benchmarks.mixtures import Mixture
from benchmarks.opened import app_on, ask
from benchmarks.table import Figure
from benchmarks.wire.drain import Drained, drain_turn
from benchmarks.wire.server import ReplayServer, Script

RATE = 2600
_FRAMING = {10: "batched", 0: "an event a write"}


def mixture(agents: int, seconds: float, batch: int, *, tls: bool = False) -> Mixture:
    """Return `agents` proposers and an aggregator that share `seconds` as 4 to 3."""
    first, last = int(seconds * RATE * 4 / 7), int(seconds * RATE * 3 / 7)
    return Mixture(agents, Script(first, RATE, 150, batch), Script(last, RATE, 150, batch), tls)


def drained(server: ReplayServer, turn: Mixture) -> Drained:
    """Drain the streams of `turn`."""
    models = [turn.proposer.model] * turn.agents
    coroutine = drain_turn(turn.url(server), models, turn.aggregator.model, server.certificate)
    return asyncio.run(coroutine)


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield wall ratios of all shapes, then CPU and bytes of the usual one."""
    seconds = 1.5 if quick else 7.0
    shapes = [(8, 10, False)] if quick else _shapes(server)
    for agents, batch, tls in shapes:
        turn = mixture(agents, seconds, batch, tls=tls)
        yield from _shape(server, turn, f"{_FRAMING[batch]}{', TLS' if tls else ''}")
    turn = mixture(8 if not quick else 4, seconds, 10)
    for size, options, over_ssh, goal in (
        ((80, 24), (), False, "≤ 57"),
        ((200, 50), (), True, "≤ 120"),
        ((200, 50), ("--low-bandwidth",), False, "≤ 30"),
    ):
        with app_on(server, turn, size, options=options, over_ssh=over_ssh) as terminal:
            ask(terminal)
            one = ask(terminal)
        where = " ".join((f"{size[0]}x{size[1]}", *options, *(["over SSH"] if over_ssh else [])))
        kilobytes = f"{one.painted / one.wall / 1000:.0f} kB/s"
        yield Figure(f"bytes to the terminal, {turn.agents} agents, {where}", kilobytes, goal)


def _shape(server: ReplayServer, turn: Mixture, framing: str) -> Iterator[Figure]:
    before = drained(server, turn)
    with app_on(server, turn) as terminal:
        ask(terminal)
        turns = [ask(terminal, f"again {number}") for number in range(2)]
    raw = [before, drained(server, turn)]
    wire, app = statistics.mean(r.wall for r in raw), statistics.mean(t.wall for t in turns)
    name = f"{turn.agents} agents, {framing}"
    ratio = f"{app / wire:.3f} (+{app - wire:.2f} s of {wire:.2f} s)"
    yield Figure(f"wall of a turn ÷ raw drain, {name}", ratio, "≤ 1.02, + ≤ 0.15 s")
    tokens = turn.tokens / 10_000
    cpu = statistics.mean(t.cpu for t in turns)
    least = statistics.mean(r.cpu for r in raw)
    value = f"{cpu / tokens:.2f} s ({cpu / least:.1f} × raw drain)"
    yield Figure(f"CPU for 10,000 tokens, {name}", value, "≤ 0.24 s, ≤ 5 ×")
    painted = statistics.mean(t.painted / t.wall for t in turns) / 1000
    yield Figure(f"bytes to the terminal, 200x50, {name}", f"{painted:.0f} kB/s", "≤ 240")


def _shapes(server: ReplayServer) -> list[tuple[int, int, bool]]:
    plain = [(agents, batch, False) for batch in (10, 0) for agents in (4, 8, 16)]
    return plain + ([(8, 10, True), (8, 0, True)] if server.certificate else [])


def unpaced(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield tokens a second through the whole app, from Enter to the painted end."""
    script = Script(10_000 if quick else 50_000, 0, 0, 10)
    turn = Mixture(8, script, Script(100, 0, 0, 10))
    with app_on(server, turn) as terminal:
        ask(terminal)
        best = max(turn.tokens / ask(terminal, f"again {n}").wall for n in range(3))
    yield Figure("unpaced tokens/s through the app, 8 panes", f"{best:,.0f}", "≥ 200,000")
