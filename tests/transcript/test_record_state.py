"""A record becomes the state it was made from; a hostile one becomes nothing worse than a line."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    Priced,
    ReasoningDelta,
    RequestSent,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Failure, FailureKind, Message, ServerTiming, Usage
from moa_tui.roster.model import Price
from moa_tui.state import TurnState, fold, took_part
from moa_tui.transcript.record import record_of
from moa_tui.transcript.record_reading import DamagedRecordError, read_record
from moa_tui.transcript.record_state import state_of
from tests.transcript.kept import EMPTY

TEXTS = st.text("ab c\n#é中", max_size=12)
PIECES = st.text("ab c\n#é中", min_size=1, max_size=12)
TIMES = st.floats(0.001, 20.0)
COUNTS = st.integers(0, 5_000)


@st.composite
def streams(draw: st.DrawFn, name: str, earlier: list[str]) -> list[TurnEvent]:
    """Events of one stream, in an order that can be."""
    at = draw(TIMES)
    stand_in = draw(st.sampled_from([None, *earlier]))
    role = draw(st.sampled_from(Role))
    color = draw(st.sampled_from([None, "#00ff7f"]))
    asked = (Message("user", draw(TEXTS)),)
    sample = draw(st.integers(0, 3))
    first = StreamPlanned(at, name, "ada", role, 1, "m", "p", asked, color, sample, stand_in)
    events: list[TurnEvent] = [first]
    if draw(st.booleans()):
        events.append(RequestSent(at := at + draw(TIMES), name, draw(st.integers(1, 3))))
        for thought in draw(st.lists(st.booleans(), max_size=3)):
            at += draw(TIMES)
            text = draw(PIECES)
            events.append(ReasoningDelta(at, name, text) if thought else TextDelta(at, name, text))
    if len(events) > 1 or draw(st.booleans()):  # whoever was asked has come to something
        outcome = draw(st.sampled_from(Outcome))
        counts = [draw(COUNTS) for _ in range(3)]
        usage = draw(st.sampled_from([None, Usage(counts[0], counts[1], 0, counts[2])]))
        timing = draw(st.sampled_from([None, ServerTiming(total=1.5), ServerTiming()]))
        failure = draw(st.sampled_from([None, Failure(FailureKind.RATE_LIMITED, "a: b", "wait")]))
        used = draw(st.booleans())
        ended = StreamEnded(at + draw(TIMES), name, outcome, "stop", usage, timing, failure, used)
        events.append(ended)
    return events


@st.composite
def turns(draw: st.DrawFn) -> TurnState:
    """Any turn that has ended."""
    names = [f"s{number}" for number in range(draw(st.integers(0, 3)))]
    events: list[TurnEvent] = [TurnStarted(0.0, "t", draw(TEXTS), "mixture", 1.7e9 + draw(TIMES))]
    if draw(st.booleans()):
        events.append(Priced(0.0, "p", "m", Price(1.25, 3.5, draw(st.sampled_from([None, 0.1])))))
    for number, name in enumerate(names):
        events += draw(streams(name, names[:number]))
    events.append(Noticed(1.0, draw(TEXTS)))
    writer = draw(st.sampled_from([None, *names]))
    outcome = draw(st.sampled_from(TurnOutcome))
    events.append(TurnEnded(100.0 + draw(TIMES), outcome, draw(TEXTS), writer))
    return fold(TurnState(), events)


@pytest.mark.slow
@settings(deadline=None)
@given(turns())
def test_a_state_made_from_a_record_has_the_same_record(state: TurnState) -> None:
    record = record_of(state, "c1", "agents.yaml", "deep")
    read = read_record(json.dumps(record.as_json()))
    again = state_of(read)
    assert record_of(again, "c1", "agents.yaml", "deep") == read
    assert read.as_json() == record.as_json()
    assert took_part(again) == took_part(state)
    assert [str(s.text) for s in again.current] == [str(s.text) for s in state.current]


def test_what_early_versions_did_not_keep_is_not_missed() -> None:
    data = EMPTY.as_json() | {"streams": [STREAM]}
    for name in ("participation", "further_of", "plan", "votes", "ranking", "cost_usd"):
        del data[name]
    state = state_of(read_record(json.dumps(data)))
    assert [str(stream.text) for stream in state.streams.values()] == ["Hi"]
    assert took_part(state).head == "1 of 1 agent"


STREAM = {
    "id": "s1",
    "agent": "ada",
    "role": "proposer",
    "layer": 1,
    "sample": 0,
    "model": "m",
    "provider": "p",
    "outcome": "complete",
    "text": "Hi",
    "reasoning": "",
    "finish_reason": "stop",
    "failure": None,
    "attempts": 1,
    "prompt_tokens": 1,
    "output_tokens": 2,
    "tokens_estimated": False,
    "ttft": 0.1,
    "throughput": 3.0,
    "seconds": 1.0,
    "server_seconds": None,
    "messages": [],
}


def test_texts_are_cleaned_on_their_way_in() -> None:
    stream = STREAM | {"agent": "a\x1b[31mda", "text": "x\x1b]52;c;eA==\x07y", "model": "\u202em"}
    data = EMPTY.as_json() | {"streams": [stream], "answer": "\x9b2Jgone", "notices": ["\x07!"]}
    record = read_record(json.dumps(data))
    assert "\x1b" not in repr(record)
    assert (record.answer, record.notices) == ("2Jgone", ("!",))
    assert record.streams[0].model == "m"


@pytest.mark.parametrize(
    "text",
    [
        None,
        b"{}",
        "",
        "{}",
        "[]",
        "nonsense",
        "[" * 100_000,
        json.dumps(EMPTY.as_json() | {"seconds": float("nan")}),
        json.dumps(EMPTY.as_json() | {"seconds": 1e300}),
        json.dumps(EMPTY.as_json() | {"seconds": "long"}),
        json.dumps(EMPTY.as_json() | {"streams": [{}]}),
        json.dumps(EMPTY.as_json() | {"streams": [STREAM, STREAM]}),
    ],
)
def test_what_is_no_record_is_refused(text: object) -> None:
    with pytest.raises(DamagedRecordError):
        read_record(text)


@pytest.mark.parametrize(
    "parts",
    [
        {"answered_by": "nobody"},
        {"streams": [STREAM | {"instead_of": "s1"}]},
        {"streams": [STREAM | {"instead_of": "s2"}, STREAM | {"id": "s2", "instead_of": "s1"}]},
        {"streams": [STREAM | {"color": "no colour"}, STREAM | {"id": "s2", "role": "king"}]},
        {"plan": {"parts": [{"name": "1", "task": "", "agent": "", "needs": ["1"]}]}},
        {"plan": {"parts": "none"}, "votes": {"counts": 1}, "ranking": {"standings": [1]}},
        {"votes": {"counts": [{"answer": "1", "streams": ["nobody"]}], "without": []}},
        {"ranking": {"standings": [{"stream": "x", "points": 1, "most": 1, "ballots": 1}]}},
        {"outcome": "no outcome", "started_at": "yesterday"},
    ],
)
def test_what_cannot_be_is_left_out(parts: dict[str, Any]) -> None:
    state = state_of(read_record(json.dumps(EMPTY.as_json() | parts)))
    assert state.answered_by is None
    assert (state.plan, state.tally, state.ranking) == (None, None, None)
    assert {stream.color for stream in state.streams.values()} <= {None}
    assert state.outcome is TurnOutcome.STOPPED
    assert state.streams.keys() == {s["id"] for s in parts.get("streams", ())}
    assert str(took_part(state)).count(" of ") == bool(parts.get("streams"))
