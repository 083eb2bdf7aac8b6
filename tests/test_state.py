"""State: what each event changes, and that nothing else ever changes."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    PromptRead,
    ReasoningDelta,
    ReasoningRecognized,
    RequestSent,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.provider import Batch, Failure, FailureKind, Message, ServerTiming, Usage
from moa_tui.state import (
    Phase,
    StreamState,
    TextLog,
    TurnState,
    apply,
    fold,
    participation,
    took_part,
)
from moa_tui.state.spans import Doing
from moa_tui.transcript.joining import DeltaJoiner
from tests.engine.scripted import ScriptedProvider, Step, agent, error, pieces, plan, run

MESSAGES = (Message("user", "Why?"),)
BUSY = Failure(FailureKind.RATE_LIMITED, "too many requests", retryable=True)
STARTED = TurnStarted(0.0, "t1", "Why?", "mixture", 1.7e9, 42)
PLANNED = StreamPlanned(
    1.0, "s1", "Ada", Role.PROPOSER, 1, "m1", "acme", MESSAGES, color="#ff0000", sample=2
)
JUDGE = StreamPlanned(1.0, "s2", "Judge", Role.AGGREGATOR, 2, "m2", "acme", MESSAGES)


def stream_after(*events: TurnEvent) -> StreamState:
    """Return stream s1 after it was planned and `events` came."""
    return fold(TurnState(), [STARTED, PLANNED, *events]).streams["s1"]


def sent(at: float, attempt: int = 1) -> RequestSent:
    return RequestSent(at, "s1", attempt)


def text(at: float, piece: str) -> TextDelta:
    return TextDelta(at, "s1", piece)


def thought(at: float, piece: str) -> ReasoningDelta:
    return ReasoningDelta(at, "s1", piece)


def ended(
    at: float, outcome: Outcome = Outcome.COMPLETE, usage: Usage | None = None
) -> StreamEnded:
    return StreamEnded(at, "s1", outcome, usage=usage)


def test_before_anything_no_turn_is_running() -> None:
    state = TurnState()
    assert not state.running
    assert (state.proposers, state.aggregator, state.tokens) == ([], None, 0)
    assert state.throughput is None


def test_a_turn_that_starts_forgets_the_one_before() -> None:
    before = fold(TurnState(), [STARTED, PLANNED, Noticed(2.0, "So it goes.")])
    state = apply(before, replace(STARTED, turn="t2"))
    assert state == TurnState("t2", "Why?", "mixture", 1.7e9, 42)
    assert state.running


@pytest.mark.parametrize(
    ("events", "at", "asking"),
    [
        ([], 0.001, True),  # the turn has begun, and nobody has been asked yet
        ([], 0.5, False),
        ([PLANNED, sent(2.0)], 2.001, True),
        ([PLANNED, sent(2.0), text(2.1, "a")], 2.2, False),
        ([PLANNED, sent(2.0), text(2.1, "a"), ended(3.0)], 3.001, True),
        ([PLANNED, sent(2.0), text(2.1, "a"), ended(3.0)], 3.5, False),
        ([PLANNED, ended(3.0), TurnEnded(3.0, TurnOutcome.FAILED, "")], 3.001, False),
    ],
)
def test_requests_leave_in_an_instant(events: list[TurnEvent], at: float, asking: bool) -> None:
    assert fold(TurnState(), [STARTED, *events]).asking(at) is asking


def test_planned() -> None:
    stream = stream_after()
    assert stream == StreamState(
        id="s1",
        agent="Ada",
        role=Role.PROPOSER,
        layer=1,
        model="m1",
        provider="acme",
        messages=MESSAGES,
        color="#ff0000",
        sample=2,
        planned_at=1.0,
    )
    assert (stream.phase, stream.outcome, stream.attempt) == (Phase.WAITING, None, 0)
    assert (stream.ttft, stream.throughput, stream.tokens) == (None, None, 0)


@pytest.mark.parametrize(("sample", "label"), [(0, "Ada"), (1, "Ada 1"), (12, "Ada 12")])
def test_label(sample: int, label: str) -> None:
    assert replace(stream_after(), sample=sample).label == label


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        (sent(2.0), {"phase": Phase.WAITING, "attempt": 1, "sent_at": 2.0, "asked_at": 2.0}),
        (PromptRead(2.0, "s1", 3, 9), {"phase": Phase.READING, "prompt_read": (3, 9)}),
        (
            text(2.0, "So"),
            {"phase": Phase.WRITING, "text": TextLog().append("So"), "first_at": 2.0}
            | {"wrote_at": 2.0, "last_at": 2.0, "at_first": 2},
        ),
        (
            thought(2.0, "Hm"),
            {"phase": Phase.THINKING, "reasoning": TextLog().append("Hm"), "first_at": 2.0}
            | {"last_at": 2.0, "at_first": 2},
        ),
        (
            RetryScheduled(2.0, "s1", 1, 0.5, BUSY),
            {"phase": Phase.RETRYING, "attempt": 1, "failure": BUSY, "retry_at": 2.5}
            | {"queued_since": 2.0},
        ),
        (
            StreamEnded(
                2.0, "s1", Outcome.FAILED, "stop", Usage(1, 2), ServerTiming(total=0.5), BUSY
            ),
            {
                "phase": Phase.ENDED,
                "outcome": Outcome.FAILED,
                "ended_at": 2.0,
                "finish_reason": "stop",
                "usage": Usage(1, 2),
                "timing": ServerTiming(total=0.5),
                "failure": BUSY,
            },
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_event_of_a_stream_changes_this_and_no_more(
    event: TurnEvent, changes: dict[str, object]
) -> None:
    before = fold(TurnState(), [STARTED, PLANNED, JUDGE])
    after = apply(before, event)
    course = before.streams["s1"].course.after(event)
    expected = replace(before.streams["s1"], course=course, **changes)  # type: ignore[arg-type]
    assert after.streams["s1"] == expected
    assert after.streams["s2"] is before.streams["s2"]
    assert replace(after, streams=before.streams) == before
    assert list(after.streams) == ["s1", "s2"]


@pytest.mark.parametrize(
    "event",
    [sent(1.0), text(1.0, "So"), thought(1.0, "Hm"), ended(1.0)],
    ids=lambda e: type(e).__name__,
)
def test_an_event_of_an_unknown_stream_is_a_defect(event: TurnEvent) -> None:
    with pytest.raises(ValueError, match="never planned: s1"):
        fold(TurnState(), [STARTED, event])


def test_notices_are_kept_in_order() -> None:
    state = fold(TurnState(), [STARTED, Noticed(1.0, "One."), Noticed(2.0, "Two.")])
    assert state.notices == ("One.", "Two.")


@pytest.mark.parametrize("outcome", list(TurnOutcome))
def test_the_end_of_a_turn(outcome: TurnOutcome) -> None:
    state = fold(TurnState(), [STARTED, PLANNED, TurnEnded(3.5, outcome, "Because.", "s1")])
    assert (state.outcome, state.answer, state.answered_by) == (outcome, "Because.", "s1")
    assert state.seconds == 3.5
    assert not state.running


def test_proposers_and_the_aggregator_that_stepped_in() -> None:
    second = replace(JUDGE, stream="s3", agent="Second")
    state = fold(TurnState(), [STARTED, PLANNED, JUDGE, second])
    assert [s.id for s in state.proposers] == ["s1"]
    assert state.aggregator is state.streams["s3"]


def test_ttft_begins_anew_with_a_retry() -> None:
    retry = RetryScheduled(4.0, "s1", 1, 2.0, BUSY)
    waiting = stream_after(sent(1.0), PromptRead(3.0, "s1", 1, 2), retry)
    assert (waiting.phase, waiting.retry_at, waiting.ttft) == (Phase.RETRYING, 6.0, None)
    again = stream_after(sent(1.0), PromptRead(3.0, "s1", 1, 2), retry, sent(6.0, 2))
    assert (again.phase, again.attempt, again.retry_at) == (Phase.WAITING, 2, None)
    assert again.prompt_read is None
    heard = stream_after(sent(1.0), retry, sent(6.0, 2), text(6.25, "So"), text(8.0, "."))
    assert heard.ttft == 0.25
    assert (heard.queued, heard.seconds(9.0)) == (2.0, 6.0)


@pytest.mark.parametrize(
    "outcome", [Outcome.COMPLETE, Outcome.STOPPED, Outcome.FAILED, Outcome.TRUNCATED]
)
def test_an_ended_stream_waits_for_no_retry(outcome: Outcome) -> None:
    stream = stream_after(sent(1.0), RetryScheduled(2.0, "s1", 1, 9.0, BUSY), ended(3.0, outcome))
    assert (stream.phase, stream.retry_at, stream.failure) == (Phase.ENDED, None, None)


@pytest.mark.parametrize(
    ("events", "tokens", "estimated"),
    [
        ([], 0, True),
        ([text(2.0, "x" * 7)], 2, True),
        ([thought(2.0, "x" * 3), text(2.0, "x" * 5)], 2, True),
        ([thought(2.0, "x" * 40)], 10, True),
        ([text(2.0, "x" * 400), ended(3.0)], 100, True),
        ([text(2.0, "x" * 400), ended(3.0, usage=Usage(9, 77, 50))], 77, False),
        ([ended(3.0, usage=Usage(9, 0))], 0, False),
    ],
)
def test_tokens_are_reported_or_estimated(
    events: Sequence[TurnEvent], tokens: int, estimated: bool
) -> None:
    stream = stream_after(sent(1.0), *events)
    assert (stream.tokens, stream.estimated) == (tokens, estimated)


def test_throughput_is_of_what_came_after_the_first_read() -> None:
    events: list[TurnEvent] = [sent(1.0), thought(2.0, "x" * 20), text(4.0, "x" * 20)]
    assert stream_after(*events).throughput == 5 / 2
    assert stream_after(*events, ended(9.0)).throughput == 5 / 2
    assert stream_after(*events, ended(9.0, usage=Usage(1, 300))).throughput == 150 / 2
    assert stream_after(*events[:2]).throughput is None


def test_the_first_read_may_bring_several_deltas() -> None:
    first: list[TurnEvent] = [thought(2.0, "x" * 400), text(2.0, "x" * 400)]
    assert stream_after(sent(1.0), *first).throughput is None
    assert stream_after(sent(1.0), *first, text(2.04, "x" * 400)).throughput is None
    assert stream_after(sent(1.0), *first, text(3.0, "x" * 400)).throughput == 100


@pytest.mark.parametrize(
    ("completion", "rate"),
    [(0.5, 600), (0.06, 5000), (0.04, 225), (0.0, 225), (None, 225)],
)
def test_throughput_is_the_providers_own_where_it_says(
    completion: float | None, rate: float
) -> None:
    events: list[TurnEvent] = [sent(1.0), text(2.0, "x" * 20), text(3.0, "x" * 60)]
    end = StreamEnded(
        9.0,
        "s1",
        Outcome.COMPLETE,
        usage=Usage(1, 300),
        timing=ServerTiming(completion=completion),
    )
    assert stream_after(*events, end).throughput == pytest.approx(rate)


def test_throughput_of_a_turn_is_that_of_all_its_streams() -> None:
    judged = [TextDelta(5.0, "s2", "x" * 40), TextDelta(6.0, "s2", "x" * 40)]
    mine = [text(2.0, "x" * 40), text(4.0, "x" * 40)]
    state = fold(TurnState(), [STARTED, PLANNED, JUDGE, *mine, *judged])
    assert state.tokens == 40
    assert state.throughput == 20 / 4


PIECES = 8
"""Tokens a piece, and 4 characters each."""


@given(
    st.integers(20, 3000),
    st.integers(2, 400),
    st.lists(st.floats(0, 2), min_size=1, max_size=40),
    st.floats(0.05, 10),
)
def test_no_stall_makes_a_stream_fast(
    speed: int, count: int, pauses: list[float], reads_for: float
) -> None:
    """A server writes evenly; the event loop reads whenever it gets to it, and then everything."""
    written = [0.1 + number * PIECES / speed for number in range(count)]
    looks, at = [], 0.0
    for number in range(10_000):
        at += pauses[number % len(pauses)] + 0.001
        looks.append(at)
        if at > written[-1]:
            break
    looks.append(max(at, written[-1]) + reads_for)
    events: list[TurnEvent] = [sent(0.0)]
    left = 0
    for look in looks:
        come = sum(1 for moment in written if moment <= look)
        if come > left:
            events.append(TextDelta(look, "s1", "x" * 4 * PIECES * (come - left)))
            left = come
    end = StreamEnded(look, "s1", Outcome.COMPLETE, usage=Usage(1, PIECES * count))
    state = fold(TurnState(), [STARTED, replace(PLANNED, at=0.0), *events, end])
    most = speed + 2 * PIECES / 0.05  # a piece more at either end
    for rate in (state.streams["s1"].throughput, state.throughput):
        assert rate is None or 0 < rate <= most


def test_waiting_for_a_rate_limit_is_no_answering_time() -> None:
    queued = [StreamQueued(2.0, "s1", 30.0), StreamQueued(5.0, "s1", 20.0)]
    waiting = stream_after(*queued)
    assert (waiting.phase, waiting.queued_for(12.0), waiting.seconds(12.0)) == (
        Phase.QUEUED,
        10.0,
        1.0,
    )
    over = StreamQueued(22.0, "s1", 0.0, over=True)
    after = stream_after(*queued, over, sent(22.5), text(23.0, "So"), ended(24.5))
    assert (after.queued, after.ttft, after.seconds(99.0)) == (20.0, 0.5, 2.0)
    assert [span.doing for span in after.course.done] == [
        Doing.QUEUED,
        Doing.WAITING,
        Doing.WRITING,
    ]
    # As it was told before there was an end of it.
    assert stream_after(*queued, sent(22.0), ended(24.0)).queued == 20.0


def test_a_wait_between_two_attempts_is_taken_out_once() -> None:
    again: list[TurnEvent] = [
        sent(1.0),
        RetryScheduled(2.0, "s1", 1, 30.0, BUSY),
        sent(32.0, 2),
        ended(33.0),
    ]
    assert (stream_after(*again).queued, stream_after(*again).seconds(0.0)) == (30.0, 2.0)
    slow = Failure(FailureKind.SERVER, "busy", retryable=True)
    again[1] = RetryScheduled(2.0, "s1", 1, 30.0, slow)
    assert (stream_after(*again).queued, stream_after(*again).seconds(0.0)) == (0.0, 32.0)


def test_a_race_begins_with_the_first_request() -> None:
    """What comes before it, such as an import, makes neither of them slower."""
    alone = replace(JUDGE, stream="s3", role=Role.BASELINE)
    asked = [sent(5.0), RequestSent(5.1, "s3", 1)]
    ends = [ended(7.0), StreamEnded(9.0, "s3", Outcome.COMPLETE)]
    over = TurnEnded(9.0, TurnOutcome.COMPLETE, "So.", "s1")
    state = fold(TurnState(), [STARTED, PLANNED, alone, *asked, *ends, over])
    assert (state.answer_seconds, state.baseline_seconds) == (2.0, 4.0)


@pytest.mark.parametrize(("now", "seconds"), [(1.0, 0.0), (5.0, 4.0)])
def test_time_of_a_stream(now: float, seconds: float) -> None:
    assert stream_after().seconds(now) == seconds
    assert stream_after(ended(3.0)).seconds(now) == 2.0


# --- TextLog

_tree = st.lists(st.tuples(st.integers(0, 30), st.text(max_size=4)), max_size=30)


@given(_tree, st.integers(0, 20), st.integers(0, 8))
def test_a_tree_of_logs_is_like_a_tree_of_strings(
    tree: list[tuple[int, str]], characters: int, count: int
) -> None:
    """Each piece is appended to any of the logs made so far; none of them ever changes."""
    logs, parts = [TextLog()], [[""]]
    for number, piece in tree:
        parent = number % len(logs)
        logs.append(logs[parent].append(piece))
        parts.append([*parts[parent], piece])
    for log, of_log in zip(logs, parts, strict=True):
        whole, pieces_of_log = "".join(of_log), of_log[1:]
        assert str(log) == whole
        assert log.length == len(whole)
        assert log.since(count) == ("".join(pieces_of_log[count:]), len(pieces_of_log))
        assert log.tail(characters) == (whole[-characters:] if characters else "")
        assert repr(log) == f"TextLog({len(whole)} characters)"


@given(st.lists(st.text(max_size=5), max_size=20), st.lists(st.integers(0, 20)))
def test_reading_on_gives_everything_once(texts: list[str], stops: list[int]) -> None:
    log, read, count = TextLog(), "", 0
    for number, piece in enumerate(texts):
        log = log.append(piece)
        if number in stops:
            more, count = log.since(count)
            read += more
    more, count = log.since(count)
    assert read + more == str(log) == "".join(texts)
    assert log.since(count) == ("", len(texts))


def test_logs_are_compared_by_their_text() -> None:
    one, other = TextLog().append("ab").append("c"), TextLog().append("a").append("bc")
    assert one == other
    assert one != other.append("d")
    assert one != "abc"
    assert TextLog() == TextLog().append("")
    with pytest.raises(TypeError, match="unhashable"):
        hash(one)


# --- States through whole turns


async def trouble(provider: ScriptedProvider) -> list[TurnEvent]:
    """Return the events of a turn in which much goes wrong."""
    provider.script("b", [Batch("Half", "Hm."), error()])
    provider.script("c", pieces("As far ", "as it goes", finish="length"))
    provider.script("judge", [Batch(prompt_read=(1, 2)), error()])
    judge = agent("judge", fallback=("Agent-x",))
    _, events = await run(provider, plan("abc", "ac", aggregator=judge, reserves=[agent("x")]))
    return events


async def test_old_states_stay_as_they_were() -> None:
    events = await trouble(ScriptedProvider())
    states = list(accumulate(events, apply, initial=TurnState()))
    shown = [show(state) for state in states]
    for state in states:
        fold(state, events)  # other branches, grown from every state
    assert [show(state) for state in states] == shown
    assert states[-1] == fold(TurnState(), events)
    with pytest.raises(TypeError):
        states[-1].streams["s1"] = states[-1].streams["s2"]  # type: ignore[index]


def show(state: TurnState) -> tuple[object, ...]:
    """Return all there is to see of a state."""
    texts = [(str(s.text), str(s.reasoning), s.phase, s.outcome) for s in state.streams.values()]
    return (state.turn, list(state.streams), texts, state.notices, state.outcome, state.answer)


_answers = st.dictionaries(
    st.sampled_from(["a", "b", "c", "judge"]),
    st.lists(
        st.one_of(
            st.builds(Batch, st.text(max_size=6), st.text(max_size=6)),
            st.just(Batch(finish_reason="stop")),
            st.just(error()),
        ),
        max_size=5,
    ),
)


@given(_answers, st.sampled_from([("abc",), ("ab", "c"), ("a",)]))
def test_the_events_of_any_turn_fold_to_what_it_came_to(
    scripts: dict[str, list[Step]], layers: tuple[str, ...]
) -> None:
    provider = ScriptedProvider()
    for model, steps in scripts.items():
        provider.script(model, steps)
    last, events = asyncio.run(run(provider, plan(*layers)))
    state = fold(TurnState(), events)
    assert (state.outcome, state.answer, state.seconds) == (last.outcome, last.answer, last.at)
    assert state.notices == tuple(e.text for e in events if isinstance(e, Noticed))
    for name, stream in state.streams.items():
        told = [e for e in events if isinstance(e, TextDelta) and e.stream == name]
        assert str(stream.text) == "".join(e.text for e in told)
        assert (stream.phase, stream.attempt) == (Phase.ENDED, 1)
        assert stream.outcome is not None
        assert stream.ttft is None or stream.ttft >= 0
    if last.answered_by:
        assert str(state.streams[last.answered_by].text) == last.answer


def test_a_queued_stream_says_until_when() -> None:
    planned = StreamPlanned(0.0, "s1", "a", Role.PROPOSER, 1, "m", "p", ())
    state = fold(TurnState(), [planned, StreamQueued(2.0, "s1", 12.0)])
    stream = state.streams["s1"]
    assert (stream.phase, stream.queued_until) == (Phase.QUEUED, 14.0)
    stream = apply(state, RequestSent(14.0, "s1", 1)).streams["s1"]
    assert (stream.phase, stream.queued_until) == (Phase.WAITING, None)


def test_participation_counts_a_stand_in_for_the_agent_it_stands_in_for() -> None:
    limited = Failure(FailureKind.RATE_LIMITED, "too many")
    state = TurnState()
    assert participation(state) == ""
    for number, instead in enumerate((None, None, None, None, "s1"), start=1):
        name = f"s{number}"
        event = StreamPlanned(0.0, name, name, Role.PROPOSER, 1, "m", "p", (), instead_of=instead)
        state = apply(state, event)
    state = fold(
        state,
        [
            StreamEnded(1.0, "s1", Outcome.FAILED, failure=limited),
            StreamEnded(1.0, "s2", Outcome.COMPLETE),
            StreamEnded(1.0, "s3", Outcome.TRUNCATED),
            StreamEnded(1.0, "s4", Outcome.FAILED, failure=limited),
            StreamEnded(1.0, "s5", Outcome.COMPLETE),
        ],
    )
    assert participation(state) == "3 of 4 agents · 1 rate limited · 1 truncated"


def answered(writer: str | None, *streams: tuple[str, Outcome, str | None]) -> TurnState:
    """Return a turn of two proposers, one of them cut, and the aggregators in `streams`."""
    roles = [("ada", Outcome.COMPLETE, None), ("bob", Outcome.PARTIAL, None), *streams]
    state = TurnState(turn="t", strategy="mixture")
    for number, (name, outcome, instead) in enumerate(roles, start=1):
        role = Role.PROPOSER if number < 3 else Role.AGGREGATOR
        planned = StreamPlanned(
            0.0, f"s{number}", name, role, 1 + number // 3, "m", "p", (), instead_of=instead
        )
        busy = Failure(FailureKind.SERVER, "broken") if outcome is Outcome.FAILED else None
        ended = StreamEnded(1.0, f"s{number}", outcome, failure=busy)
        state = fold(state, [planned, ended])
    return apply(state, TurnEnded(2.0, TurnOutcome.DEGRADED, "text", writer))


@pytest.mark.parametrize(
    ("state", "remarks"),
    [
        (answered("s1"), "ada's answer, not a synthesis"),
        (
            answered("s1", ("zoe", Outcome.FAILED, None)),
            "zoe: server error · ada's answer, not a synthesis",
        ),
        (
            answered("s4", ("zoe", Outcome.FAILED, None), ("yan", Outcome.COMPLETE, "s3")),
            "written by yan instead of zoe",
        ),
        (answered("s3", ("zoe", Outcome.TRUNCATED, None)), "the answer: truncated"),
        (answered("s3", ("zoe", Outcome.COMPLETE, None)), ""),
    ],
)
def test_an_answer_that_is_no_whole_synthesis_is_labelled(state: TurnState, remarks: str) -> None:
    present = took_part(state)
    assert present.counts == participation(state) == "1 of 2 agents · 1 partial"
    assert str(present) == " · ".join(filter(None, [present.counts, remarks]))
    assert not present.whole


def recognized(at: float) -> ReasoningRecognized:
    return ReasoningRecognized(at, "s1")


def test_text_that_turns_out_to_be_thinking_is_moved() -> None:
    before: list[TurnEvent] = [sent(2.0), thought(2.1, "Hm. "), text(2.2, "It is 4.")]
    state = stream_after(*before, recognized(2.3))
    assert (str(state.reasoning), str(state.text)) == ("Hm. It is 4.", "")
    assert (state.phase, state.wrote_at, state.first_at) == (Phase.THINKING, None, 2.1)
    state = stream_after(*before, recognized(2.3), text(2.4, "Four."))
    assert (str(state.reasoning), str(state.text)) == ("Hm. It is 4.", "Four.")
    assert (state.phase, state.wrote_at) == (Phase.WRITING, 2.4)


def test_a_text_that_begins_anew_is_told_from_one_that_grew() -> None:
    first = TextLog().append("a").append("b")
    anew = first.begun_anew().append("c")
    assert (str(first), str(anew)) == ("ab", "c")
    assert first.append("c").beginning == first.beginning != anew.beginning


@given(st.lists(st.sampled_from("trR"), max_size=20))
def test_joined_deltas_fold_to_the_same_thinking(kinds: list[str]) -> None:
    events: list[TurnEvent] = [STARTED, PLANNED, sent(2.0)]
    for place, kind in enumerate(kinds):
        at = 2 + place / 8
        made: dict[str, TurnEvent] = {"t": text(at, "t"), "r": thought(at, "r")}
        events.append(made.get(kind, recognized(at)))
    whole = events
    joiner, state = DeltaJoiner(), TurnState()
    for size in (3, 2, len(whole)):
        state = fold(state, joiner.join(whole[:size]))
        whole = whole[size:]
    assert state.streams == fold(TurnState(), events).streams
