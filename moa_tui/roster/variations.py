"""Lineups that differ a little from what the file says: the person's choices for a conversation."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from moa_tui.roster.model import Agent, Lineup


def without(lineup: Lineup, muted: Collection[str]) -> Lineup:
    """Return `lineup` without the `muted` proposers; a layer that would be empty stays as it is."""
    layers = tuple(
        tuple(agent for agent in layer if agent.name not in muted) or layer
        for layer in lineup.layers
    )
    return replace(lineup, layers=layers)


def with_others(lineup: Lineup, instead: Mapping[str, Agent]) -> Lineup:
    """Return `lineup` with other agents, or the same with other models, in the named places."""

    def chosen(agent: Agent) -> Agent:
        return instead.get(agent.name, agent)

    planner, baseline = lineup.chosen_planner, lineup.baseline
    return replace(
        lineup,
        layers=tuple(
            tuple({agent.name: agent for agent in map(chosen, layer)}.values())
            for layer in lineup.layers
        ),
        aggregator=chosen(lineup.aggregator),
        chosen_planner=planner and chosen(planner),
        baseline=baseline and chosen(baseline),
    )


def racing(lineup: Lineup, baseline: Agent | None) -> Lineup:
    """Return `lineup` in a race against its own baseline, else `baseline`, else its first agent."""
    return replace(lineup, baseline=lineup.baseline or baseline or lineup.layers[0][0])
