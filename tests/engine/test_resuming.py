"""A turn that was cut off goes on from what was kept: what has been answered is not asked again."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    StreamEnded,
    StreamEvent,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Batch, Usage
from moa_tui.engine.turn import TurnPlan
from moa_tui.state import TurnState, fold, participation
from tests.engine.scripted import ScriptedProvider, agent, check_stream, error, of_stream, pieces
from tests.engine.scripted import plan as plan_of
from tests.engine.scripted import run as run_turn_on


async def whole(turn_plan: TurnPlan, provider: ScriptedProvider | None = None) -> list[TurnEvent]:
    """Return the events of the turn as it goes when nothing cuts it off."""
    return (await run_turn_on(provider or ScriptedProvider(), turn_plan))[1]


def ended_at(events: Sequence[TurnEvent], agent_name: str) -> int:
    """Return how many events there were until the agent's stream had ended."""
    (name,) = [e.stream for e in events if isinstance(e, StreamPlanned) and e.agent == agent_name]
    return 1 + next(
        i for i, e in enumerate(events) if isinstance(e, StreamEnded) and e.stream == name
    )


async def resume(
    turn_plan: TurnPlan, kept: Sequence[TurnEvent], provider: ScriptedProvider | None = None
) -> tuple[TurnEnded, list[TurnEvent], list[str]]:
    """Take the turn up again; return its end, its events, and the models that were asked."""
    provider = provider or ScriptedProvider()
    ended, events = await run_turn_on(provider, replace(turn_plan, kept=tuple(kept)))
    return ended, events, [request.model for request in provider.requests]


def cut_off(events: Sequence[TurnEvent], *agents: str) -> list[TurnEvent]:
    """Return `events` as far as they go without the ends and texts of `agents`, and no answer."""
    lost = {e.stream for e in events if isinstance(e, StreamPlanned) and e.agent in agents}
    return [
        e
        for e in events
        if not isinstance(e, TurnEnded)
        and not (isinstance(e, StreamEvent) and e.stream in lost and e.at and is_news(e))
    ]


def is_news(event: TurnEvent) -> bool:
    return isinstance(event, TextDelta | StreamEnded)


def planned_at(events: Sequence[TurnEvent], agent_name: str) -> float:
    """Return when the agent was about to be asked."""
    return next(e.at for e in events if isinstance(e, StreamPlanned) and e.agent == agent_name)


def before_the_aggregator(events: Sequence[TurnEvent]) -> list[TurnEvent]:
    """Return `events` up to where the aggregator is planned."""
    end = planned_at(events, "Agent-judge")
    return [event for event in events if event.at < end]


def notices(events: Sequence[TurnEvent]) -> list[str]:
    return [e.text for e in events if isinstance(e, Noticed)]


async def test_only_what_is_missing_is_asked() -> None:
    turn_plan = plan_of("abc")
    first = await whole(turn_plan)
    kept = before_the_aggregator(cut_off(first, "Agent-b"))
    ended, events, asked = await resume(turn_plan, kept)
    assert asked == ["b", "judge"]
    assert ended.outcome is TurnOutcome.COMPLETE
    state, before = fold(TurnState(), events), fold(TurnState(), first)
    assert state.streams["s1"] == before.streams["s1"]  # its figures with it
    assert state.streams["s3"] == before.streams["s3"]
    assert state.started_at == before.started_at
    assert notices(events)[0] == "resumed, 2 of 3 answers kept"
    assert participation(state) == "3 of 3 agents"
    assert ended.at > max(e.at for e in kept)


async def test_the_aggregator_reads_the_same_as_it_would_have() -> None:
    turn_plan = plan_of("abcd", seed=3)
    provider, again = ScriptedProvider(), ScriptedProvider()
    first = await whole(turn_plan, provider)
    kept = before_the_aggregator(cut_off(first, "Agent-c"))
    await resume(turn_plan, kept, again)
    assert again.prompts_for("judge") == provider.prompts_for("judge")


@pytest.mark.parametrize("count", range(1, 50, 2))
async def test_wherever_it_was_cut_off_nobody_is_asked_twice(count: int) -> None:
    turn_plan = plan_of("ab", [agent("c", samples=2), agent("d")])
    first = await whole(turn_plan)
    kept = first[: min(count, len(first) - 1)]
    ended, events, asked = await resume(turn_plan, kept)
    assert (ended.outcome, ended.answer) == (TurnOutcome.COMPLETE, "<judge> has spoken.")
    done = [e for e in kept if isinstance(e, StreamEnded)]
    assert len(asked) == 6 - len(done)
    again = fold(TurnState(), events)
    for stream in done:
        assert again.streams[stream.stream] == fold(TurnState(), first).streams[stream.stream]
    # And cut off once more, in the middle of that.
    for further in (len(events) - 1, len(events) // 2):
        last = await resume(turn_plan, events[:further])
        assert last[0].answer == ended.answer
        assert participation(fold(TurnState(), last[1])) == "5 of 5 answers"


async def test_a_single_agent_starts_anew_and_its_beginning_stays() -> None:
    turn_plan = plan_of("a", strategy="single")
    kept = (await whole(turn_plan))[:4]
    assert isinstance(kept[-1], TextDelta)
    ended, events, asked = await resume(turn_plan, kept)
    assert (asked, ended.answer, ended.answered_by) == (["a"], "<a> has spoken.", "s2")
    streams = fold(TurnState(), events).streams
    assert (str(streams["s1"].text), streams["s1"].outcome) == (kept[-1].text, Outcome.PARTIAL)
    assert streams["s2"].instead_of == "s1"
    assert participation(fold(TurnState(), events)) == "1 of 1 agent"


async def test_an_answer_that_was_whole_is_not_asked_for_at_all() -> None:
    turn_plan = plan_of("ab")
    first = await whole(turn_plan)
    ended, events, asked = await resume(turn_plan, first[:-1])
    assert asked == []
    assert (ended.answer, ended.answered_by) == ("<judge> has spoken.", "s3")
    assert [e for e in events if isinstance(e, StreamEnded)] == [
        e for e in first if isinstance(e, StreamEnded)
    ]


async def test_what_failed_is_asked_again_unless_the_turn_had_gone_on_without_it() -> None:
    turn_plan = plan_of("ab", "cd")
    failing = ScriptedProvider().script("b", [error()])
    first = await whole(turn_plan, failing)
    early = [e for e in first if e.at < planned_at(first, "Agent-c")]
    assert (await resume(turn_plan, early))[2] == ["b", "c", "d", "judge"]
    late = first[: ended_at(first, "Agent-c")]
    ended, events, asked = await resume(turn_plan, late)
    assert asked == ["d", "judge"]
    assert ended.outcome is TurnOutcome.DEGRADED
    assert participation(fold(TurnState(), events)) == "3 of 4 answers · 1 server error"


async def test_a_stand_in_that_answered_is_kept_in_its_place() -> None:
    reserve = agent("r")
    turn_plan = plan_of([agent("a", fallback=("Agent-r",)), agent("b")], reserves=[reserve])
    failing = ScriptedProvider().script("a", [error()])
    first = await whole(turn_plan, failing)
    kept = before_the_aggregator(cut_off(first, "Agent-b"))
    ended, events, asked = await resume(turn_plan, kept)
    assert asked == ["b", "judge"]
    assert participation(fold(TurnState(), events)) == "2 of 2 agents"
    assert ended.answer


async def test_who_was_not_waited_for_is_not_asked_again() -> None:
    turn_plan = plan_of("ab")
    kept = before_the_aggregator(await whole(turn_plan))
    late = [
        replace(e, outcome=Outcome.STOPPED, used=False)
        if isinstance(e, StreamEnded) and e.stream == "s2"
        else e
        for e in kept
    ]
    _ended, events, asked = await resume(turn_plan, late)
    assert asked == []  # one survivor's answer is shown as it is
    assert participation(fold(TurnState(), events)) == "1 of 2 agents · 1 not used"


async def test_who_would_be_asked_something_else_is_asked_again_and_told() -> None:
    first = await whole(plan_of("ab"))
    kept = before_the_aggregator(first)
    changed = plan_of([agent("a"), agent("b", system_prompt="Be brief.")])
    ended, events, asked = await resume(changed, kept)
    assert asked == ["b", "judge"]
    assert "Agent-b is asked again: what it is asked has changed since" in notices(events)
    assert participation(fold(TurnState(), events)) == "2 of 2 agents"
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_usage_and_reasoning_are_kept() -> None:
    thinking = [
        Batch(reasoning="Hmm."),
        Batch(text="So."),
        Batch(finish_reason="stop", usage=Usage(7, 42)),
        Batch(done=True),
    ]
    turn_plan = plan_of("ab")
    first = await whole(turn_plan, ScriptedProvider().script("a", thinking))
    _, events, _ = await resume(turn_plan, before_the_aggregator(first))
    stream = fold(TurnState(), events).streams["s1"]
    assert (str(stream.reasoning), stream.tokens, stream.estimated) == ("Hmm.", 42, False)


async def test_a_resumed_turn_can_be_stopped() -> None:
    gate = asyncio.Event()
    provider = ScriptedProvider().script("b", [Batch(text="x"), gate])
    turn_plan = plan_of("ab")
    kept = before_the_aggregator(cut_off(await whole(turn_plan), "Agent-b"))
    events: list[TurnEvent] = []
    task = asyncio.create_task(
        run_turn_on(provider, replace(turn_plan, kept=tuple(kept)), events.append)
    )
    await provider.until_asked(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert isinstance(events[0], TurnStarted)
    assert events[-1].outcome is TurnOutcome.STOPPED  # type: ignore[union-attr]  # a TurnEnded
    for name in ("s1", "s3"):
        check_stream(of_stream(events, name))


async def test_the_layers_are_told_at_the_beginning() -> None:
    (started, *_) = await whole(plan_of("ab", "c"))
    assert isinstance(started, TurnStarted)
    assert started.layers == (("Agent-a", "Agent-b"), ("Agent-c",))
    assert started.aggregator == "Agent-judge"


async def test_pieces_of_a_cut_stream_are_not_given_on() -> None:
    provider = ScriptedProvider()
    turn_plan = plan_of("ab")
    first = await whole(turn_plan, ScriptedProvider().script("b", pieces("SECRET ", "rest")))
    cut = ended_at(first, "Agent-b") - 2
    await resume(turn_plan, before_the_aggregator(first)[:cut], provider)
    assert "SECRET" not in "".join(provider.prompts_for("judge"))


async def test_what_was_thinking_is_no_part_of_a_kept_answer() -> None:
    turn_plan = plan_of([agent("a"), agent("b")])
    thinking = [
        Batch("It may be 4."),
        Batch("Four.", recognized=True),
        Batch(finish_reason="stop", done=True),
    ]
    provider = ScriptedProvider()
    provider.script("a", thinking)
    events = await whole(turn_plan, provider)
    kept = before_the_aggregator(events)
    again = ScriptedProvider()
    _, _, asked = await resume(turn_plan, kept, again)
    assert "a" not in asked
    prompt = again.requests[-1].messages[-1].content
    assert "Four." in prompt
    assert "It may be" not in prompt
