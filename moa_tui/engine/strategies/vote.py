"""Majority vote over exact answers (self-consistency, Wang et al., arXiv 2203.11171).

Every answer has one vote for the exact answer it comes to. Nobody is waited for once the rest
cannot change the result; the aggregator is asked only where the vote decides nothing.
"""

from collections.abc import Sequence

from moa_tui.engine import prompts
from moa_tui.engine.asking import Messages
from moa_tui.engine.events import VotesCounted
from moa_tui.engine.turn import Turn
from moa_tui.engine.verdict import Answer
from moa_tui.engine.voting.tally import Tally, count_votes, is_decided
from moa_tui.roster.model import Agent


async def vote(turn: Turn) -> Answer | None:
    """Return an answer of the majority; on a tie the aggregator's, or the first agent's of those.

    Of several answers for the same, the first agent's in the lineup's order is returned.
    """

    def exactly(agent: Agent) -> Messages:
        return prompts.exact_messages(agent, turn.plan.asked, turn.plan.conversation)

    def decided(answers: Sequence[Answer], outstanding: int) -> bool:
        _count(turn, answers)
        return is_decided(_texts(answers), outstanding)

    voters = turn.lineup.layers[0]
    answers = await turn.propose(voters, 1, messages_for=exactly, enough=decided)
    if not any(answer.usable for answer in answers):
        turn.fail(answers)
        return None
    tally = _count(turn, answers)
    turn.settled = len(tally.leaders) == 1 and not turn.plan.further_of
    if not turn.settled:
        if len(tally.leaders) != 1:
            why = "a tie" if tally.counts else "no exact answer"
            turn.notice(f"the vote: {why} — {turn.lineup.aggregator.name} decides")
        final = await turn.aggregate(answers, turn.references(answers), layer=2)
        if (final and final.agent.name == turn.lineup.aggregator.name) or not tally.counts:
            return final
    winner = tally.counts[0].streams[0]
    return next(answer for answer in answers if answer.stream == winner)


def _count(turn: Turn, answers: Sequence[Answer]) -> Tally:
    tally = count_votes(_texts(answers))
    turn.emit(VotesCounted(turn.clock(), tally))
    return tally


def _texts(answers: Sequence[Answer]) -> dict[str, str]:
    return {answer.stream: answer.text for answer in answers if answer.usable}
