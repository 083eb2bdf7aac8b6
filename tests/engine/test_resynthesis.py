"""A further synthesis: the proposals are kept, only the aggregator is asked."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    Role,
    StreamEnded,
    StreamEvent,
    StreamPlanned,
    TurnEvent,
)
from moa_tui.engine.prompts import JUDGE
from moa_tui.engine.resynthesis import further_synthesis
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Agent
from moa_tui.state import TurnState, fold
from tests.engine.scripted import ScriptedProvider, agent, error, pieces, plan
from tests.engine.scripted import run as run_turn_on


def stream_of(events: Sequence[TurnEvent], name: str) -> str:
    """Return the first stream of the agent called `name`."""
    return next(e.stream for e in events if isinstance(e, StreamPlanned) and e.agent == name)


async def first(provider: ScriptedProvider, turn_plan: TurnPlan) -> list[TurnEvent]:
    """Run the turn, and forget the requests that it took."""
    _, events = await run_turn_on(provider, turn_plan)
    provider.requests.clear()
    return events


def asked(provider: ScriptedProvider) -> list[str]:
    """Return the models that were asked since."""
    return [request.model for request in provider.requests]


PLANNED = (
    '{"parts": [{"task": "sums", "agent": "Agent-a", "needs": []},'
    ' {"task": "words", "agent": "Agent-b", "needs": [1]}]}'
)
RANKED = '{"ranking": ["A", "B"]}'


@pytest.mark.parametrize("strategy", ["mixture", "route", "council", "vote"])
async def test_only_the_aggregator_is_asked(provider: ScriptedProvider, strategy: str) -> None:
    turn_plan = plan("abc", strategy=strategy)
    if strategy == "route":
        provider.script("judge", pieces(PLANNED), pieces("joined"))
    if strategy == "council":
        for model in "abc":
            provider.script(model, pieces(f"by {model}"), pieces(RANKED))
    if strategy == "vote":
        provider.script("a", pieces("Final answer: 41"))
        provider.script("b", pieces("Final answer: 42")).script("c", pieces("Final answer: 42"))
    events = await first(provider, turn_plan)
    before = fold(TurnState(), events)
    provider.script("other", pieces("anew"))
    again = further_synthesis(turn_plan, events, "t2", aggregator=agent("other"))
    ended, further = await run_turn_on(provider, again)
    assert asked(provider) == ["other"]
    assert ended.answer == "anew"
    state = fold(TurnState(), further)
    assert (state.turn, state.further_of) == ("t2", "t1")
    assert (state.plan, state.ranking) == (before.plan, before.ranking)
    texts = [(s.agent, str(s.text)) for s in state.proposers]
    assert texts == [(s.agent, str(s.text)) for s in before.proposers]


async def test_another_prompt_for_the_same_aggregator(provider: ScriptedProvider) -> None:
    turn_plan = plan("ab")
    events = await first(provider, turn_plan)
    again = further_synthesis(turn_plan, events, "t2", template="{references} IN RHYME {question}")
    await run_turn_on(provider, again)
    (prompt,) = provider.prompts_for("judge")
    assert "IN RHYME Why is the sky blue?" in prompt
    assert "<a> has spoken." in prompt


async def test_who_failed_is_not_asked_again_unless_named(provider: ScriptedProvider) -> None:
    turn_plan = plan("abc")
    provider.script("b", [error()], pieces("b at last"))
    events = await first(provider, turn_plan)
    await run_turn_on(provider, further_synthesis(turn_plan, events, "t2"))
    assert asked(provider) == ["judge"]
    provider.requests.clear()
    again = further_synthesis(turn_plan, events, "t3", again=stream_of(events, "Agent-b"))
    _, further = await run_turn_on(provider, again)
    assert asked(provider) == ["b", "judge"]
    assert "b at last" in provider.prompts_for("judge")[0]
    assert fold(TurnState(), further).turn == "t3"


async def test_a_stand_in_stays_in_the_place_it_took(provider: ScriptedProvider) -> None:
    broken = agent("b", fallback=("Agent-c",))
    turn_plan = plan([agent("a"), broken], reserves=[agent("c")])
    provider.script("b", [error()])
    events = await first(provider, turn_plan)
    await run_turn_on(provider, further_synthesis(turn_plan, events, "t2"))
    assert asked(provider) == ["judge"]
    assert "<c> has spoken." in provider.prompts_for("judge")[0]


@pytest.mark.parametrize("other", [agent("d"), agent("b", model="larger")])
async def test_whom_the_person_chose_stays_chosen(provider: ScriptedProvider, other: Agent) -> None:
    turn_plan = plan("ab", reserves=[agent("d")])
    events = await first(provider, turn_plan)
    end = next(e for e in events if isinstance(e, StreamEnded) and e.stream == "s2")
    at = events.index(end)
    anew = [  # as if b had been replaced while it ran
        replace(e, stream="s9", at=end.at)
        for e in events[: at + 1]
        if isinstance(e, StreamEvent) and e.stream == "s2"
    ]
    assert isinstance(anew[0], StreamPlanned)
    anew[0] = replace(anew[0], agent=other.name, model=other.model, instead_of="s2")
    stopped = replace(end, outcome=Outcome.STOPPED)
    swapped = [*events[:at], stopped, *anew, *events[at + 1 :]]
    again = further_synthesis(turn_plan, swapped, "t2")
    assert again.lineup.layers[0][1].model == other.model
    await run_turn_on(provider, again)
    assert asked(provider) == ["judge"]


async def test_a_race_is_not_run_twice(provider: ScriptedProvider) -> None:
    turn_plan = plan("ab")
    turn_plan = replace(turn_plan, lineup=replace(turn_plan.lineup, baseline=agent("solo")))
    events = await first(provider, turn_plan)
    _, further = await run_turn_on(provider, further_synthesis(turn_plan, events, "t2"))
    assert asked(provider) == ["judge"]
    assert not any(isinstance(e, StreamPlanned) and e.role is Role.BASELINE for e in further)
    assert [e.text for e in further if isinstance(e, Noticed)] == [
        "new synthesis, 2 of 2 answers kept"
    ]


async def test_a_judge_does_not_have_the_writers_persona(provider: ScriptedProvider) -> None:
    persona = "You write the answer the reader keeps."
    turn_plan = plan("ab", aggregator=agent("judge", system_prompt=persona))
    events = await first(provider, turn_plan)
    for template in (JUDGE, "{references} IN RHYME {question}"):
        await run_turn_on(provider, further_synthesis(turn_plan, events, "t2", template=template))
    judged, rhymed = provider.prompts_for("judge")
    assert persona not in judged
    assert persona in rhymed
