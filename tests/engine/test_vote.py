"""The vote: who wins, when nobody is waited for, when the aggregator is asked."""

import asyncio

from moa_tui.engine.events import (
    Outcome,
    Role,
    StreamEnded,
    StreamPlanned,
    TurnOutcome,
    VotesCounted,
)
from moa_tui.engine.provider import Batch
from moa_tui.state import TurnState, fold
from moa_tui.state.participation import took_part
from tests.engine.scripted import ScriptedProvider, agent, error, pieces, plan, run


async def test_the_majority_wins_with_the_first_of_its_answers(provider: ScriptedProvider) -> None:
    provider.script("a", pieces("So 41.\nFinal answer: 41"))
    provider.script("b", pieces("6 × 7\nFinal answer: 42"))
    provider.script("c", pieces("It is $42.00$\n#### 42.0"))
    ended, events = await run(provider, plan("abc", strategy="vote"))
    assert (ended.answer, ended.outcome) == ("6 × 7\nFinal answer: 42", TurnOutcome.COMPLETE)
    assert {r.model for r in provider.requests} == set("abc")
    tally = [e.tally for e in events if isinstance(e, VotesCounted)][-1]
    assert tally.words == "2× 42 · 1× 41"
    assert "Final answer: …" in provider.requests[0].messages[-1].content


async def test_nobody_is_waited_for_who_cannot_change_it(provider: ScriptedProvider) -> None:
    never = asyncio.Event()
    for name in "abc":
        provider.script(name, pieces("Answer: 7"))
    provider.script("d", [Batch(text="Hm"), never])
    provider.script("e", [Batch(text="Hm"), never])
    ended, events = await run(provider, plan("abcde", strategy="vote"))
    assert (ended.answer, ended.outcome) == ("Answer: 7", TurnOutcome.COMPLETE)
    late = [e for e in events if isinstance(e, StreamEnded) and not e.used]
    assert [e.outcome for e in late] == [Outcome.STOPPED] * 2
    assert str(took_part(fold(TurnState(), events))) == "3 of 5 agents, 2 not needed"


async def test_on_a_tie_the_aggregator_decides(provider: ScriptedProvider) -> None:
    provider.script("a", pieces("Answer: 1"))
    provider.script("b", pieces("Answer: 2"))
    provider.script("judge", pieces("It is 2."))
    ended, events = await run(provider, plan("ab", strategy="vote"))
    assert ended.answer == "It is 2."
    roles = [e.role for e in events if isinstance(e, StreamPlanned)]
    assert roles == [Role.PROPOSER, Role.PROPOSER, Role.AGGREGATOR]


async def test_without_an_aggregator_the_first_of_the_tied_wins(provider: ScriptedProvider) -> None:
    for name, text in {
        "a": "Answer: 3",
        "b": "Answer: 2",
        "c": "Answer: 1",
        "d": "2",
        "e": "1",
    }.items():
        provider.script(name, pieces(text))
    provider.script("judge", [error()])
    ended, _ = await run(provider, plan("abcde", strategy="vote"))
    assert (ended.answer, ended.outcome) == ("Answer: 2", TurnOutcome.DEGRADED)


async def test_prose_goes_to_the_aggregator(provider: ScriptedProvider) -> None:
    long = "It depends on many things, and there is no one answer to it. " * 4
    provider.script("a", pieces(long))
    provider.script("b", pieces(long))
    provider.script("judge", pieces("It depends."))
    ended, _ = await run(provider, plan("ab", strategy="vote"))
    assert ended.answer == "It depends."


async def test_samples_vote_each(provider: ScriptedProvider) -> None:
    provider.script("a", pieces("Answer: 5"), pieces("Answer: 6"), pieces("Answer: 6"))
    ended, _ = await run(provider, plan([agent("a", samples=3)], strategy="vote"))
    assert ended.answer == "Answer: 6"


async def test_all_fail(provider: ScriptedProvider) -> None:
    provider.script("a", [error()])
    provider.script("b", [error()])
    ended, _ = await run(provider, plan("ab", strategy="vote"))
    assert (ended.outcome, ended.failure is not None) == (TurnOutcome.FAILED, True)
