"""How a race came out: the answer of all against the one agent that ran alone. Pure.

The screen, the command line, the JSON and the history all read it here, so that they tell the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from moa_tui.engine.cost import dollars
from moa_tui.engine.durations import seconds
from moa_tui.engine.events import Outcome
from moa_tui.state.model import StreamState, TurnState
from moa_tui.state.participation import what_became

_GAVE = frozenset({None, Outcome.COMPLETE, Outcome.TRUNCATED})
"""Outcomes of who has come to the finish; None: nothing is said against it."""

_SHORTEST = 0.001


class First(StrEnum):
    """Who was first."""

    ANSWER = "answer"
    BASELINE = "baseline"
    BOTH = "both"
    """No factor that rounds to more than 1.0 lies between them."""


@dataclass(frozen=True, slots=True)
class Runner:
    """One side of a race. `seconds` is None where it has not come to the finish."""

    name: str
    seconds: float | None
    output_tokens: int
    cost_usd: float | None

    @property
    def words(self) -> str:
        """The side in a few words: time, tokens, dollars."""
        took = "" if self.seconds is None else f" {seconds(self.seconds)}"
        return f"{self.name}{took}, {self.output_tokens:,} tok, cost {dollars(self.cost_usd)}"


@dataclass(frozen=True, slots=True)
class Race:
    """Who was `first`, and by what `factor`, to 0.1; None where not both came to the finish."""

    first: First | None
    factor: float | None
    answer: Runner
    baseline: Runner
    why_none: str = ""
    """Why there was no race."""

    @property
    def words(self) -> str:
        """The result in a line."""
        if self.first is None:
            return self.why_none
        both = [self.answer.words, self.baseline.words]
        if self.first is First.BASELINE:
            both.reverse()
        return f"{self._result}: {' · '.join(both)}"

    @property
    def shorter(self) -> str:
        """The result alone."""
        if self.first is None:
            return self.why_none
        if self.first is First.BOTH:
            return self._result
        winner, other = self._order
        return f"{winner.name} {self.factor:.1f}× faster than {other.name}"

    @property
    def _order(self) -> tuple[Runner, Runner]:
        if self.first is First.BASELINE:
            return self.baseline, self.answer
        return self.answer, self.baseline

    @property
    def _result(self) -> str:
        if self.first is First.BOTH:
            return "a dead heat"
        return f"{self._order[0].name} first, {self.factor:.1f}× faster"


def race(state: TurnState) -> Race | None:
    """Return how the race of a turn came out; None while it runs, or where there is none."""
    alone = state.baseline
    if alone is None or alone.outcome is None or state.outcome is None:
        return None
    mixed = state.answer_seconds if state.answer_outcome in _GAVE else None
    single = state.baseline_seconds if alone.outcome in _GAVE else None
    answer = _runner(state.strategy, mixed, state.beside_baseline)
    baseline = _runner(f"{alone.label} alone", single, [alone])
    if single is None:
        why = f"no race: {baseline.name} {what_became(alone)}"
        return Race(None, None, answer, baseline, why)
    if mixed is None:
        why = f"only {baseline.name} has a whole answer ({seconds(single)})"
        return Race(None, None, answer, baseline, why)
    # Of the figures as they are kept: a turn that is read back has the same factor.
    ours, theirs = (max(_SHORTEST, side.seconds or 0.0) for side in (answer, baseline))
    factor = round(max(ours, theirs) / min(ours, theirs), 1)
    first = First.ANSWER if ours <= theirs else First.BASELINE
    return Race(First.BOTH if factor <= 1.0 else first, factor, answer, baseline)


def _runner(name: str, took: float | None, streams: Sequence[StreamState]) -> Runner:
    costs = [stream.cost for stream in streams]
    known = None if None in costs else sum(cost for cost in costs if cost is not None)
    tokens = sum(stream.tokens for stream in streams)
    return Runner(name, None if took is None else round(took, 4), tokens, known)
