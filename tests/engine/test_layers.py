"""Quorum and deadline of a layer: nobody is waited for who is not needed."""

import asyncio
from dataclasses import replace

import pytest

from moa_tui.engine.events import Noticed, Outcome, StreamEnded, TurnOutcome
from moa_tui.engine.provider import Batch, Failure, FailureKind
from moa_tui.engine.survivors import best_proposal, shared_cause
from moa_tui.engine.turn import TurnPlan
from moa_tui.engine.verdict import Answer
from moa_tui.state import TurnState, fold, participation
from tests.engine.scripted import Hang, ScriptedProvider, agent, error, pieces, plan, run, text_of


def hurried(turn_plan: TurnPlan, quorum: int, deadline: float | None) -> TurnPlan:
    lineup = replace(turn_plan.lineup, quorum=quorum, layer_deadline=deadline)
    return replace(turn_plan, lineup=lineup)


async def test_at_the_deadline_a_quorum_goes_on_without_the_stragglers(
    provider: ScriptedProvider,
) -> None:
    provider.script("c", [Batch("Only half of SECRET"), Hang()])
    proposers = [agent("a"), agent("b"), agent("c", fallback=("Agent-a",))]
    ended, events = await run(provider, hurried(plan(proposers), 2, 0.02))
    late = next(e for e in events if isinstance(e, StreamEnded) and e.stream == "s3")
    assert (late.outcome, late.used, late.failure) == (Outcome.STOPPED, False, None)
    assert text_of(events, "s3") == "Only half of SECRET"
    assert "SECRET" not in provider.prompts_for("judge")[0]
    assert "No answer came from: Agent-c" in provider.prompts_for("judge")[0]
    assert (ended.outcome, ended.answer) == (TurnOutcome.DEGRADED, "<judge> has spoken.")
    assert participation(fold(TurnState(), events)) == "2 of 3 agents · 1 not used"


async def test_without_a_quorum_the_deadline_waits_for_it(provider: ScriptedProvider) -> None:
    gate = asyncio.Event()
    provider.script("a", [error()]).script("b", [gate, *pieces("b says so.")])
    provider.script("c", [Hang()])
    asyncio.get_running_loop().call_later(0.05, gate.set)
    ended, events = await run(provider, hurried(plan("abc"), 1, 0))
    assert text_of(events, "s2") == "b says so."
    assert ended.answer == "b says so."  # one survivor: its own answer
    assert participation(fold(TurnState(), events)) == (
        "1 of 3 agents · 1 server error · 1 not used"
    )


async def test_a_deadline_of_nothing_starts_with_the_quorum(provider: ScriptedProvider) -> None:
    provider.script("b", [Hang()]).script("d", [Hang()])
    ended, _ = await run(provider, hurried(plan("abcd"), 2, 0))
    assert ended.answer == "<judge> has spoken."


@pytest.mark.parametrize(("quorum", "answer"), [(3, "<a> has spoken."), (2, "<judge> has spoken.")])
async def test_fewer_than_the_quorum_are_not_aggregated(
    provider: ScriptedProvider, quorum: int, answer: str
) -> None:
    provider.script("c", [error()])
    ended, events = await run(provider, hurried(plan("abc"), quorum, None))
    assert (ended.answer, ended.outcome) == (answer, TurnOutcome.DEGRADED)
    if quorum == 3:
        (notice,) = [e.text for e in events if isinstance(e, Noticed)]
        assert "2 of 3 answered, fewer than the quorum: this is Agent-a's answer" in notice


async def test_a_quorum_larger_than_a_layer_means_all_of_it(provider: ScriptedProvider) -> None:
    ended, _ = await run(provider, hurried(plan("ab"), 64, 30))
    assert ended.outcome is TurnOutcome.COMPLETE


def answer(name: str, text: str, outcome: Outcome = Outcome.COMPLETE) -> Answer:
    return Answer(name, agent(name), text, outcome)


def test_the_best_proposal_is_the_one_the_others_agree_with() -> None:
    answers = [
        answer("a", "It is green because of cheese"),
        answer("b", "The sky scatters blue light more than red"),
        answer("c", "Blue light scatters more than red light in the sky"),
        answer("d", "The sky scatters blue light more than red. And so", Outcome.TRUNCATED),
        answer("e", "The sky scatters blue light more than red", Outcome.PARTIAL),
    ]
    best = best_proposal(answers)
    assert best is answers[1]
    assert best_proposal(answers[3:]) is answers[3]
    assert best_proposal(answers[4:]) is None


def test_one_cause_for_all() -> None:
    def failed(kind: FailureKind, message: str) -> Answer:
        made = Failure(kind, message, "do something")
        return Answer("s", agent("a"), "", Outcome.FAILED, made)

    refused = failed(FailureKind.REFUSED, "nothing answers at h")
    limited = failed(FailureKind.RATE_LIMITED, "h: too many")
    same = shared_cause([refused, refused])
    assert same.message == "no agent gave an answer: nothing answers at h"
    assert (same.kind, same.advice) == (FailureKind.REFUSED, "do something")
    mixed = shared_cause([refused, limited, refused, answer("f", "", Outcome.FILTERED)])
    expected = "no agent gave an answer (2 refused, 1 rate limited, 1 filtered): nothing answers"
    assert mixed.message.startswith(expected)
    only = shared_cause([answer("f", "", Outcome.FILTERED)])
    assert only.message == "no agent gave an answer: filtered"
