"""Mixture-of-Agents (Wang et al., arXiv 2406.04692): layers of proposers, then an aggregator.

Each layer's proposers see the question and, from the second layer on, the answers of the layer
before; the aggregator writes the final answer from those of the last one. An agent with several
samples makes it Self-MoA (Li et al., arXiv 2502.00674).
"""

from moa_tui.engine.prompts import Reference
from moa_tui.engine.turn import Turn
from moa_tui.engine.verdict import Answer


async def mixture(turn: Turn) -> Answer | None:
    """Return the aggregator's answer; a proposer's own where there is no synthesis; else None."""
    references: list[Reference] = []
    answers: list[Answer] = []
    last = len(turn.lineup.layers)
    for layer, proposers in enumerate(turn.lineup.layers, start=1):
        answers = await turn.propose(proposers, layer, references)
        usable = [answer for answer in answers if answer.usable]
        if not usable:
            turn.fail(answers)
            return None
        if layer == last and len(usable) == 1 < len(answers):
            return turn.best_of(answers, f"only {usable[0].label} answered")
        if len(usable) < min(turn.lineup.quorum, len(answers)):
            few = f"{len(usable)} of {len(answers)} answered, fewer than the quorum"
            return turn.best_of(answers, few)
        references = turn.references(answers)
    return await turn.aggregate(answers, references, layer=last + 1)
