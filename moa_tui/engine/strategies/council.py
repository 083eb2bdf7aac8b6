"""A council: everybody answers, everybody ranks the others' answers unseen, the chair concludes.

The three stages of karpathy/llm-council; the ranks are counted by Borda, without votes for oneself.
"""

import itertools
from collections.abc import Mapping, Sequence

from moa_tui.engine.asking import Messages, Place
from moa_tui.engine.events import AnswersRanked, Role
from moa_tui.engine.prompts import Reference
from moa_tui.engine.ranking.ballots import Ballot, ballot_for, ranking_messages, ranking_schema
from moa_tui.engine.ranking.borda import Ranking, borda
from moa_tui.engine.turn import Turn
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent


async def council(turn: Turn) -> Answer | None:
    """Return the chair's answer; a member's own where only one gave any; else None."""
    answers = await turn.propose(turn.lineup.layers[0], layer=1)
    usable = [answer for answer in answers if answer.usable]
    if not usable:
        turn.fail(answers)
        return None
    if len(usable) == 1 < len(answers):
        return turn.best_of(answers, f"only {usable[0].label} answered")
    ranking = await _rank(turn, usable)
    references = turn.references(answers)
    standing = _standing(ranking, references)
    return await turn.aggregate(answers, references, layer=3, ranking=standing)


async def _rank(turn: Turn, answers: Sequence[Answer]) -> Ranking:
    """Have every agent that answered rank what the others wrote."""
    ballots: dict[str, Ballot] = {}
    members: dict[str, Agent] = {}
    for answer in answers:
        others = [other.stream for other in answers if other.agent.name != answer.agent.name]
        if len(others) > 1:
            members[answer.agent.name] = answer.agent
            ballots[answer.agent.name] = ballot_for(answer.agent.name, others, turn.plan.seed)
    if not ballots:
        return Ranking()
    places = [_place(turn, member, ballots[name], answers) for name, member in members.items()]
    said = await turn.ask_all(places)
    filled = {
        name: ballots[name].read(answer.text) if answer.usable else []
        for name, answer in zip(ballots, said, strict=True)
    }
    spoilt = [name for name, ballot in filled.items() if len(ballot) < 2]
    if spoilt:
        turn.notice(f"no ranking came from {', '.join(spoilt)}")
    ranking = borda([answer.stream for answer in answers], filled)
    turn.emit(AnswersRanked(turn.clock(), ranking))
    return ranking


def _place(turn: Turn, member: Agent, ballot: Ballot, answers: Sequence[Answer]) -> Place:
    texts: Mapping[str, str] = {
        reference.agent: reference.marked
        for reference in turn.fitted(
            member, [Reference(a.stream, a.text, outcome=a.outcome) for a in answers]
        )
    }
    plan = turn.plan

    def messages_for(agent: Agent) -> Messages:
        return ranking_messages(agent, plan.asked, ballot, texts, plan.conversation)

    return Place(member, messages_for, Role.REVIEWER, 2, schema=ranking_schema(ballot))


def _standing(ranking: Ranking, references: Sequence[Reference]) -> str:
    """Say the ranking by what the references are called in the chair's prompt."""
    called = {
        reference.stream: reference.called(number)
        for number, reference in enumerate(references, start=1)
    }
    ranked = [one for one in ranking.standings if one.most and one.stream in called]
    if not ranking.voters or not ranked:
        return ""
    said = {
        one.stream: f"{_lower(called[one.stream])} ({one.points} of {one.most} points)"
        for one in ranked
    }
    if len({one.share for one in ranked}) == 1:
        return f"It puts no answer before another: {', '.join(said.values())}"
    words = said[ranked[0].stream]
    for before, one in itertools.pairwise(ranked):
        words += f"{', level with' if one.share == before.share else ','} {said[one.stream]}"
    return f"Best first: {words}"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
