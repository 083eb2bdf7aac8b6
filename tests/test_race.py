"""How a race came out, also where the one agent alone wins."""

from typing import Any

import pytest

from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.provider import Usage
from moa_tui.state import Phase, StreamState, TurnState
from moa_tui.state.race import race
from tests.ui.states import turn, writing


def ended(number: int, at: float, **fields: Any) -> StreamState:
    default = {"phase": Phase.ENDED, "outcome": Outcome.COMPLETE, "usage": Usage(10, 100)}
    return writing(number, ended_at=at, **{**default, **fields})


def raced(mixed: float, single: float, **alone: Any) -> TurnState:
    streams = [
        ended(1, 1.0),
        ended(2, mixed, role=Role.AGGREGATOR, agent="zoe"),
        ended(3, single, role=Role.BASELINE, agent="bob", **alone),
    ]
    return turn(*streams, outcome=TurnOutcome.COMPLETE, answered_by="s2", strategy="mixture")


@pytest.mark.parametrize(
    ("mixed", "single", "words", "shorter"),
    [
        (
            2.0,
            4.0,
            (
                "mixture first, 2.0× faster: mixture 2.00 s, 200 tok, cost – · "
                "bob alone 4.00 s, 100 tok, cost –"
            ),
            "mixture 2.0× faster than bob alone",
        ),
        (
            3.0,
            2.0,
            (
                "bob alone first, 1.5× faster: bob alone 2.00 s, 100 tok, cost – · "
                "mixture 3.00 s, 200 tok, cost –"
            ),
            "bob alone 1.5× faster than mixture",
        ),
        (
            2.0,
            2.02,
            "a dead heat: mixture 2.00 s, 200 tok, cost – · bob alone 2.02 s, 100 tok, cost –",
            "a dead heat",
        ),
    ],
)
def test_who_was_first_and_what_it_took(
    mixed: float, single: float, words: str, shorter: str
) -> None:
    found = race(raced(mixed, single))
    assert found
    assert (found.words, found.shorter) == (words, shorter)


def test_no_race_without_two_at_the_finish() -> None:
    assert race(turn(ended(1, 1.0), outcome=TurnOutcome.COMPLETE)) is None
    failed = race(raced(2.0, 1.0, outcome=Outcome.STOPPED))
    assert failed
    assert failed.words == "no race: bob alone stopped"
