"""What a turn will take of the rate limits, before anything is sent. Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moa_tui.engine import prompts
from moa_tui.engine.budget import RateBudgets
from moa_tui.engine.cost import cost_of, dollars
from moa_tui.engine.metrics import prompt_tokens
from moa_tui.engine.prices import Prices
from moa_tui.engine.prompts import Exchange, Reference
from moa_tui.engine.provider import Usage
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.roster.model import Agent, Lineup, Provider


@dataclass(frozen=True, slots=True)
class ModelForecast:
    """What a turn takes of one model: requests, and tokens reserved at most.

    `wait` is about how many seconds the turn has to queue for it, 0 where it fits; `assumed` says
    that the limits are a preset's, which no response has confirmed.
    """

    provider: str
    model: str
    requests: int
    tokens: int
    wait: float
    assumed: bool = False
    cost: float | None = None
    """US dollars at most; None where a price is not known."""

    @property
    def fits(self) -> bool:
        """Whether all of it can be sent at once."""
        return self.wait <= 0

    @property
    def waiting(self) -> str:
        """Say whether it fits, in the words that every place has for it."""
        if self.fits:
            return "fits"
        return f"{'may queue' if self.assumed else 'queues'} for ~{math.ceil(self.wait)} s"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a turn takes when no agent fails."""

    models: tuple[ModelForecast, ...]

    @property
    def requests(self) -> int:
        """Requests in all."""
        return sum(model.requests for model in self.models)

    @property
    def tokens(self) -> int:
        """Tokens that are reserved at most: prompts with references as long as they may be."""
        return sum(model.tokens for model in self.models)

    @property
    def cost(self) -> float | None:
        """US dollars that the turn costs at most; None where a price is not known."""
        costs = [model.cost for model in self.models]
        return None if None in costs else sum(cost for cost in costs if cost is not None)

    @property
    def wait(self) -> float:
        """About how many seconds the turn has to queue."""
        return max((model.wait for model in self.models), default=0.0)

    @property
    def fits(self) -> bool:
        """Whether all of it can be sent at once."""
        return self.wait <= 0

    @property
    def words(self) -> str:
        """Say it in a line, as above a prompt: `4 requests · up to 23k tokens · fits`."""
        # Of those that wait as long, one whose limits are known.
        slow = [model for model in self.models if model.wait == self.wait]
        slowest = min(slow, key=lambda model: model.assumed, default=None)
        fits = slowest.waiting if slowest else "fits"
        noun = "request" if self.requests == 1 else "requests"
        cost = f" · up to {dollars(self.cost)}" if self.cost is not None else ""
        return f"{self.requests} {noun} · up to {_rounded(self.tokens)} tokens{cost} · {fits}"


def forecast(
    lineup: Lineup,
    providers: Mapping[str, Provider],
    question: str,
    conversation: Sequence[Exchange] = (),
    budgets: RateBudgets | None = None,
    prices: Prices | None = None,
) -> Forecast:
    """Return what `question` will take; `budgets` hold what is left and what was learnt."""
    budgets = budgets or RateBudgets()
    needs: dict[tuple[str, str], list[Usage]] = {}
    for agent, usage in _requests(lineup, providers, question, conversation):
        needs.setdefault((agent.provider, agent.model), []).append(usage)
    models = []
    for (provider, model), usages in needs.items():
        tokens = sum(usage.prompt + usage.output for usage in usages)
        budget = budgets.of(providers[provider], model)
        wait = max(0.0, budget.wait_for(len(usages), tokens))
        assumed = budget.snapshot().assumed
        price = prices.of(provider, model) if prices else None
        cost = sum(cost_of(price, usage) for usage in usages) if price else None
        models.append(ModelForecast(provider, model, len(usages), tokens, wait, assumed, cost))
    return Forecast(tuple(models))


def aggregator_prompt(plan: TurnPlan) -> int:
    """Return about how many tokens the aggregator's prompt has at most."""
    requests = _requests(plan.lineup, plan.providers, plan.asked, plan.conversation)
    return requests[-1][1].prompt


def _requests(
    lineup: Lineup,
    providers: Mapping[str, Provider],
    question: str,
    conversation: Sequence[Exchange],
) -> list[tuple[Agent, Usage]]:
    """Each request of a turn with the tokens that it takes at most."""

    def tokens(agent: Agent, before: Sequence[Agent]) -> tuple[Agent, Usage]:
        return agent, _tokens(agent, lineup, providers, question, conversation, before)

    beside = [tokens(lineup.baseline, ())] if lineup.baseline else []
    return beside + [tokens(agent, before) for agent, before in _asked(lineup)]


def _asked(lineup: Lineup) -> list[tuple[Agent, Sequence[Agent]]]:
    """Everybody who is asked, each with those whose answers are in the prompt.

    Of a question that is parted, nobody knows into how many parts: one for each agent is taken.
    """
    first = [agent for agent in lineup.layers[0] for _ in range(agent.samples)]
    everybody: list[tuple[Agent, Sequence[Agent]]] = [(agent, ()) for agent in first]
    last: tuple[Agent, Sequence[Agent]] = (lineup.aggregator, first)
    match lineup.strategy:
        case "single":
            return [(lineup.layers[0][0], ())]
        case "vote":
            return [*everybody, last]
        case "council":
            reviews = [(agent, first) for agent in lineup.layers[0]]
            return [*everybody, *reviews, last]
        case "route":
            experts = {agent.name: agent for layer in lineup.layers for agent in layer}
            parts = [(agent, ()) for agent in experts.values()]
            return [(lineup.planner, ()), *parts, (lineup.aggregator, [*experts.values()])]
    found: list[tuple[Agent, Sequence[Agent]]] = []
    before: Sequence[Agent] = ()
    for layer in lineup.layers:
        asked = [agent for agent in layer for _ in range(agent.samples)]
        found += [(agent, before) for agent in asked]
        before = asked
    return [*found, (lineup.aggregator, before)]


def _tokens(
    agent: Agent,
    lineup: Lineup,
    providers: Mapping[str, Provider],
    question: str,
    conversation: Sequence[Exchange],
    before: Sequence[Agent],
) -> Usage:
    """Return what one request reserves: its prompt and its max_tokens."""
    most = providers[agent.provider].reference_tokens or math.inf
    references = [Reference("", "") for _ in before]
    if before:
        messages = prompts.aggregating_messages(
            agent, question, references, conversation, lineup.prompts
        )
    else:
        messages = prompts.question_messages(agent, question, conversation)
    written = sum(min(other.sampling.max_tokens, most) for other in before)
    return Usage(prompt_tokens(messages) + int(written), agent.sampling.max_tokens)


def _rounded(tokens: int) -> str:
    return f"{tokens:,}" if tokens < 10_000 else f"{tokens / 1000:.0f}k"
