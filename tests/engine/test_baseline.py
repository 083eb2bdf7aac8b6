"""The baseline: one agent alone beside the others, on the same clock."""

import asyncio
from dataclasses import replace

import pytest

from moa_tui.engine.events import (
    Role,
    StreamEnded,
    StreamPlanned,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.provider import Batch
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from moa_tui.state import TurnState, fold
from tests.engine.scripted import PATIENCE, ScriptedProvider, Step, agent, error, plan, run


def against(turn_plan: TurnPlan, name: str) -> TurnPlan:
    lineup = replace(turn_plan.lineup, baseline=agent(name))
    return replace(turn_plan, lineup=lineup)


async def test_it_is_asked_the_question_alone(provider: ScriptedProvider) -> None:
    ended, events = await run(provider, against(plan("ab"), "solo"))
    assert (ended.answer, ended.outcome) == ("<judge> has spoken.", TurnOutcome.COMPLETE)
    first = next(e for e in events if isinstance(e, StreamPlanned) and e.role is Role.BASELINE)
    assert [m.content for m in first.messages] == ["Why is the sky blue?"]
    state = fold(TurnState(), events)
    assert [s.agent for s in state.proposers] == ["Agent-a", "Agent-b"]
    assert state.baseline
    assert state.baseline.agent == "Agent-solo"


async def test_the_turn_waits_for_it_and_knows_when_the_answer_came(
    provider: ScriptedProvider,
) -> None:
    gate = asyncio.Event()
    slow: list[Step] = [Batch(text="slow"), gate, Batch(finish_reason="stop", done=True)]
    provider.script("solo", slow)

    def open_gate(event: TurnEvent) -> None:
        if isinstance(event, StreamEnded) and event.stream == "s4":
            gate.set()

    ended, events = await run(provider, against(plan("ab"), "solo"), open_gate)
    state = fold(TurnState(), events)
    assert ended.answered_by == "s4"
    assert state.answer_seconds is not None
    assert state.baseline
    assert state.baseline.ended_at is not None
    assert state.answer_seconds < state.baseline.ended_at


async def test_its_failure_is_not_the_turns(provider: ScriptedProvider) -> None:
    provider.script("solo", [error()])
    ended, _ = await run(provider, against(plan("ab"), "solo"))
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_a_turn_that_is_stopped_while_it_only_waits_for_it_has_its_answer(
    provider: ScriptedProvider,
) -> None:
    provider.script("solo", [Batch(text="on"), asyncio.Event()])
    events: list[TurnEvent] = []
    answered = asyncio.Event()

    def emit(event: TurnEvent) -> None:
        events.append(event)
        if isinstance(event, StreamEnded) and event.stream == "s4":
            answered.set()

    turn_plan = against(plan("ab"), "solo")
    task = asyncio.create_task(run_turn(turn_plan, STRATEGIES["mixture"], provider.connect, emit))
    async with asyncio.timeout(PATIENCE):
        await answered.wait()
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    (ended,) = [e for e in events if isinstance(e, TurnEnded)]
    assert (ended.outcome, ended.answer) == (TurnOutcome.COMPLETE, "<judge> has spoken.")
    assert provider.live == 0
