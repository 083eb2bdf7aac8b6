"""What models cost: as the roster says, else as genai-prices knows it, from its own data alone.

The package takes half a second to import, so it is only imported by `load`, in a thread, when
nobody waits; until then its prices are unknown. Nothing is asked of the network.
"""

import asyncio
from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

from moa_tui.roster.model import Agent, Price, Provider

_FREE = Price(0.0, 0.0)


class Prices:
    """The prices of a program run, per provider and model."""

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self._providers = providers
        self._list: Any = None
        self._found: dict[tuple[str, str], Price | None] = {}

    def adopt(self, providers: Mapping[str, Provider]) -> None:
        """Go on with what other providers say of themselves.

        Earlier ones stay known: an answer of theirs can be put together anew.
        """
        self._providers = {**self._providers, **providers}
        self._found.clear()

    async def load(self) -> None:
        """Have the list of prices at hand."""
        if self._list is None:
            self._list = await asyncio.to_thread(import_module, "genai_prices")

    def load_now(self) -> None:
        """Do the same for somebody who waits, such as a dry run."""
        if self._list is None:
            self._list = import_module("genai_prices")

    def missing(self, agents: Iterable[Agent]) -> bool:
        """Whether prices of `agents` can only come from a list that is not at hand yet."""
        return any(self.needed(agent.provider, agent.model) for agent in agents)

    def needed(self, provider: str, model: str) -> bool:
        """The same of one model."""
        known = self._providers[provider]
        return self._list is None and not known.is_local and model not in known.prices

    def of(self, provider: str, model: str) -> Price | None:
        """Return the price of a model; None where it is unknown."""
        known = self._providers[provider]
        if model in known.prices:
            return known.prices[model]
        if known.embedded:
            return _FREE
        if known.is_local or self._list is None:
            return None
        key = provider, model
        if key not in self._found:
            self._found[key] = self._listed(known.base_url, model)
        return self._found[key]

    def _listed(self, base_url: str, model: str) -> Price | None:
        prices = self._list
        try:
            usage = prices.Usage(input_tokens=1, output_tokens=1)
            listed = prices.calc_price(usage, model, provider_api_url=base_url).model_price
        except (LookupError, ValueError):
            return None
        parts = (_base(listed, "input_mtok"), _base(listed, "output_mtok"))
        if parts[0] is None or parts[1] is None:
            return None
        return Price(parts[0], parts[1], _base(listed, "cache_read_mtok"))


def _base(listed: object, name: str) -> float | None:
    """Return one price; of those that rise with the length of the prompt, the first."""
    value = getattr(listed, name, None)
    value = getattr(value, "base", value)
    return None if value is None else float(value)
