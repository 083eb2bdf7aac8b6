"""How far apart the requests of one layer arrive: python -m benchmarks.layer_start

Agents and an aggregator ask the provider double over real sockets; its arrival stamps are read.
Needs the `dev` extra, and runs from a checkout.
"""

import asyncio
import os
from pathlib import Path

from moa_tui.engine.connections import Connections
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan, run_turn
from moa_tui.roster.build import build_roster
from tests.double import Answer, CerebrasDouble

ROUNDS = 5


async def main() -> None:
    """Print the largest spread, and the gap before the aggregator, for 3, 8 and 16 agents."""
    print("agents  spread of a layer's requests  last answer to aggregator's request")
    async with CerebrasDouble(default=Answer("an answer of some words " * 20)) as double:
        os.environ["DOUBLE_API_KEY"] = double.key
        for count in (3, 8, 16):
            spread, gap = await measure(double, count)
            print(f"{count:6}  {spread * 1000:25.1f} ms  {gap * 1000:32.1f} ms")


async def measure(double: CerebrasDouble, count: int) -> tuple[float, float]:
    """Run some turns; return the largest spread and gap in seconds, the first turn left out."""
    agents = "".join(f"  - {{name: agent{i}, model: m{i}}}\n" for i in range(count))
    double.models[:] = [f"m{i}" for i in range(count)] + ["z"]
    roster = build_roster(
        f"version: 1\nproviders:\n  double: {{base_url: '{double.base_url}',"
        f" api_key_env: DOUBLE_API_KEY, like: cerebras}}\ndefaults: {{provider: double}}\n"
        f"agents:\n{agents}aggregator: {{name: z, model: z}}\n".encode(),
        Path("benchmark.yaml"),
        "benchmark",
    )
    connections = Connections(roster.providers)
    spreads, gaps = [], []
    for _ in range(ROUNDS + 1):
        double.requests.clear()
        plan = TurnPlan("turn", "question", roster.lineup(), roster.providers)
        await run_turn(plan, STRATEGIES["mixture"], connections.connect, lambda _event: None)
        *layer, last = double.chats
        spreads.append(max(r.arrived for r in layer) - min(r.arrived for r in layer))
        gaps.append(last.arrived - max(max(r.sent) for r in layer))
    await connections.aclose()
    return max(spreads[1:]), max(gaps[1:])


if __name__ == "__main__":
    asyncio.run(main())
