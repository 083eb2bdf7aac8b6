"""How long after the last reference the aggregator's request leaves, and how layers set out."""

import statistics
from collections.abc import Iterator

from benchmarks.mixtures import Mixture
from benchmarks.opened import app_on, ask
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, Script


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield both, as the server saw them."""
    agents = 8
    turn = Mixture(agents, Script(2600, 2600, 150, 10), Script(260, 2600, 50, 10))
    gaps, spreads = [], []
    with app_on(server, turn) as terminal:
        ask(terminal)
        for number in range(3 if quick else 9):
            server.reset()
            ask(terminal, f"again {number}")
            *layer, last = server.stats().requests
            gaps.append(last.began - max(request.last_write for request in layer))
            arrivals = [request.began for request in layer]
            spreads.append(max(arrivals) - min(arrivals))
    value = f"{statistics.median(gaps) * 1000:.1f} (worst {max(gaps) * 1000:.1f}) ms"
    yield Figure("last reference → aggregator's request", value, "≤ 5 ms")
    value = f"{statistics.median(spreads) * 1000:.1f} (worst {max(spreads) * 1000:.1f}) ms"
    yield Figure(f"requests of a layer of {agents} apart", value, "≤ 5 ms")
