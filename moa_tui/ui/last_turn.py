"""The turn that ran last: what it was run from, and the syntheses of its question."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from moa_tui.engine.events import TurnEvent
from moa_tui.engine.prompts import AGGREGATE, JUDGE
from moa_tui.engine.resynthesis import further_synthesis
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Agent
from moa_tui.state import TurnState

_USABLE = frozenset({"complete", "truncated"})


class LastTurn:
    """Keeps what a further synthesis is made from; `syntheses` are all of one question."""

    def __init__(self) -> None:
        self.plan: TurnPlan | None = None
        self.syntheses: list[TurnState] = []
        self._asked_by: str | None = None

    def begin(self, plan: TurnPlan) -> None:
        """A turn begins: another question, or a further synthesis of this one."""
        if not plan.further_of:
            self.syntheses.clear()
        self.plan = plan
        asked_by = plan.lineup.prompts.aggregator
        if asked_by != JUDGE:
            self._asked_by = asked_by

    def end(self, state: TurnState) -> None:
        """The turn is over."""
        if state.answer:
            self.syntheses.append(state)

    @property
    def template(self) -> str | None:
        """What the aggregator was asked for an answer by; None where that cannot be edited.

        Judging in between is no answer: what it was asked by before is offered again.
        """
        if self.plan is None or self.plan.lineup.strategy == "route":
            return None
        return self._asked_by or AGGREGATE

    def reason_against_another(self, state: TurnState, *, running: bool, again: str = "") -> str:
        """Say why there can be no further synthesis now; empty where there can."""
        if running:
            return "a turn is running: Esc stops it"
        if self.plan is None:
            return "nothing has been asked yet"
        usable = [s for s in state.proposers if s.text.length and s.outcome in _USABLE]
        one = state.strategy == "single" or (state.plan is not None and state.plan.simple)
        if not again and (one or len(usable) < 2):
            return "there are no two answers to put together"
        return ""

    def further(
        self,
        told: Sequence[TurnEvent],
        turn: str,
        aggregator: Agent | None,
        template: str | None,
        again: str,
        numbers: Mapping[str, int],
    ) -> TurnPlan:
        """Return the plan of a further synthesis called `turn`, from what this turn has `told`.

        `numbers` are those of the streams' panes: a judge calls the answers by them.
        """
        assert self.plan
        plan = further_synthesis(
            self.plan, told, turn, aggregator=aggregator, template=template, again=again
        )
        judged = plan.lineup.prompts.aggregator == JUDGE
        return replace(plan, numbers=dict(numbers) if judged else {})
