"""A turn from a stranger's recording: what grows with its events has an end."""

from collections.abc import Callable

import pytest

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    Priced,
    ReasoningDelta,
    RequestSent,
    StreamEnded,
    StreamQueued,
    TextDelta,
    TurnEvent,
)
from moa_tui.roster.model import Price
from moa_tui.state import TurnState, fold
from moa_tui.state.reducer import MOST_NOTICES, MOST_PRICES
from moa_tui.state.spans import MOST_SPANS
from tests.test_state import PLANNED, STARTED

MANY = 5 * MOST_SPANS
KINDS: dict[str, tuple[Callable[[int], TurnEvent], ...]] = {
    "notices": (lambda i: Noticed(2.0, f"notice {i}"),),
    "prices": (lambda i: Priced(2.0, "acme", f"m{i}", Price(1.0, 1.0)),),
    "queued": (lambda i: RequestSent(2.0, "s1", i), lambda i: StreamQueued(2.0, "s1", 1.0)),
    "thinking": (lambda i: TextDelta(2.0, "s1", "a"), lambda i: ReasoningDelta(2.0, "s1", "b")),
    "ended": (
        lambda i: StreamEnded(2.0, "s1", Outcome.COMPLETE),
        lambda i: TextDelta(2.0, "s1", "a"),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_each_event_copies_does_not_grow_without_end(kind: str) -> None:
    makers = KINDS[kind]
    events = [makers[i % len(makers)](i) for i in range(MANY)]
    state = fold(TurnState(), [STARTED, PLANNED, *events])
    assert len(state.notices) <= MOST_NOTICES
    assert len(state.prices) <= MOST_PRICES
    assert len(state.streams["s1"].course.done) <= MOST_SPANS
    written = sum(isinstance(event, TextDelta) for event in events)
    assert str(state.streams["s1"].text) == "a" * written


def test_what_a_turn_of_ours_has_is_all_kept() -> None:
    state = fold(TurnState(), [STARTED, PLANNED, *(KINDS["notices"][0](i) for i in range(900))])
    assert len(state.notices) == 900
