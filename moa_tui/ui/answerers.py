"""Who answers the next turn, and the connections to them."""

import asyncio
import time
from collections import Counter

from moa_tui.engine.buckets import BudgetSnapshot
from moa_tui.engine.connections import Connections
from moa_tui.engine.spending import Spending
from moa_tui.engine.warnings import unlisted_models
from moa_tui.ui.start import Start

_WARM_SECONDS = 45.0
"""Connections that have not been used for longer may have been closed by the other side."""


class Answerers:
    """The `lineup` of a `roster`; neither changes while a turn runs."""

    def __init__(self, start: Start) -> None:
        self.roster = start.roster
        self.lineup = start.lineup
        self.connections = Connections(start.roster.providers, start.server)
        self.spending = Spending(self.connections.prices, start.max_cost)
        self._closing: set[asyncio.Task[None]] = set()
        self._warmed_at = -_WARM_SECONDS
        self._told: set[str] = set()

    def adopt(self, start: Start, variable: str | None = None) -> None:
        """Have the next turn answered by another roster, and with a new key of `variable`."""
        self.roster, self.lineup = start.roster, start.lineup
        self.spending.limit(start.max_cost)
        self._warmed_at = -_WARM_SECONDS
        for connection in self.connections.adopt(start.roster.providers, variable):
            closing = asyncio.create_task(connection.aclose())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)

    async def warm_up(self) -> None:
        """Fetch what the next question would otherwise wait for, unless it is there."""
        now = time.monotonic()
        if now - self._warmed_at < _WARM_SECONDS:
            return
        self._warmed_at = now
        streams = Counter([self.lineup.aggregator.provider])
        for layer in self.lineup.layers:
            streams |= Counter(agent.provider for agent in layer for _ in range(agent.samples))
        await self.connections.warm_up(streams)
        if self.connections.prices.missing(self.lineup.agents):
            await self.connections.prices.load()

    def unlisted(self) -> list[str]:
        """Return what is new to say about models that their providers do not list."""
        told = unlisted_models(self.lineup.agents, self.connections.listed)
        new = [words for words in told if words not in self._told]
        self._told.update(new)
        return new

    def limits(self) -> list[BudgetSnapshot]:
        """Return what is known to be left of the limits of who answers, the tightest first."""
        models = {(agent.provider, agent.model) for agent in self.lineup.agents}
        shots = self.connections.budgets.snapshots(models)
        return [shot for shot in shots if shot.next_words or not shot.assumed]

    async def close_connections(self) -> None:
        """Close them, those of an earlier roster too."""
        await asyncio.gather(*self._closing, return_exceptions=True)
        await self.connections.aclose()
