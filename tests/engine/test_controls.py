"""What a person may do to one stream, while the others run on."""

import asyncio
from collections.abc import Callable

import pytest

from moa_tui.engine.controls import TurnControls
from moa_tui.engine.events import (
    Outcome,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.provider import Batch, FailureKind
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.turn import TurnPlan
from tests.engine.scripted import (
    PATIENCE,
    Endless,
    Hang,
    ScriptedProvider,
    agent,
    check_order,
    error,
    pieces,
    plan,
    text_of,
)

Reaction = Callable[[TurnControls, TurnEvent], None]


async def controlled(
    provider: ScriptedProvider, turn_plan: TurnPlan, react: Reaction
) -> tuple[TurnEnded, list[TurnEvent]]:
    """Run a turn; `react` is called, outside of the engine, after each event."""
    events: list[TurnEvent] = []
    controls = TurnControls()
    loop = asyncio.get_running_loop()

    def listen(event: TurnEvent) -> None:
        events.append(event)
        loop.call_soon(react, controls, event)

    async with asyncio.timeout(PATIENCE):
        ended = await run_turn(turn_plan, mixture, provider.connect, listen, controls=controls)
    check_order(events)
    assert provider.live == 0
    for name in ("s1", "s2", "s3", "s4"):  # nothing is left to be controlled
        assert not controls.stop(name)
        assert not controls.retry_now(name)
        assert not controls.give_up(name)
    return ended, events


def ends(events: list[TurnEvent]) -> dict[str, StreamEnded]:
    return {event.stream: event for event in events if isinstance(event, StreamEnded)}


@pytest.mark.parametrize("then", [Hang(), Endless(Batch("and "))])
async def test_stopping_one_leaves_the_others(
    provider: ScriptedProvider, then: Hang | Endless
) -> None:
    def react(controls: TurnControls, event: TurnEvent) -> None:
        if isinstance(event, TextDelta) and event.stream == "s1":
            controls.stop("s1")

    provider.script("a", [Batch("So "), then])
    proposers = [agent("a", fallback=("Agent-b",)), agent("b"), agent("c")]
    ended, events = await controlled(provider, plan(proposers), react)
    stopped = ends(events)["s1"]
    assert (stopped.outcome, stopped.failure, stopped.used) == (Outcome.STOPPED, None, True)
    assert text_of(events, "s1").startswith("So ")
    assert [text_of(events, s) for s in ("s2", "s3")] == ["<b> has spoken.", "<c> has spoken."]
    assert len([e for e in events if isinstance(e, StreamPlanned)]) == 4  # nobody stepped in
    assert "So " not in provider.prompts_for("judge")[0].split("Question:")[0].split("Answer 1")[1]
    assert (ended.outcome, ended.answer) == (TurnOutcome.DEGRADED, "<judge> has spoken.")


async def test_a_retry_is_sent_now(provider: ScriptedProvider) -> None:
    def react(controls: TurnControls, event: TurnEvent) -> None:
        if isinstance(event, RetryScheduled):
            assert controls.retry_now(event.stream)

    slow = error(FailureKind.RATE_LIMITED, retryable=True, retry_after=8.0)
    provider.script("a", [slow], [slow], pieces("At last."))
    _, events = await controlled(provider, plan("ab"), react)
    assert text_of(events, "s1") == "At last."
    sent = [e.attempt for e in events if isinstance(e, RequestSent) and e.stream == "s1"]
    assert sent == [1, 2, 3]


async def test_giving_up_a_retry_tells_its_cause_and_asks_who_steps_in(
    provider: ScriptedProvider,
) -> None:
    def react(controls: TurnControls, event: TurnEvent) -> None:
        if isinstance(event, RetryScheduled):
            assert controls.give_up(event.stream)

    slow = error(FailureKind.RATE_LIMITED, "too many", retryable=True, retry_after=8.0)
    provider.script("a", [slow])
    proposers = [agent("a", fallback=("Agent-c",)), agent("b")]
    ended, events = await controlled(provider, plan(proposers, reserves=[agent("c")]), react)
    failed = ends(events)["s1"]
    assert failed.outcome is Outcome.FAILED
    assert failed.failure is not None
    assert (failed.failure.kind, failed.failure.message) == (FailureKind.RATE_LIMITED, "too many")
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_what_does_not_wait_is_neither_hurried_nor_given_up(
    provider: ScriptedProvider,
) -> None:
    said: list[bool] = []

    def react(controls: TurnControls, event: TurnEvent) -> None:
        if isinstance(event, TextDelta) and event.stream == "s1":
            said.extend([controls.retry_now("s1"), controls.give_up("s1")])

    provider.script("a", pieces("One ", "two."))
    ended, _ = await controlled(provider, plan("ab"), react)
    assert set(said) == {False}
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_a_stopped_aggregator_leaves_what_it_wrote(provider: ScriptedProvider) -> None:
    def react(controls: TurnControls, event: TurnEvent) -> None:
        if isinstance(event, TextDelta) and event.stream == "s3":
            controls.stop("s3")

    provider.script("judge", [Batch("In short"), Hang()])
    judge = agent("judge", fallback=("Agent-a",))
    ended, _ = await controlled(provider, plan("ab", aggregator=judge), react)
    assert (ended.answer, ended.answered_by) == ("In short", "s3")
    assert ended.outcome is TurnOutcome.DEGRADED


@pytest.mark.parametrize("index", range(12))
async def test_stopping_a_stream_at_any_event_ends_the_turn_in_order(
    provider: ScriptedProvider, index: int, waits: list[float]
) -> None:
    count = 0

    def react(controls: TurnControls, event: TurnEvent) -> None:
        nonlocal count
        if count == index:
            controls.stop("s1")
        count += 1

    provider.script("a", [error(retryable=True)], pieces("One ", "two."))
    ended, events = await controlled(provider, plan("abc"), react)
    assert ends(events)["s1"].outcome in {Outcome.STOPPED, Outcome.COMPLETE}
    assert ended.answer == "<judge> has spoken."
