"""Every strategy on the real embedded model: a real server, short answers, real events."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.events import (
    AnswersRanked,
    Noticed,
    PlanMade,
    Role,
    StreamEnded,
    StreamPlanned,
    TurnEvent,
    TurnOutcome,
    VotesCounted,
)
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from moa_tui.engine.warnings import unlisted_models
from moa_tui.local.process import LocalServer
from moa_tui.roster.model import Agent, Lineup
from moa_tui.roster.trust import embedded_roster
from moa_tui.roster.variations import racing
from moa_tui.state import TurnState, fold

pytestmark = [pytest.mark.embedded, pytest.mark.xdist_group("strategies")]

QUESTION = "What is 2 + 2? Answer with a number."


def brief(agent: Agent) -> Agent:
    return replace(agent, sampling=replace(agent.sampling, max_tokens=24))


def brief_lineup(lineup: Lineup) -> Lineup:
    """Return `lineup` with answers that take a small machine a second; plans need more words."""
    layers = tuple(tuple(brief(agent) for agent in layer) for layer in lineup.layers)
    return replace(lineup, layers=layers, aggregator=brief(lineup.aggregator))


async def asked(lineup: Lineup) -> list[TurnEvent]:
    """Ask the embedded model in `lineup`'s strategy; return what was reported."""
    roster = embedded_roster()
    connections = Connections(roster.providers, LocalServer())
    events: list[TurnEvent] = []
    plan = TurnPlan("t1", QUESTION, lineup, roster.providers, seed=7)
    try:
        await run_turn(plan, STRATEGIES[lineup.strategy], connections.connect, events.append)
    finally:
        await connections.aclose()
    return events


def roles(events: list[TurnEvent]) -> Counter[Role]:
    return Counter(event.role for event in events if isinstance(event, StreamPlanned))


def is_a_vote(events: list[TurnEvent]) -> None:
    """Answers were counted; without a majority the aggregator was asked."""
    tallies = [event.tally for event in events if isinstance(event, VotesCounted)]
    assert tallies
    assert roles(events)[Role.PROPOSER] == 3


def is_a_council(events: list[TurnEvent]) -> None:
    """Everybody who answered was asked to rank the others; the chair wrote."""
    asked = roles(events)
    assert (asked[Role.PROPOSER], asked[Role.AGGREGATOR]) == (3, 1)
    assert asked[Role.REVIEWER] == 3
    ranked = any(isinstance(event, AnswersRanked) for event in events)
    assert ranked or "rank" in notices(events), "there is a ranking, or it is said why not"


def is_routed(events: list[TurnEvent]) -> None:
    """A plan was made and followed; or it is told that it was none, and everybody was asked."""
    asked = roles(events)
    assert asked[Role.PLANNER] >= 1
    plans = [event.plan for event in events if isinstance(event, PlanMade)]
    if plans:
        agents = {event.agent for event in events if isinstance(event, StreamPlanned)}
        assert {part.agent for part in plans[-1].parts} <= agents
    else:
        assert "plan" in notices(events)
        assert asked[Role.PROPOSER] == 3


def is_one_answer(events: list[TurnEvent]) -> None:
    """One agent was asked, once."""
    assert roles(events) == {Role.PROPOSER: 1}


def is_a_race(events: list[TurnEvent]) -> None:
    """One agent ran beside the mixture, on the same clock, and is no part of it."""
    assert roles(events) == {Role.PROPOSER: 3, Role.AGGREGATOR: 1, Role.BASELINE: 1}
    state = fold(TurnState(), events)
    assert state.baseline is not None
    assert state.baseline.ended_at is not None
    assert str(state.baseline.text)


def notices(events: list[TurnEvent]) -> str:
    return "\n".join(event.text for event in events if isinstance(event, Noticed))


CASES: dict[str, tuple[str, Callable[[list[TurnEvent]], None]]] = {
    "vote": ("vote", is_a_vote),
    "council": ("council", is_a_council),
    "route": ("route", is_routed),
    "single": ("single", is_one_answer),
    "race": ("mixture", is_a_race),
}


@pytest.mark.parametrize("case", CASES)
async def test_a_strategy_answers_on_the_embedded_model(embedded_home: Path, case: str) -> None:
    strategy, check = CASES[case]
    lineup = replace(brief_lineup(embedded_roster().lineup()), strategy=strategy)
    if case == "race":
        lineup = racing(lineup, None)
    events = await asked(lineup)
    state = fold(TurnState(), events)
    assert state.outcome in {TurnOutcome.COMPLETE, TurnOutcome.DEGRADED}, notices(events)
    assert state.answer.strip()
    ended = [event.stream for event in events if isinstance(event, StreamEnded)]
    assert len(ended) == len(set(ended)) == len(state.streams), "each stream ends once"
    check(events)


async def test_the_embedded_model_is_no_stranger_to_its_own_roster(embedded_home: Path) -> None:
    roster = embedded_roster()
    connections = Connections(roster.providers, LocalServer())
    try:
        await connections.warm_up({"local": 1})
        assert connections.listed["local"]
        assert unlisted_models(roster.lineup().agents, connections.listed) == ()
    finally:
        await connections.aclose()
