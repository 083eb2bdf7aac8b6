"""Events and outcomes: words that files and scripts rely on."""

from dataclasses import FrozenInstanceError, fields

import pytest

from moa_tui.engine.events import (
    Outcome,
    Role,
    StreamEvent,
    TextDelta,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.errors import MoaError


def test_the_words_of_outcomes() -> None:
    assert {str(o) for o in Outcome} == {
        "complete",
        "truncated",
        "filtered",
        "partial",
        "failed",
        "stopped",
    }
    assert {str(o) for o in TurnOutcome} == {"complete", "degraded", "failed", "stopped"}
    assert {"proposer", "aggregator"} <= {str(role) for role in Role}


@pytest.mark.parametrize("kind", TurnEvent.__args__)
def test_every_event_has_its_time_first(kind: type) -> None:
    assert fields(kind)[0].name == "at"


@pytest.mark.parametrize("kind", StreamEvent.__args__)
def test_every_event_of_a_stream_names_it_second(kind: type) -> None:
    assert fields(kind)[1].name == "stream"


def test_streams_and_turns_make_up_all_events() -> None:
    of_turns = {k.__name__ for k in set(TurnEvent.__args__) - set(StreamEvent.__args__)}
    assert of_turns == {
        *("Priced", "TurnEnded"),
        *("TurnStarted", "PlanMade", "VotesCounted", "AnswersRanked", "Noticed"),
    }


def test_events_do_not_change() -> None:
    event = TextDelta(0.0, "s1", "So")
    with pytest.raises(FrozenInstanceError):
        event.text = "Otherwise"  # type: ignore[misc]
    assert event == TextDelta(0.0, "s1", "So")


def test_kinds_of_failure_have_words_of_their_own() -> None:
    words = [str(kind) for kind in FailureKind]
    assert len(set(words)) == len(words)
    assert all(word.strip() and word == word.lower() for word in words)


@pytest.mark.parametrize("advice", ["", "ask again"])
def test_a_provider_error_says_what_its_failure_says(advice: str) -> None:
    failure = Failure(FailureKind.SERVER, "it stumbled", advice)
    error = ProviderError(failure)
    assert isinstance(error, MoaError)
    assert error.failure is failure
    assert (error.message, error.advice) == ("it stumbled", advice)
    assert str(error) == ("it stumbled — ask again" if advice else "it stumbled")
