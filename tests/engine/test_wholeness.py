"""An answer that is not whole says so wherever it goes: to the next agent, question, or reader."""

import asyncio

import pytest

from moa_tui.engine.events import Outcome, TurnEnded, TurnOutcome
from moa_tui.engine.prompts import Exchange, Reference, aggregating_messages, question_messages
from moa_tui.engine.provider import Batch
from moa_tui.engine.wholeness import marked, not_whole, outcome_in, outcome_of, remark
from moa_tui.roster.model import Agent
from tests.engine.scripted import ScriptedProvider, Step, agent, error, pieces, plan, run

CUT: dict[Outcome, list[Step]] = {
    Outcome.TRUNCATED: pieces("half of ", "it", finish="length"),
    Outcome.FILTERED: pieces("half of ", "it", finish="content_filter"),
    Outcome.PARTIAL: [Batch(text="half of it"), error()],
}
ASKED = Agent(name="ada", model="m", provider="p", system_prompt="Be brief.")


@pytest.mark.parametrize("outcome", [*Outcome, "", "an outcome of a later version", None])
def test_only_a_complete_answer_is_whole(outcome: Outcome | str | None) -> None:
    assert bool(not_whole(outcome)) is (outcome != "complete")
    assert bool(remark(outcome)) is bool(not_whole(outcome))
    assert (marked("text", outcome) == "text") is (outcome == "complete")
    assert marked("text", outcome).startswith("text")


@pytest.mark.parametrize("outcome", CUT)
async def test_the_end_of_a_turn_says_how_the_aggregators_answer_ended(
    provider: ScriptedProvider, outcome: Outcome
) -> None:
    provider.script("judge", CUT[outcome])
    ended, _ = await run(provider, plan("ab"))
    assert (ended.answer, ended.answer_outcome) == ("half of it", outcome)
    assert ended.outcome is TurnOutcome.DEGRADED


@pytest.mark.parametrize("outcome", CUT)
async def test_so_it_does_of_the_one_agent_that_answers(
    provider: ScriptedProvider, outcome: Outcome
) -> None:
    provider.script("a", CUT[outcome])
    ended, _ = await run(provider, plan("a", strategy="single"))
    assert (ended.answer, ended.answer_outcome) == ("half of it", outcome)
    assert ended.outcome is TurnOutcome.DEGRADED


async def test_a_stand_ins_whole_answer_is_whole(provider: ScriptedProvider) -> None:
    provider.script("judge", CUT[Outcome.PARTIAL])
    writer, second = agent("judge", fallback=("Agent-c",)), agent("c")
    ended, _ = await run(provider, plan("ab", aggregator=writer, reserves=[second]))
    assert (ended.answer, ended.answer_outcome) == ("<c> has spoken.", Outcome.COMPLETE)
    assert ended.answered_at is not None
    assert ended.answered_at <= ended.at


@pytest.mark.parametrize("strategy", ["mixture", "council"])
async def test_whoever_reads_a_truncated_answer_is_told(
    provider: ScriptedProvider, strategy: str
) -> None:
    provider.script("a", CUT[Outcome.TRUNCATED])
    await run(provider, plan("abc", strategy=strategy))
    readers = [text for model in "bc" for text in provider.prompts_for(model)[1:]]
    for text in [*readers, *provider.prompts_for("judge")]:
        assert "half of it\n\n[This answer is not whole: cut off at the token limit.]" in text


async def test_text_of_a_broken_stream_is_given_to_nobody(provider: ScriptedProvider) -> None:
    provider.script("a", CUT[Outcome.PARTIAL])
    await run(provider, plan("abc"))
    assert "half of it" not in provider.prompts_for("judge")[0]


@pytest.mark.parametrize("outcome", Outcome)
def test_the_next_question_carries_a_cut_answer_with_a_mark(outcome: Outcome) -> None:
    past = (Exchange("Who?", "Half of", outcome),)
    for messages in (
        question_messages(ASKED, "Why?", past),
        aggregating_messages(ASKED, "Why?", (Reference("b", "text"),), past),
    ):
        said = next(m.content for m in messages if m.role == "assistant")
        assert said == marked("Half of", outcome)


def test_events_of_earlier_versions_leave_it_to_the_stream() -> None:
    degraded = TurnEnded(1.0, TurnOutcome.DEGRADED, "text", "s1")
    assert outcome_of(degraded, Outcome.TRUNCATED) is Outcome.TRUNCATED
    assert outcome_of(degraded, None) is None
    assert outcome_of(TurnEnded(1.0, TurnOutcome.COMPLETE, "text"), None) is Outcome.COMPLETE
    assert outcome_of(TurnEnded(1.0, TurnOutcome.FAILED, ""), Outcome.COMPLETE) is None


def test_so_do_their_records() -> None:
    streams = [{"id": "s1", "outcome": "complete"}, {"id": "s2", "outcome": "partial"}]
    record = {"answer": "x", "outcome": "degraded", "answered_by": "s2", "streams": streams}
    assert outcome_in(record) == "partial"
    assert outcome_in(record | {"answer_outcome": "truncated"}) == "truncated"
    assert outcome_in(record | {"outcome": "complete"}) == "complete"
    assert outcome_in(record | {"answered_by": None}) == ""
    assert outcome_in(record | {"answer": ""}) == ""


async def test_the_answer_is_there_when_the_vote_is_decided_not_when_the_winner_ended(
    provider: ScriptedProvider,
) -> None:
    gate = asyncio.Event()
    provider.script("a", pieces("Final answer: 4"))
    provider.script("b", [gate, *pieces("Final answer: 4")])
    task = asyncio.create_task(run(provider, plan("ab", strategy="vote")))
    await provider.until_asked(2)
    gate.set()
    ended, events = await task
    last = max(e.at for e in events[:-1])
    assert ended.answered_by == "s1"
    assert ended.answered_at is not None
    assert ended.answered_at >= last
