"""One agent answers by itself: the baseline that a mixture has to beat."""

from dataclasses import replace

from moa_tui.engine.stream import Answer
from moa_tui.engine.turn import Turn


async def single(turn: Turn) -> Answer | None:
    """Return the first agent's answer, drawn once however many samples it has."""
    first = replace(turn.lineup.layers[0][0], samples=1)
    return (await turn.propose([first], layer=1))[0]
