"""Ceilings: a request that may take a turn or the program's run past one of them is not sent.

Before it is sent, a request is counted as what it can cost at most: its prompt and its whole
max_tokens. What live streams can still cost is held, so they cannot pass a ceiling together; one
that goes on past its max_tokens is ended where a ceiling would be passed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from moa_tui.engine.cost import cost_of, dollars
from moa_tui.engine.counting import SURE_PER_TOKEN, estimate
from moa_tui.engine.events import Role, StreamPlanned
from moa_tui.engine.metrics import prompt_tokens
from moa_tui.engine.prices import Prices
from moa_tui.engine.provider import Failure, FailureKind, ProviderError, Usage
from moa_tui.roster.model import Agent, Lineup, Price, Provider

_FREE = Price(0.0, 0.0)
_LITTLE = 1e-12
"""Sums of dollars are floats."""


@dataclass(slots=True)
class Ceiling:
    """A limit by the name of its key, in dollars or tokens, and what counts against it.

    `aside` is kept for the aggregator: proposers may not use it up.
    """

    name: str
    limit: float
    tokens: bool = False
    spent: float = 0.0
    held: float = 0.0
    aside: float = 0.0

    def left(self, *, for_aggregator: bool) -> float:
        """Return what a request may still cost at most."""
        aside = 0.0 if for_aggregator else self.aside
        return max(0.0, self.limit - self.spent - self.held - aside)

    def shown(self, amount: float) -> str:
        """Return an amount with its unit."""
        return f"{amount:,.0f} tokens" if self.tokens else dollars(amount)


class Spending:
    """What a program run has spent, and what it may."""

    def __init__(self, prices: Prices, max_run_cost: float | None = None) -> None:
        self.prices = prices
        self._run = Ceiling("max_run_cost", max_run_cost) if max_run_cost is not None else None

    def limit(self, max_run_cost: float | None) -> None:
        """Set what the run may cost from now on; what it has cost so far still counts."""
        if max_run_cost is None:
            self._run = None
        elif self._run is None:
            self._run = Ceiling("max_run_cost", max_run_cost)
        else:
            self._run.limit = max_run_cost

    def turn(self, lineup: Lineup, providers: Mapping[str, Provider]) -> "TurnSpending":
        """Return the ceilings that a turn of `lineup` has to keep."""
        ceilings = [self._run] if self._run else []
        if lineup.max_cost is not None:
            ceilings.append(Ceiling("max_cost", lineup.max_cost))
        if lineup.max_turn_tokens is not None:
            ceilings.append(Ceiling("max_turn_tokens", lineup.max_turn_tokens, tokens=True))
        return TurnSpending(tuple(ceilings), self.prices, providers)


@dataclass(slots=True)
class TurnSpending:
    """The ceilings of one turn, the run's among them."""

    ceilings: tuple[Ceiling, ...] = ()
    prices: Prices | None = None
    providers: Mapping[str, Provider] = field(default_factory=dict)

    @property
    def needs_prices(self) -> bool:
        """Whether prices have to be known before anything is sent."""
        return any(not ceiling.tokens for ceiling in self.ceilings)

    def set_aside(self, agent: Agent, prompt: int) -> None:
        """Keep what the aggregator's request can cost: it is first in line."""
        price = self._price(agent)
        for ceiling in self.ceilings:
            ceiling.aside = _amount(ceiling, price, Usage(prompt, agent.sampling.max_tokens))

    def release(self) -> None:
        """End the turn: nothing is kept for it any more."""
        for ceiling in self.ceilings:
            ceiling.aside = 0.0

    def hold(self, planned: StreamPlanned, agent: Agent) -> "HeldMoney":
        """Count a request as what it can cost at most; raises ProviderError where that is too much.

        Without a price nothing can be promised: only servers on this machine count as free.
        """
        worst = Usage(prompt_tokens(planned.messages), agent.sampling.max_tokens)
        price = self._price(agent)
        aggregates = planned.role is Role.AGGREGATOR
        amounts = [_amount(ceiling, price, worst) for ceiling in self.ceilings]
        for ceiling, amount in zip(self.ceilings, amounts, strict=True):
            if not ceiling.tokens and price is None:
                raise ProviderError(_unknown_price(ceiling, agent))
            if amount > ceiling.left(for_aggregator=aggregates) + _LITTLE:
                raise ProviderError(_too_dear(ceiling, amount, for_aggregator=aggregates))
        for ceiling, amount in zip(self.ceilings, amounts, strict=True):
            ceiling.held += amount
        return HeldMoney(self.ceilings, amounts, price, worst, for_aggregator=aggregates)

    def _price(self, agent: Agent) -> Price | None:
        price = self.prices.of(agent.provider, agent.model) if self.prices else None
        provider = self.providers.get(agent.provider)
        return price or (_FREE if provider and provider.is_local else None)


@dataclass(frozen=True, slots=True)
class HeldMoney:
    """What one request is counted as while it is under way; `worst` is the most it should take."""

    ceilings: Sequence[Ceiling]
    amounts: Sequence[float]
    price: Price | None
    worst: Usage
    for_aggregator: bool = False

    def check(self, characters: int) -> None:
        """Raise ProviderError when so much was written that a ceiling is passed.

        A server that keeps to max_tokens never comes near: what is held is the whole of it.
        """
        written = int(characters / SURE_PER_TOKEN)
        if written <= self.worst.output:
            return
        taken = Usage(self.worst.prompt, written)
        for ceiling, amount in zip(self.ceilings, self.amounts, strict=True):
            left = ceiling.left(for_aggregator=self.for_aggregator)
            if _amount(ceiling, self.price, taken) > amount + left + _LITTLE:
                raise ProviderError(_ran_over(ceiling, self.worst.output))

    def settle(self, usage: Usage | None, characters: int = 0, *, answered: bool) -> None:
        """Count what it has cost; where that is not told, the most it can have, or nothing.

        `answered` says whether the provider had begun to answer: refusals cost nothing.
        """
        least = estimate(self.worst.prompt, characters)
        for ceiling, amount in zip(self.ceilings, self.amounts, strict=True):
            ceiling.held -= amount
            if usage:
                ceiling.spent += _amount(ceiling, self.price, usage)
            elif answered:
                ceiling.spent += max(amount, _amount(ceiling, self.price, least))

    def settle_prompt(self) -> None:
        """Count a request that may have been worked on and brought nothing: its prompt."""
        for ceiling, amount in zip(self.ceilings, self.amounts, strict=True):
            ceiling.held -= amount
            ceiling.spent += _amount(ceiling, self.price, Usage(self.worst.prompt, 0))


def _amount(ceiling: Ceiling, price: Price | None, usage: Usage) -> float:
    if ceiling.tokens:
        return float(usage.prompt + usage.output)
    return cost_of(price, usage) if price else 0.0


def _too_dear(ceiling: Ceiling, amount: float, *, for_aggregator: bool) -> Failure:
    left = ceiling.shown(ceiling.left(for_aggregator=for_aggregator))
    kept = "" if for_aggregator or not ceiling.aside else " beside the aggregator's share"
    return Failure(
        FailureKind.CEILING,
        f"not sent: it may take {ceiling.shown(amount)}, and of {ceiling.name}"
        f" {ceiling.shown(ceiling.limit)} only {left} left{kept}",
        f"raise {ceiling.name}, or lower max_tokens",
    )


def _ran_over(ceiling: Ceiling, max_tokens: int) -> Failure:
    return Failure(
        FailureKind.CEILING,
        f"ended: it goes on past max_tokens ({max_tokens:,}), and {ceiling.name}"
        f" {ceiling.shown(ceiling.limit)} would be passed",
        "this server does not keep to max_tokens: use another one, or raise the ceiling",
    )


def _unknown_price(ceiling: Ceiling, agent: Agent) -> Failure:
    return Failure(
        FailureKind.CEILING,
        f"not sent: no price is known for {agent.model} at {agent.provider}, so {ceiling.name}"
        " could not be kept",
        f"write it under providers.{agent.provider}.prices",
    )
