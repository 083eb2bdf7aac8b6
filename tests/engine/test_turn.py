"""A turn as a whole: how it ends, and that stopping it at any moment leaves nothing behind."""

import asyncio
import itertools
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import (
    Outcome,
    StreamEnded,
    StreamPlanned,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Batch
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.strategies.single import single
from moa_tui.engine.turn import Turn, TurnPlan
from moa_tui.engine.verdict import Answer
from tests.engine.scripted import (
    PATIENCE,
    Endless,
    Hang,
    ScriptedProvider,
    Step,
    agent,
    check_order,
    error,
    of_stream,
    pieces,
    plan,
    run,
    text_of,
)

STOPPED = TurnOutcome.STOPPED
Scene = Callable[[ScriptedProvider], TurnPlan]


def two_layers(provider: ScriptedProvider) -> TurnPlan:
    for name in "abcd":
        provider.script(name, pieces(f"{name} ", "says ", "so."))
    return plan("ab", "cd")


def trouble(provider: ScriptedProvider) -> TurnPlan:
    """A retry, a failure with a fallback, a cut, and an aggregator that has to be replaced."""
    provider.script("a", [error(retryable=True)], pieces("a ", "says so."))
    provider.script("b", [Batch(reasoning="Hmm."), error()])
    provider.script("c", [Batch(text="c says"), Batch(prompt_read=(1, 2))])
    provider.script("judge", [Batch(prompt_read=(1, 2)), Batch(finish_reason="length")])
    judge = agent("judge", fallback=("Agent-x",))
    proposers = [agent("a", samples=2), agent("b", fallback=("Agent-x",)), agent("c")]
    return plan(proposers, aggregator=judge, reserves=[agent("x")])


def alone(provider: ScriptedProvider) -> TurnPlan:
    provider.script("a", pieces("a ", "says ", "so."))
    return plan("a", strategy="single")


def survivor(provider: ScriptedProvider) -> TurnPlan:
    provider.script("b", [error()]).script("c", [error()])
    return plan("abc")


def nobody(provider: ScriptedProvider) -> TurnPlan:
    provider.script("a", [error()]).script("b", [Batch("Half")])
    return plan("ab")


SCENES = [two_layers, trouble, alone, survivor, nobody]


def others() -> set[asyncio.Task[object]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def stopped_at(scene: Scene, index: int) -> list[TurnEvent]:
    """Run `scene`, cancel the turn when it tells its event number `index`; return its events."""
    provider = ScriptedProvider()
    turn_plan = scene(provider)
    events: list[TurnEvent] = []

    def listen(event: TurnEvent) -> None:
        events.append(event)
        if len(events) == index + 1:
            task.cancel()

    strategy = STRATEGIES[turn_plan.lineup.strategy]
    task = asyncio.create_task(run_turn(turn_plan, strategy, provider.connect, listen))
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(asyncio.CancelledError):
            await task
    check_order(events)
    assert provider.live == 0
    assert others() == set()
    return events


@pytest.mark.parametrize("scene", SCENES)
async def test_stopping_at_any_event(scene: Scene, waits: list[float]) -> None:
    provider = ScriptedProvider()
    _, whole = await run(provider, scene(provider))
    last = max(i for i, event in enumerate(whole) if isinstance(event, StreamEnded))
    assert last > 5
    for index in range(len(whole)):
        events = await stopped_at(scene, index)
        ended = events[-1]
        assert isinstance(ended, TurnEnded)
        assert len(events) > index
        if index < last:  # later there is nothing left to stop
            assert ended.outcome is STOPPED, (index, whole[index])
            assert (ended.answer, ended.answered_by) == ("", None)


@pytest.mark.parametrize("scene", SCENES)
async def test_a_stopped_turn_tells_what_it_would_have_told_before(
    scene: Scene, waits: list[float]
) -> None:
    """Stopping adds endings; it loses none of the text that had come."""
    provider = ScriptedProvider()
    _, whole = await run(provider, scene(provider))
    for index in range(len(whole)):
        events = await stopped_at(scene, index)
        for name in {e.stream for e in whole[: index + 1] if isinstance(e, StreamPlanned)}:
            before = text_of(whole[: index + 1], name)
            assert text_of(events, name).startswith(before)


@pytest.mark.parametrize("steps", [[Hang()], [Batch("So"), Hang()], [Endless(Batch("So "))]])
@pytest.mark.parametrize("where", ["a", "judge"])
async def test_stopping_what_would_never_end(
    provider: ScriptedProvider, steps: list[Step], where: str
) -> None:
    provider.script(where, steps)
    events: list[TurnEvent] = []
    task = asyncio.create_task(run_turn(plan("ab"), mixture, provider.connect, events.append))
    await provider.until_asked(2 if where == "a" else 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    check_order(events)
    assert isinstance(events[-1], TurnEnded)
    assert events[-1].outcome is STOPPED
    outcomes = {e.stream: e.outcome for e in events if isinstance(e, StreamEnded)}
    assert outcomes["s1" if where == "a" else "s3"] is Outcome.STOPPED
    assert others() == set()


async def test_stopping_before_anything_is_asked(provider: ScriptedProvider) -> None:
    events: list[TurnEvent] = []
    task = asyncio.create_task(run_turn(plan("ab"), mixture, provider.connect, events.append))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert events == []


class _ListenerError(Exception):
    """What a listener with a defect raises."""


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("always", [True, False])
async def test_what_the_listener_raises_comes_out(
    scene: Scene, always: bool, waits: list[float]
) -> None:
    provider = ScriptedProvider()
    _, whole = await run(provider, scene(provider))
    for index in range(len(whole)):
        count = itertools.count()

        def listen(
            event: TurnEvent, count: "itertools.count[int]" = count, index: int = index
        ) -> None:
            number = next(count)
            if number == index or (always and number > index):
                raise _ListenerError(index)

        provider = ScriptedProvider()
        with pytest.raises(_ListenerError, match=f"^{index}$"):
            await run(provider, scene(provider), listen)
        assert provider.live == 0
        assert others() == set()


async def test_a_defect_of_a_strategy_comes_out(provider: ScriptedProvider) -> None:
    async def strategy(turn: Turn) -> Answer | None:
        await turn.propose([agent("a")], layer=1)
        raise ZeroDivisionError

    events: list[TurnEvent] = []
    with pytest.raises(ZeroDivisionError):
        await run_turn(plan("a"), strategy, provider.connect, events.append)
    assert isinstance(events[-1], StreamEnded)


async def test_the_first_event_says_what_is_asked(provider: ScriptedProvider) -> None:
    before = time.time()
    ended, events = await run(provider, plan("ab", question="Why?", seed=99))
    started = events[0]
    assert isinstance(started, TurnStarted)
    assert (started.at, started.turn, started.question) == (0.0, "t1", "Why?")
    assert (started.strategy, started.seed) == ("mixture", 99)
    assert before <= started.started_at <= time.time()
    assert ended is events[-1]


async def test_streams_are_planned_as_their_agents_are(provider: ScriptedProvider) -> None:
    proposer = agent("a", color="#ff0000", system_prompt="Be brief.")
    _, events = await run(provider, plan([proposer]))
    planned = events[1]
    assert isinstance(planned, StreamPlanned)
    assert (planned.agent, planned.model, planned.provider) == ("Agent-a", "a", "acme")
    assert (planned.color, planned.sample) == ("#ff0000", 0)
    assert planned.messages == provider.requests[0].messages


@pytest.mark.parametrize(
    ("scripts", "outcome"),
    [
        ({}, TurnOutcome.COMPLETE),
        ({"a": pieces("So", finish="length")}, TurnOutcome.DEGRADED),
        ({"a": [error()]}, TurnOutcome.DEGRADED),
        ({"a": [Batch("Half")]}, TurnOutcome.DEGRADED),
        ({"a": [error()], "b": [error()]}, TurnOutcome.DEGRADED),
        ({"a": [error()], "b": [error()], "c": [error()]}, TurnOutcome.FAILED),
        ({"judge": [error()]}, TurnOutcome.DEGRADED),
        ({"judge": pieces("So", finish="length")}, TurnOutcome.DEGRADED),
        ({"judge": [Batch("Half"), error()]}, TurnOutcome.DEGRADED),
    ],
)
async def test_outcome(
    provider: ScriptedProvider, scripts: dict[str, list[Step]], outcome: TurnOutcome
) -> None:
    for model, steps in scripts.items():
        provider.script(model, steps)
    ended, _ = await run(provider, plan("abc"))
    assert ended.outcome is outcome
    assert bool(ended.answer) == bool(ended.answered_by) == (outcome is not TurnOutcome.FAILED)


async def test_a_slow_agent_is_given_up_and_the_turn_goes_on(provider: ScriptedProvider) -> None:
    provider.script("a", [Batch("So far"), Hang()])
    ended, events = await run(provider, plan([agent("a", timeout=0.02), agent("b"), agent("c")]))
    assert ended.outcome is TurnOutcome.DEGRADED
    assert ended.answer == "<judge> has spoken."
    assert text_of(events, "s1") == "So far"


async def test_turns_at_the_same_time_do_not_mix(provider: ScriptedProvider) -> None:
    heard: list[list[TurnEvent]] = [[] for _ in range(5)]
    async with asyncio.TaskGroup() as group:
        for i, events in enumerate(heard):
            one = plan("abc", question=f"Question {i}?")
            group.create_task(run_turn(one, mixture, provider.connect, events.append))
    for i, events in enumerate(heard):
        check_order(events)
        for event in events:
            if isinstance(event, StreamPlanned):
                assert f"Question {i}?" in event.messages[-1].content


def test_strategies_have_the_names_of_the_roster() -> None:
    assert (STRATEGIES["mixture"], STRATEGIES["single"]) == (mixture, single)


_script = st.lists(
    st.one_of(
        st.sampled_from(["So ", "and so ", "", " "]).map(Batch),
        st.sampled_from(["stop", "length", "content_filter"]).map(
            lambda reason: Batch(finish_reason=reason)
        ),
        st.builds(Batch, done=st.just(True)),
        st.just(error()),
    ),
    max_size=5,
)


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c", "d", "judge", "x"]), _script),
    st.sampled_from([("abc",), ("ab", "cd"), ("a",)]),
    st.sampled_from(["mixture", "single"]),
)
def test_whatever_the_providers_do_a_turn_ends_in_order(
    scripts: dict[str, list[Step]], layers: tuple[str, ...], strategy: str
) -> None:
    provider = ScriptedProvider()
    for model, steps in scripts.items():
        provider.script(model, steps)
    judge = agent("judge", fallback=("Agent-x",))
    turn_plan = plan(*layers, aggregator=judge, reserves=[agent("x")], strategy=strategy)
    ended, events = asyncio.run(run(provider, turn_plan))
    assert (ended.outcome is TurnOutcome.FAILED) == (ended.answered_by is None)
    if ended.answered_by:
        assert ended.answer == text_of(of_stream(events, ended.answered_by), ended.answered_by)
        assert ended.answer.strip()
    if ended.outcome is TurnOutcome.COMPLETE:
        ends = {e.stream: e.outcome for e in events if isinstance(e, StreamEnded)}
        assert ends[str(ended.answered_by)] is Outcome.COMPLETE
