"""Mixture-of-Agents (Wang et al., arXiv 2406.04692): layers of proposers, then an aggregator.

Each layer's proposers see the question and, from the second layer on, the answers of the layer
before; the aggregator writes the final answer from those of the last one. An agent with several
samples makes it Self-MoA (Li et al., arXiv 2502.00674).
"""

from moa_tui.engine.prompts import Reference
from moa_tui.engine.stream import Answer
from moa_tui.engine.turn import Turn


async def mixture(turn: Turn) -> Answer | None:
    """Return the aggregator's answer; a lone survivor's own; None when no proposer survived."""
    references: list[Reference] = []
    last = len(turn.lineup.layers)
    for layer, proposers in enumerate(turn.lineup.layers, start=1):
        answers = await turn.propose(proposers, layer, references)
        usable = [answer for answer in answers if answer.usable]
        if not usable:
            turn.notice("no agent gave an answer, so there is nothing to aggregate")
            return None
        if layer == last and len(usable) == 1 < len(answers):
            survivor = usable[0]
            turn.notice(f"only {survivor.label} answered: this is its answer, not a synthesis")
            return survivor
        references = turn.references(answers)
    return await turn.aggregate(references, layer=last + 1)
