"""Recordings: what is written can be played, what is read is clean, anything else is refused."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui import redaction
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    PlanMade,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
    VotesCounted,
)
from moa_tui.engine.planning.plan import Part, Plan
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.engine.voting.tally import Count, Tally
from moa_tui.errors import RecordingError
from moa_tui.state import TurnState, fold
from moa_tui.text import clean, clean_line
from moa_tui.transcript.deletion import delete_turns
from moa_tui.transcript.event_json import encode_events
from moa_tui.transcript.history import HistoryWriter, dismiss, interrupted_turns
from moa_tui.transcript.joining import DeltaJoiner
from moa_tui.transcript.kept_events import kept_events
from moa_tui.transcript.record import record_of
from moa_tui.transcript.recording import header_of, parse_recording, read_recording, recorded
from moa_tui.transcript.recording.reading import MAX_BYTES
from tests.transcript.test_interrupted import interrupt
from tests.transcript.test_record import EVENTS

NAME = "turn.jsonl"
PART = Part("1", "look", "Ada", "she can")
TURN: list[TurnEvent] = [
    replace(event, plan=Plan((PART,)))
    if isinstance(event, PlanMade)
    else replace(event, tally=Tally((Count("42", ("s1",)),)))
    if isinstance(event, VotesCounted)
    else event
    for event in EVENTS
]
"""Events of every kind that there is, as the engine would tell them."""

START: dict[str, Any] = {
    "event": "TurnStarted",
    "at": 0,
    "turn": "t1",
    "question": "Why?",
    "strategy": "mixture",
    "started_at": 1.7e9,
}
PLAN: dict[str, Any] = {
    "event": "StreamPlanned",
    "at": 0.1,
    "stream": "s1",
    "agent": "ada",
    "role": "proposer",
    "layer": 1,
    "model": "m",
    "provider": "p",
    "messages": [],
}
DELTA: dict[str, Any] = {"event": "TextDelta", "at": 0.2, "stream": "s1", "text": "x"}
END: dict[str, Any] = {"event": "TurnEnded", "at": 1, "outcome": "complete", "answer": "x"}


def source(*events: object, header: object = None) -> bytes:
    """Return a file of a header and `events`, which are data or lines as they are."""
    first = {"recording": "moa-tui turn", "format": 1} if header is None else header
    lines = [e if isinstance(e, str) else json.dumps(e) for e in (first, *events)]
    return "\n".join(lines).encode() + b"\n"


def written(events: Iterable[TurnEvent]) -> bytes:
    return "".join(recorded(events)).encode()


def test_what_is_written_is_read_as_it_was() -> None:
    recording = parse_recording(written(TURN), NAME)
    assert record_of(fold(TurnState(), recording.events)) == record_of(fold(TurnState(), TURN))
    assert [event.at for event in recording.events] == [round(e.at, 4) for e in TURN]
    assert recording.header == header_of(TURN)
    assert recording.seconds == TURN[-1].at


def test_the_header_says_of_when_it_is_and_who_was_asked() -> None:
    events: list[TurnEvent] = [
        TurnStarted(0.0, "t", "Why\nso?", "mixture", 1.7e9, 0, (("ada", "bob"),), "zoe"),
        StreamPlanned(0.1, "s1", "ada", Role.PROPOSER, 1, "small", "cerebras", ()),
        TurnEnded(2.5, TurnOutcome.STOPPED, ""),
    ]
    header = json.loads(next(iter(recorded(events))))
    assert header["recording"] == "moa-tui turn"
    assert header["recorded_at"].startswith("2023-11-14T22:13:20")
    assert (header["title"], header["seconds"]) == ("Why so?", 2.5)
    assert (header["models"], header["providers"]) == (["small"], ["cerebras"])
    assert header["layers"] == [
        [
            {"agent": "ada", "model": "small", "provider": "cerebras"},
            {"agent": "bob", "model": "", "provider": ""},
        ]
    ]


def test_no_address_and_no_key_is_written() -> None:
    redaction.hold("secret-of-mine-4711")
    said = "box.intern.example:8443: no; see https://ada:pw@box.intern.example/v1 or 10.1.2.3:80"
    failure = Failure(FailureKind.SERVER, said, "secret-of-mine-4711, see docs/agents.md")
    events: list[TurnEvent] = [
        TurnStarted(0.0, "t", "Why?", "mixture", 1.7e9),
        StreamPlanned(0.1, "s1", "ada", Role.PROPOSER, 1, "m", "mine", ()),
        RetryScheduled(0.2, "s1", 1, 1.0, failure),
        Noticed(0.3, "localhost:8080 does not answer; llama.cpp: --ctx-size"),
        StreamEnded(0.4, "s1", Outcome.FAILED, failure=failure),
        TurnEnded(0.5, TurnOutcome.FAILED, "", None, failure),
    ]
    text = written(events).decode()
    for private in ("intern", "10.1.2.3", "localhost", "8443", "pw", "4711"):
        assert private not in text
    assert "mine: no; see mine or mine" in text
    assert "docs/agents.md" in text
    assert "llama.cpp: --ctx-size" in text  # a name, although it looks like a host's


def test_a_turn_of_the_history_can_be_played(history: Path) -> None:
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin()
    for event in TURN:
        log.record(event)
    writer.close()
    recording = parse_recording(written(kept_events(history, "t1")), NAME)
    assert record_of(fold(TurnState(), recording.events)) == record_of(fold(TurnState(), TURN))
    assert kept_events(history, "nobody") == ()


def test_what_is_deleted_is_gone_with_its_times(history: Path) -> None:
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin()
    for event in TURN:
        log.record(event)
    writer.close()
    assert b"cause." in b"".join(path.read_bytes() for path in history.parent.glob("history.db*"))
    delete_turns(history, ["t1"])
    assert kept_events(history, "t1") == ()
    for path in history.parent.glob("history.db*"):
        assert b"cause." not in path.read_bytes()


def test_an_interrupted_turn_can_be_played_once_it_was_dismissed(history: Path) -> None:
    interrupt(history)
    (turn,) = interrupted_turns(history)
    assert dismiss(history, turn.turn)
    assert kept_events(history, turn.turn) == turn.events
    assert parse_recording(written(turn.events), NAME).header.title == "Why?"


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["s1", "s2"]), st.floats(0, 1)), max_size=30))
def test_joined_deltas_are_put_in_the_order_of_their_times(
    deltas: list[tuple[str, float]],
) -> None:
    begun: list[TurnEvent] = [TURN[0]]
    begun += [StreamPlanned(0.0, s, s, Role.PROPOSER, 1, "m", "p", ()) for s in ("s1", "s2")]
    times = sorted(at for _, at in deltas)
    told = [
        TextDelta(at, s, f"{i} ") for i, ((s, _), at) in enumerate(zip(deltas, times, strict=True))
    ]
    joined = DeltaJoiner().join([*begun, *told])
    state = fold(TurnState(), parse_recording(written(joined), NAME).events)
    expected = fold(TurnState(), [*begun, *told])
    assert {n: str(s.text) for n, s in state.streams.items()} == {
        n: str(s.text) for n, s in expected.streams.items()
    }


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (b"", ":1: this is no recording: not a line of JSON"),
        (b"\xff\n", ":1: this is no recording: not in UTF-8"),
        (b"[]\n", ":1: this is no recording: not a JSON object"),
        (source(header={}), ":1: this is no recording: Object missing required field"),
        (source(header={"recording": "film", "format": 1}), ":1: this is no recording of a turn"),
        (source(header={"recording": "moa-tui turn", "format": 9}), "update moa-tui"),
        (source(), ":1: there is nothing after this line"),
        (source(START, "{"), ":3: not a line of JSON"),
        (source(START, '{"a": NaN}'), ":3: not a line of JSON"),
        (source(START, '{"a": %s}' % ("9" * 5000)), ":3: not a line of JSON"),
        (source(START, "[" * 100_000), ":3: not a line of JSON"),
        (source(START, {**PLAN, "layer": 2**60}), ":3: a number in it is too large"),
        (source(START, {**PLAN, "layer": 10**400}), ":3: a number in it is too large"),
        (source(START, {"at": 1}), ":3: there is no event 'None'"),
        (source(START, {**DELTA, "event": "Surprise"}), ":3: there is no event 'Surprise'"),
        (source(START, {**PLAN, "role": "king"}), ":3: StreamPlanned: Invalid enum value 'king'"),
        (
            source(START, {**END, "answered_at": 5}),
            ":3: its answer was there at no time of the turn",
        ),
        (source({**START, "at": -1}), ":2: its time, -1 s, is out of bounds"),
        (source({**START, "at": 1}, PLAN), ":3: its time, 0.1 s, is before the event above it"),
        (source(START, {**PLAN, "at": 1e6}), ":3: its time, 1e+06 s, is out of bounds"),
        (source({**START, "started_at": 1e14}), ":2: it began at no time that there is"),
        (source(PLAN), ":2: the turn has not begun"),
        (source(START, START), ":3: the turn begins a second time"),
        (source(START, END, PLAN), ":4: its time"),
        (source(START, END, {**PLAN, "at": 1}), ":4: the turn has ended already"),
        (source(START, DELTA), ":3: the stream 's1' was never planned"),
        (source(START, PLAN, PLAN), ":4: the stream 's1' is planned a second time"),
        (source(START, {**PLAN, "instead_of": "s1"}), ":3: the stream 's1' was never planned"),
        (source(START, {**END, "answered_by": "s9"}), ":3: the stream 's9' was never planned"),
        (
            source(START, {"event": "VotesCounted", "at": 1, "tally": {"without": ["s7"]}}),
            ":3: the stream 's7' was never planned",
        ),
        (
            source(START, {"event": "PlanMade", "at": 1, "plan": {"parts": []}}),
            ":3: a plan has 1 to 8 parts",
        ),
        (
            source(
                START,
                {
                    "event": "PlanMade",
                    "at": 1,
                    "plan": {"parts": [{"name": "1", "task": "", "agent": "a", "needs": ["1"]}]},
                },
            ),
            ":3: part 1 of the plan is out of order",
        ),
        (b"x" * (MAX_BYTES + 1), " is larger than 32 MB"),
    ],
)  # fmt: skip
def test_what_cannot_be_played_is_refused_with_its_place(file: bytes, said: str) -> None:
    with pytest.raises(RecordingError) as caught:
        parse_recording(file, NAME)
    assert caught.value.message.startswith(NAME + said) or said in str(caught.value)
    assert caught.value.advice


def test_texts_are_cleaned_at_the_door() -> None:
    hostile = "a\x1b]52;c;x\x07\u202eb\nc"
    stream = {**PLAN, "agent": hostile, "model": hostile, "color": "url(x)"}
    delta = {**DELTA, "text": "one\x1b[2J"}
    notice = {"event": "Noticed", "at": 1, "text": hostile}
    end = {**END, "answer": hostile, "failure": {"kind": "cut", "message": hostile}}
    file = source({**START, "question": hostile}, stream, delta, notice, end)
    recording = parse_recording(file, NAME)
    state = fold(TurnState(), recording.events)
    assert state.question == state.answer == clean(hostile)
    assert state.streams["s1"].agent == state.streams["s1"].model == clean_line(hostile)
    assert state.streams["s1"].color is None
    assert str(state.streams["s1"].text) == "one[2J"
    assert not {"\x1b", "\x07", "\u202e"} & set(state.question)
    assert state.failure is not None
    assert state.failure.message == clean_line(hostile)


def test_half_a_character_in_one_delta_is_whole_with_the_next() -> None:
    halves = [{**DELTA, "text": "\ud83d"}, {**DELTA, "text": "\ude00"}]
    recording = parse_recording(source(START, PLAN, *halves), NAME)
    assert str(fold(TurnState(), recording.events).streams["s1"].text) == "😀"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)
KINDS = st.sampled_from(json.loads(encode_events(TURN)))


@st.composite
def bent_events(draw: st.DrawFn) -> dict[str, Any]:
    """Draw an event as it should be, but for a field or two."""
    event = dict(draw(KINDS))
    for key in draw(st.lists(st.sampled_from(sorted(event)), max_size=2)):
        event[key] = draw(JSON)
    return event


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=200) | st.lists(bent_events(), max_size=8).map(lambda e: source(START, *e))
)
def test_any_bytes_are_a_turn_or_an_error(file: bytes) -> None:
    try:
        recording = parse_recording(file, NAME)
    except RecordingError as error:
        told = error
    else:
        state = fold(TurnState(), recording.events)
        assert record_of(replace(state, seconds=recording.seconds)).as_json()
        return
    assert told.message.startswith(NAME)
    assert told.advice
    assert "\n" not in str(told)


@pytest.mark.parametrize("what", ["nothing", "folder"])
def test_what_is_no_file_is_told(tmp_path: Path, what: str) -> None:
    path = tmp_path if what == "folder" else tmp_path / "nothing"
    with pytest.raises(RecordingError, match=r"not a file|cannot be read: No such file"):
        read_recording(path)
