"""A recorded turn as it was at any of its moments."""

from collections.abc import Sequence
from dataclasses import replace

from moa_tui.engine.events import TurnEvent
from moa_tui.state import TurnState, apply

_KEPT_EVERY = 256
"""Events between two states that are kept: going back folds no more than these anew."""


class Track:
    """Goes forwards and back along `events`; `state` is what `count` of them have made."""

    def __init__(self, events: Sequence[TurnEvent]) -> None:
        self.state = TurnState()
        self.count = 0
        self._events = events
        self._states = [TurnState()]
        self._times_back = 0

    @property
    def over(self) -> bool:
        """Whether this is the end."""
        return self.count == len(self._events)

    @property
    def next_at(self) -> float:
        """When the next event came; there has to be one."""
        return self._events[self.count].at

    def go_to(self, position: float) -> None:
        """Show what had come by `position`, in seconds since the turn began."""
        count = self.count
        if count and self._events[count - 1].at > position:
            while count and self._events[count - 1].at > position:
                count -= 1
            self._go_back(count)
        while self.count < len(self._events) and self._events[self.count].at <= position:
            self._apply_next()

    def _go_back(self, count: int) -> None:
        """Show the state after `count` events, as another turn's: panes only add to theirs."""
        self._times_back += 1
        kept = count // _KEPT_EVERY
        self.count, self.state = kept * _KEPT_EVERY, self._states[kept]
        while self.count < count:
            self._apply_next()
        self._name()

    def _apply_next(self) -> None:
        self.state = apply(self.state, self._events[self.count])
        self.count += 1
        if self.count % _KEPT_EVERY == 0 and self.count // _KEPT_EVERY == len(self._states):
            self._states.append(self.state)
        if self.count == 1:
            self._name()

    def _name(self) -> None:
        if self._times_back and self.state.turn:
            turn = self._events[0].turn  # type: ignore[union-attr]  # a recording begins with its turn
            self.state = replace(self.state, turn=f"{turn} {self._times_back}")
