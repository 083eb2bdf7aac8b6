"""How a race came out, also where the one agent alone wins."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.cli.printing import summary
from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.provider import Usage
from moa_tui.state import Phase, StreamState, TurnState
from moa_tui.state.race import First, race
from moa_tui.transcript.page import as_page
from moa_tui.transcript.record import record_of
from moa_tui.transcript.record_reading import read_record
from moa_tui.transcript.record_state import state_of
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
    return turn(
        *streams,
        outcome=TurnOutcome.COMPLETE,
        answer="text",
        answered_by="s2",
        strategy="mixture",
        seconds=max(mixed, single),
    )


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


def test_a_kept_race_has_the_same_figures() -> None:
    record = record_of(raced(1.23456, 3.98765))
    again = state_of(read_record(json.dumps(record.as_json())))
    assert record.race
    assert record.race["first"] == "answer"
    assert record.race["factor"] == 3.2
    assert record.race["answer"] == {
        "name": "mixture",
        "seconds": 1.2346,
        "output_tokens": 200,
        "cost_usd": None,
    }
    assert record.seconds == 1.2346, "the baseline's time is its own"
    assert record_of(again).race == record.race


@given(st.floats(0.0, 1e4), st.floats(0.0, 1e4))
def test_the_factor_is_the_same_wherever_it_is_read(mixed: float, single: float) -> None:
    found = race(raced(mixed, single))
    again = race(state_of(read_record(json.dumps(record_of(raced(mixed, single)).as_json()))))
    assert found
    assert again
    assert (found.first, found.factor, found.words) == (again.first, again.factor, again.words)
    assert (found.first is First.BOTH) is (found.factor == 1.0)


@pytest.mark.parametrize("outcome", [Outcome.PARTIAL, Outcome.FILTERED])
def test_a_cut_answer_has_won_nothing(outcome: Outcome) -> None:
    found = race(replace(raced(1.0, 2.0), answer_outcome=outcome))
    assert found
    assert (found.first, found.factor) == (None, None)
    assert found.words == "only bob alone has a whole answer (2.00 s)"


def test_the_figures_beside_the_time_are_the_answers() -> None:
    state = raced(2.0, 4.0)
    assert (state.took, state.answer_tokens, state.tokens) == (2.0, 200, 300)
    told = summary(state)
    assert "200 tok" in told
    assert "2.00 s" in told


def test_no_race_without_two_at_the_finish() -> None:
    assert race(turn(ended(1, 1.0), outcome=TurnOutcome.COMPLETE)) is None
    failed = race(raced(2.0, 1.0, outcome=Outcome.STOPPED))
    assert failed
    assert failed.words == "no race: bob alone stopped"


def test_a_page_has_the_tokens_of_the_answer_beside_its_time() -> None:
    page = "".join(as_page([(record_of(raced(2.0, 4.0)).as_json(), ())]))
    assert "200 tokens" in page
    assert "300 tokens" not in page
