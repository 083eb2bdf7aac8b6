"""One agent answers by itself: the baseline that a mixture has to beat."""

from dataclasses import replace

from moa_tui.engine.turn import Turn
from moa_tui.engine.verdict import Answer


async def single(turn: Turn) -> Answer | None:
    """Return the first agent's answer, drawn once however many samples it has."""
    first = replace(turn.lineup.layers[0][0], samples=1)
    (answer,) = await turn.propose([first], layer=1)
    if not answer.text.strip():
        turn.fail([answer])
    return answer
