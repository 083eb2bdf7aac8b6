"""What is better known before a question is sent. Pure; each warning is a sentence."""

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import combinations

from moa_tui.engine.forecast import forecast
from moa_tui.engine.nearest import nearest
from moa_tui.roster.model import Agent, Lineup, Provider

_SIZE = re.compile(r"(?<![\w.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![a-z0-9])", re.IGNORECASE)
_FIRST_LAYER_ONLY = frozenset({"vote", "council"})


def warnings_for(
    lineup: Lineup, providers: Mapping[str, Provider], question: str | None = None
) -> tuple[str, ...]:
    """Return what is to be said about who answers, before anybody is asked.

    Where the `question` is not known yet, only what holds for any: a forecast that is shown beside
    it says the same, or more.
    """
    if lineup.strategy == "single":
        return ()
    layers = lineup.layers[:1] if lineup.strategy in _FIRST_LAYER_ONLY else lineup.layers
    proposers = {agent.name: agent for layer in layers for agent in layer}
    return (
        *_the_same(proposers.values()),
        *_the_aggregator(lineup, proposers),
        *_the_budget(lineup, providers, question),
    )


def unlisted_models(
    agents: Iterable[Agent], listed: Mapping[str, Collection[str]]
) -> tuple[str, ...]:
    """Return who has a model that its provider does not list, with the nearest that it does.

    `listed` has the models by provider. Of one that is not in it nothing is known, and one that
    lists none or a single one may answer to any name, as llama.cpp does. What follows a colon is a
    variant that need not be listed (`llama3.2` is `llama3.2:latest` to Ollama).
    """
    told: dict[str, None] = {}
    bare = {provider: frozenset(map(_bare, names)) for provider, names in listed.items()}
    for agent in agents:
        names = listed.get(agent.provider, ())
        if len(names) > 1 and _bare(agent.model) not in bare[agent.provider]:
            near = nearest(agent.model, sorted(names), 3)
            which = f"the nearest that it has: {', '.join(near)}" if near else "see moa-tui models"
            told[f"{agent.name}: {agent.provider} does not list {agent.model} ({which})"] = None
    return tuple(told)


def _bare(model: str) -> str:
    return model.partition(":")[0]


def size_of(model: str) -> float | None:
    """Return how many billion parameters a model's name says it has: `8b`, `8x7b`, `120b`.

    Of several numbers the largest counts: `a22b` says how many are active, not how many there are.
    """
    sizes = [int(times or 1) * float(size) for times, size in _SIZE.findall(model)]
    return max(sizes, default=None)


def _the_same(proposers: Iterable[Agent]) -> list[str]:
    cold = [agent for agent in proposers if agent.sampling.temperature == 0]
    told = [
        f"{one.name} and {other.name} are the same model with the same prompt at temperature 0:"
        " they will say the same"
        for one, other in combinations(cold, 2)
        if _who(one) == _who(other)
    ]
    return told + [
        f"{agent.name} is drawn {agent.samples} times at temperature 0: it will say the same"
        for agent in cold
        if agent.samples > 1
    ]


def _the_aggregator(lineup: Lineup, proposers: Mapping[str, Agent]) -> list[str]:
    aggregator, others = lineup.aggregator, list(proposers.values())
    if lineup.strategy == "vote":  # it is asked on a tie only, and settles it
        return []
    if aggregator.name in proposers and len(others) > 1:
        return [f"{aggregator.name} judges its own answer: it proposes and aggregates"]
    same = next((agent for agent in others if _who(agent) == _who(aggregator)), None)
    if same and same.name != aggregator.name and len(others) > 1:
        alike = f"{aggregator.name} is the same model with the same prompt as {same.name}"
        return [f"{alike}: it is likely to prefer that answer"]
    own = size_of(aggregator.model)
    sizes = [(size_of(agent.model) or 0.0, agent) for agent in others]
    largest, strongest = max(sizes, key=lambda pair: pair[0], default=(0.0, aggregator))
    if own is None or largest <= own:
        return []
    models = f"{aggregator.name} ({aggregator.model}) is a smaller model than {strongest.name}"
    return [f"{models} ({strongest.model}), whose answers it judges"]


def _the_budget(
    lineup: Lineup, providers: Mapping[str, Provider], question: str | None
) -> list[str]:
    taken = forecast(lineup, providers, question or "")
    what = "this turn" if question else "a turn"
    return [
        f"{what} is {model.requests} requests and up to {model.tokens:,} tokens for {model.model}:"
        f" more than {model.provider}'s limit of a minute{' may be' if model.assumed else ' is'};"
        f" it {model.waiting}"
        for model in taken.models
        if not model.fits
    ]


def _who(agent: Agent) -> tuple[str, str, str]:
    return agent.provider, agent.model, agent.system_prompt
