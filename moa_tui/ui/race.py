"""How a race came out: the answer of all against the one agent that ran alone. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from moa_tui.engine.cost import dollars
from moa_tui.engine.events import Role
from moa_tui.state import StreamState, TurnState, what_became
from moa_tui.ui import figures

_GAVE = frozenset({"complete", "truncated"})


@dataclass(frozen=True, slots=True)
class Race:
    """The result in a line, and in a shorter one."""

    words: str
    shorter: str


def race(state: TurnState) -> Race | None:
    """Return how the race of a turn came out; None while it runs, or where there is none."""
    alone = state.baseline
    if alone is None or alone.outcome is None or state.outcome is None:
        return None
    rival = f"{alone.label} alone"
    mixed, single = state.answer_seconds, state.baseline_seconds or 0.0
    if alone.outcome not in _GAVE:
        words = f"no race: {rival} {what_became(alone)}"
        return Race(words, words)
    if mixed is None:
        words = f"only {rival} has an answer ({figures.seconds(single)})"
        return Race(words, words)
    others = [s for s in state.streams.values() if s.role is not Role.BASELINE]
    ours = f"{state.strategy} {figures.seconds(mixed)}, {_price(others)}"
    theirs = f"{rival} {figures.seconds(single)}, {_price([alone])}"
    first, other = (state.strategy, rival) if mixed <= single else (rival, state.strategy)
    factor = max(mixed, single) / max(0.001, min(mixed, single))
    result = "a dead heat" if factor < 1.05 else f"{first} first, {factor:.1f}× faster"
    both = [ours, theirs] if mixed <= single else [theirs, ours]
    shorter = result if factor < 1.05 else f"{first} {factor:.1f}× faster than {other}"
    return Race(f"{result}: {' · '.join(both)}", shorter)


def _price(streams: Sequence[StreamState]) -> str:
    """Say what `streams` took: tokens, and dollars where they are known."""
    costs = [stream.cost for stream in streams]
    known = None if None in costs else sum(cost for cost in costs if cost is not None)
    return f"{sum(stream.tokens for stream in streams):,} tok, cost {dollars(known)}"
