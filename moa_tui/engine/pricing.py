"""Tells a turn's listeners what its models cost, as soon as it is known and at its end at last."""

from collections.abc import Callable

from moa_tui.engine.events import Priced
from moa_tui.engine.prices import Prices


class Pricing:
    """The prices of one turn's models, each told once."""

    def __init__(self, prices: Prices | None, emit: Callable[[Priced], None]) -> None:
        self._prices = prices
        self._emit = emit
        self._untold: dict[tuple[str, str], None] = {}
        self._told: set[tuple[str, str]] = set()

    def tell(self, at: float, provider: str, model: str) -> None:
        """Tell what a model costs that is about to be asked, unless that was told before."""
        key = provider, model
        price = self._prices.of(provider, model) if self._prices and key not in self._told else None
        if price:
            self._told.add(key)
            self._untold.pop(key, None)
            self._emit(Priced(at, provider, model, price))
        elif key not in self._told:
            self._untold[key] = None

    async def tell_rest(self, at: float) -> None:
        """Look up what was not known while the turn ran: now nothing waits for it any more."""
        prices = self._prices
        if prices and any(prices.needed(*key) for key in self._untold):
            await prices.load()
            for key in list(self._untold):
                self.tell(at, *key)
