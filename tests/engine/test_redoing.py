"""What a person does to a layer that runs: go on without the rest, ask one agent again."""

import asyncio
from collections.abc import Callable

from moa_tui.engine.controls import TurnControls
from moa_tui.engine.events import (
    Outcome,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.provider import Batch
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from tests.engine.scripted import PATIENCE, ScriptedProvider, agent, check_order, pieces, plan


async def run(
    provider: ScriptedProvider,
    turn_plan: TurnPlan,
    act: Callable[[TurnEvent, TurnControls], None],
) -> tuple[TurnEnded, list[TurnEvent]]:
    """Run a turn; `act` sees every event and may use the controls, a moment later."""
    events: list[TurnEvent] = []
    controls = TurnControls()
    loop = asyncio.get_running_loop()

    def emit(event: TurnEvent) -> None:
        events.append(event)
        loop.call_soon(act, event, controls)

    strategy = STRATEGIES[turn_plan.lineup.strategy]
    async with asyncio.timeout(PATIENCE):
        ended = await run_turn(turn_plan, strategy, provider.connect, emit, controls=controls)
    check_order(events)
    assert provider.live == 0
    return ended, events


def ends(event: TurnEvent, stream: str) -> bool:
    return isinstance(event, StreamEnded) and event.stream == stream


def says(event: TurnEvent, text: str) -> bool:
    return isinstance(event, TextDelta) and event.text == text


async def test_go_on_with_what_is_there(provider: ScriptedProvider) -> None:
    provider.script("b", [Batch(text="slow"), asyncio.Event()])
    came: list[bool] = []

    def act(event: TurnEvent, controls: TurnControls) -> None:
        if ends(event, "s1"):
            came.append(controls.aggregate_now())

    ended, events = await run(provider, plan("ab"), act)
    assert came == [True]
    assert ended.outcome is TurnOutcome.DEGRADED
    late = next(e for e in events if ends(e, "s2"))
    assert isinstance(late, StreamEnded)
    assert (late.outcome, late.used) == (Outcome.STOPPED, False)


async def test_there_is_nothing_to_go_on_with(provider: ScriptedProvider) -> None:
    gate = asyncio.Event()
    for name in "ab":
        provider.script(name, [Batch(text=name), gate, *pieces("!")])
    came: list[bool] = []

    def act(event: TurnEvent, controls: TurnControls) -> None:
        if says(event, "b"):
            came.append(controls.aggregate_now())
            gate.set()

    ended, _ = await run(provider, plan("ab"), act)
    assert (came, ended.outcome) == ([False], TurnOutcome.COMPLETE)


async def test_another_agent_takes_the_place_of_one_that_runs(provider: ScriptedProvider) -> None:
    provider.script("b", [Batch(text="slow"), asyncio.Event()])

    def act(event: TurnEvent, controls: TurnControls) -> None:
        if says(event, "slow"):
            assert controls.ask_again("s2", agent("x"))

    ended, events = await run(provider, plan("ab"), act)
    again = next(e for e in events if isinstance(e, StreamPlanned) and e.agent == "Agent-x")
    assert again.instead_of == "s2"
    assert ended.outcome is TurnOutcome.COMPLETE
    prompt = provider.prompts_for("judge")[0]
    assert "<x> has spoken." in prompt
    assert "slow" not in prompt


async def test_one_that_has_ended_is_asked_again_while_its_layer_runs(
    provider: ScriptedProvider,
) -> None:
    gate = asyncio.Event()
    provider.script("a", pieces("first try"), pieces("second try"))
    provider.script("b", [Batch(text="b"), gate, *pieces("!")])

    def act(event: TurnEvent, controls: TurnControls) -> None:
        if ends(event, "s1"):
            assert controls.ask_again("s1")
        if ends(event, "s3"):
            gate.set()

    ended, _ = await run(provider, plan("ab"), act)
    assert ended.outcome is TurnOutcome.COMPLETE
    prompt = provider.prompts_for("judge")[0]
    assert "second try" in prompt
    assert "first try" not in prompt


async def test_after_the_layer_it_is_too_late(provider: ScriptedProvider) -> None:
    came: list[bool] = []

    def act(event: TurnEvent, controls: TurnControls) -> None:
        if says(event, "<judge> "):
            came.extend([controls.ask_again("s1"), controls.aggregate_now()])

    await run(provider, plan("ab"), act)
    assert came == [False, False]
