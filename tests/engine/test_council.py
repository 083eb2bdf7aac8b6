"""The council: answers, ranks of the others' answers, the chair."""

import json
import re
from collections.abc import Sequence

from moa_tui.engine.events import (
    AnswersRanked,
    Noticed,
    Role,
    StreamPlanned,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.ranking.ballots import ballot_for
from tests.engine.scripted import ScriptedProvider, error, pieces, plan, run


async def test_answers_are_ranked_by_the_others_and_the_chair_knows(
    provider: ScriptedProvider,
) -> None:
    for name in "abc":
        provider.script(name, pieces(f"text of {name}"), pieces('{"ranking": ["A", "B"]}'))
    provider.script("judge", pieces("The conclusion."))
    ended, events = await run(provider, plan("abc", strategy="council"))
    assert (ended.answer, ended.outcome) == ("The conclusion.", TurnOutcome.COMPLETE)
    planned = [e for e in events if isinstance(e, StreamPlanned)]
    assert [(e.role, e.layer) for e in planned] == [
        *[(Role.PROPOSER, 1)] * 3,
        *[(Role.REVIEWER, 2)] * 3,
        (Role.AGGREGATOR, 3),
    ]
    for name, review in zip("abc", planned[3:6], strict=True):
        prompt = review.messages[-1].content
        assert re.findall(r"text of (\w)", prompt) != []
        assert f"text of {name}" not in prompt, "nobody ranks their own answer"
        assert "Agent-" not in prompt
    (ranked,) = [e.ranking for e in events if isinstance(e, AnswersRanked)]
    assert (ranked.voters, sum(s.points for s in ranked.standings)) == (3, 3)
    chair = planned[-1].messages[-1].content
    assert re.search(r"Best first: answer \d \(\d of \d points\), answer \d", chair)
    best = {"s1": "a", "s2": "b", "s3": "c"}[ranked.standings[0].stream]
    number = re.search(r"Best first: answer (\d)", chair)
    assert number
    assert f"Answer {number[1]}:\ntext of {best}" in chair


async def test_a_spoilt_ballot_is_said_and_the_rest_counts(provider: ScriptedProvider) -> None:
    for name in "abc":
        ballot = "I cannot decide." if name == "b" else '{"ranking": ["A", "B"]}'
        provider.script(name, pieces(f"text of {name}"), pieces(ballot))
    ended, events = await run(provider, plan("abc", strategy="council"))
    assert ended.answer
    (ranked,) = [e.ranking for e in events if isinstance(e, AnswersRanked)]
    assert ranked.voters == 2
    assert "no ranking came from Agent-b" in [e.text for e in events if isinstance(e, Noticed)]


async def test_a_reviewer_that_fails_does_not_end_it(provider: ScriptedProvider) -> None:
    for name in "abc":
        provider.script(name, pieces(f"text of {name}"), [error()])
    ended, events = await run(provider, plan("abc", strategy="council"))
    assert (ended.answer, ended.outcome) == ("<judge> has spoken.", TurnOutcome.DEGRADED)
    chair = [e for e in events if isinstance(e, StreamPlanned)][-1]
    assert "Best first" not in chair.messages[-1].content


async def test_two_members_have_nothing_to_rank(provider: ScriptedProvider) -> None:
    ended, _ = await run(provider, plan("ab", strategy="council"))
    assert ended.answer == "<judge> has spoken."
    assert [r.model for r in provider.requests] == ["a", "b", "judge"]


async def test_a_lone_survivor_speaks_for_itself(provider: ScriptedProvider) -> None:
    provider.script("a", [error()])
    ended, _ = await run(provider, plan("ab", strategy="council"))
    assert (ended.answer, ended.outcome) == ("<b> has spoken.", TurnOutcome.DEGRADED)


def chair_of(events: Sequence[TurnEvent]) -> str:
    return [e for e in events if isinstance(e, StreamPlanned)][-1].messages[-1].content


async def test_the_same_text_twice_has_two_numbers(provider: ScriptedProvider) -> None:
    texts = {"a": "the same", "b": "the same", "c": "another", "d": "a fourth"}
    for name, text in texts.items():
        provider.script(name, pieces(text), pieces('{"ranking": ["A", "B", "C"]}'))
    _, events = await run(provider, plan("abcd", strategy="council"))
    chair = chair_of(events)
    said = re.findall(r"answer (\d) \((\d) of 6 points\)", chair)
    assert sorted(number for number, _ in said) == ["1", "2", "3", "4"]
    (ranked,) = [e.ranking for e in events if isinstance(e, AnswersRanked)]
    names = {"s1": "a", "s2": "b", "s3": "c", "s4": "d"}
    for one, (number, points) in zip(ranked.standings, said, strict=True):
        assert one.points == int(points)
        assert f"Answer {number}:\n{texts[names[one.stream]]}\n" in chair


async def test_answers_that_are_level_are_put_in_no_order(provider: ScriptedProvider) -> None:
    asked = plan("abc", strategy="council")
    # Each puts the one after itself in front: a circle, in which nobody is before another.
    for name, after, others in (("a", "s2", "23"), ("b", "s3", "13"), ("c", "s1", "12")):
        letters = ballot_for(f"Agent-{name}", [f"s{n}" for n in others], asked.seed).letters
        order = [
            *(n for n in letters if letters[n] == after),
            *(n for n in letters if letters[n] != after),
        ]
        ballot = json.dumps({"ranking": order})
        provider.script(name, pieces(f"text of {name}"), pieces(ballot))
    _, events = await run(provider, asked)
    (ranked,) = [e.ranking for e in events if isinstance(e, AnswersRanked)]
    assert {one.points for one in ranked.standings} == {1}
    assert "It puts no answer before another: answer" in chair_of(events)
    assert "Best first" not in chair_of(events)
