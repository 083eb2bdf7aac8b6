"""One stream: every way it can end."""

import asyncio
from collections.abc import Sequence

import pytest

from moa_tui.engine import liveness
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    PromptRead,
    ReasoningDelta,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    TextDelta,
)
from moa_tui.engine.provider import (
    AskedDifferentlyError,
    Batch,
    Failure,
    FailureKind,
    ServerTiming,
    Usage,
)
from moa_tui.engine.retry import MOST_CHANGES
from moa_tui.engine.stream import Answer
from moa_tui.errors import HistoryError, LocalModelError, MissingKeyError, MoaError
from moa_tui.text import clean
from tests.engine.scripted import (
    PATIENCE,
    Endless,
    Hang,
    ScriptedProvider,
    Step,
    agent,
    error,
    pieces,
)
from tests.engine.streams import DONE, MESSAGES, STOP, TEXT, THOUGHT, Stream

SOON = 0.02
"""Seconds after which an agent that says nothing is given up, in the tests of that."""

COMPLETE, TRUNCATED, FILTERED = Outcome.COMPLETE, Outcome.TRUNCATED, Outcome.FILTERED
PARTIAL, FAILED = Outcome.PARTIAL, Outcome.FAILED
Kind = FailureKind


def finish(reason: str) -> Batch:
    return Batch(finish_reason=reason)


DOUBT = Batch(doubt="an event that is no object")
MORE = Batch(" More.", reopened=True)


@pytest.mark.parametrize(
    ("steps", "outcome", "kind"),
    [
        pytest.param([TEXT, STOP, DONE], COMPLETE, None, id="whole"),
        pytest.param([TEXT, STOP], COMPLETE, None, id="no-end-marker"),
        pytest.param([Batch("Hi.", "", "stop", done=True)], COMPLETE, None, id="one-batch"),
        pytest.param([THOUGHT, TEXT, STOP, DONE], COMPLETE, None, id="reasoned"),
        pytest.param([TEXT, finish("tool_calls"), DONE], PARTIAL, Kind.TOOL, id="tool-calls"),
        pytest.param([TEXT, STOP, TEXT, DONE], COMPLETE, None, id="text-after-the-reason"),
        pytest.param([STOP, TEXT, DONE], COMPLETE, None, id="reason-first"),
        pytest.param([TEXT, STOP, Hang()], COMPLETE, None, id="never-ends-after-the-reason"),
        pytest.param([TEXT, STOP, Endless(Batch())], COMPLETE, None, id="noise-after-the-reason"),
        pytest.param([TEXT, STOP, Endless(STOP)], COMPLETE, None, id="reason-again-and-again"),
        pytest.param([TEXT, finish("length"), DONE], TRUNCATED, None, id="length"),
        pytest.param([TEXT, finish("length"), Hang()], TRUNCATED, None, id="length-hangs"),
        pytest.param([finish("length"), DONE], TRUNCATED, Kind.EMPTY, id="length-empty"),
        pytest.param([THOUGHT, finish("length")], TRUNCATED, Kind.EMPTY, id="length-thought-only"),
        pytest.param([TEXT, finish("END_TURN"), DONE], COMPLETE, None, id="in-other-words"),
        pytest.param([TEXT, finish("model_length")], TRUNCATED, None, id="length-in-other-words"),
        pytest.param([TEXT, finish("sensitive")], FILTERED, None, id="filtered-in-other-words"),
        pytest.param([TEXT, finish("abort"), DONE], PARTIAL, Kind.GIVEN_UP, id="given-up"),
        pytest.param([TEXT, finish("novel"), DONE], PARTIAL, Kind.GIVEN_UP, id="unknown-word"),
        pytest.param([TEXT, Batch(tool="find"), STOP], PARTIAL, Kind.TOOL, id="tool-beside-text"),
        pytest.param([Batch(tool="find"), finish("tool_calls")], FAILED, Kind.TOOL, id="tool"),
        pytest.param([TEXT, DOUBT, STOP, DONE], PARTIAL, Kind.UNREADABLE, id="doubt"),
        pytest.param([DOUBT, TEXT, finish("length")], PARTIAL, Kind.UNREADABLE, id="doubt-cut"),
        pytest.param([DOUBT, STOP, DONE], FAILED, Kind.UNREADABLE, id="doubt-without-text"),
        pytest.param([TEXT, STOP, MORE, DONE], PARTIAL, Kind.CUT, id="went-on"),
        pytest.param([TEXT, STOP, MORE, STOP], COMPLETE, None, id="went-on-and-ended"),
        pytest.param([TEXT, finish("content_filter")], FILTERED, None, id="filtered"),
        pytest.param([finish("content_filter"), DONE], FILTERED, None, id="filtered-empty"),
        pytest.param([], FAILED, Kind.CUT, id="nothing"),
        pytest.param([DONE], FAILED, Kind.CUT, id="end-marker-only"),
        pytest.param([STOP, DONE], FAILED, Kind.EMPTY, id="empty"),
        pytest.param([Batch(" \n\t"), STOP, DONE], FAILED, Kind.EMPTY, id="blank"),
        pytest.param([THOUGHT, STOP, DONE], FAILED, Kind.EMPTY, id="thought-only"),
        pytest.param([Batch("\x1b\x07\u200b"), STOP], FAILED, Kind.EMPTY, id="nothing-visible"),
        pytest.param([TEXT], PARTIAL, Kind.CUT, id="cut"),
        pytest.param([TEXT, DONE], PARTIAL, Kind.CUT, id="end-marker-without-a-reason"),
        pytest.param([THOUGHT], FAILED, Kind.CUT, id="cut-while-thinking"),
        pytest.param([Batch(" ")], FAILED, Kind.CUT, id="cut-after-a-blank"),
        pytest.param([TEXT, error()], PARTIAL, Kind.SERVER, id="fails-late"),
        pytest.param([THOUGHT, error()], FAILED, Kind.SERVER, id="fails-while-thinking"),
        pytest.param([error()], FAILED, Kind.SERVER, id="fails"),
        pytest.param([TEXT, STOP, error()], PARTIAL, Kind.SERVER, id="fails-after-the-reason"),
        pytest.param([error(Kind.WRONG_KEY)], FAILED, Kind.WRONG_KEY, id="wrong-key"),
        pytest.param([ValueError("odd")], FAILED, Kind.INTERNAL, id="defect"),
        pytest.param([TEXT, RecursionError()], PARTIAL, Kind.INTERNAL, id="defect-late"),
        pytest.param([TimeoutError()], FAILED, Kind.INTERNAL, id="timeout-of-somebody-else"),
        pytest.param(
            [TEXT, ExceptionGroup("odd", [OSError()])], PARTIAL, Kind.INTERNAL, id="group"
        ),
    ],
)
async def test_outcome(
    stream: Stream, steps: Sequence[Step], outcome: Outcome, kind: FailureKind | None
) -> None:
    stream.provider.script("m", steps)
    answer = await stream.run()
    assert answer.outcome is outcome
    assert (answer.failure.kind if answer.failure else None) is kind
    assert answer.text == "".join(clean(s.text) for s in steps if isinstance(s, Batch))


@pytest.mark.parametrize(
    ("steps", "outcome", "kind"),
    [
        pytest.param([TEXT], PARTIAL, Kind.CUT, id="ends"),
        pytest.param([TEXT, DONE], COMPLETE, None, id="end-marker"),
        pytest.param([TEXT, STOP, DONE], COMPLETE, None, id="reason-all-the-same"),
        pytest.param([TEXT, finish("length")], TRUNCATED, None, id="length-all-the-same"),
        pytest.param([], FAILED, Kind.CUT, id="nothing"),
        pytest.param([Batch("\n")], FAILED, Kind.CUT, id="blank"),
        pytest.param([TEXT, error(Kind.CUT)], PARTIAL, Kind.CUT, id="fails-late"),
    ],
)
async def test_outcome_where_no_finish_reason_is_required(
    stream: Stream, steps: Sequence[Step], outcome: Outcome, kind: FailureKind | None
) -> None:
    stream.finish_required = False
    stream.provider.script("m", steps)
    answer = await stream.run()
    assert answer.outcome is outcome
    assert (answer.failure.kind if answer.failure else None) is kind


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("text", ["Because.", " \n", ""])
def test_only_whole_answers_with_text_are_given_to_others(outcome: Outcome, text: str) -> None:
    answer = Answer("s1", agent("m"), text, outcome)
    assert answer.usable == (text == "Because." and outcome in {COMPLETE, TRUNCATED})


@pytest.mark.parametrize(
    ("sample", "label"), [(0, "Agent-m"), (1, "Agent-m 1"), (12, "Agent-m 12")]
)
def test_label_of_an_answer_names_its_sample(sample: int, label: str) -> None:
    assert Answer("s1", agent("m"), "", COMPLETE, sample=sample).label == label


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        pytest.param([Hang()], FAILED, id="silent"),
        pytest.param([Endless(Batch())], FAILED, id="keeps-alive-for-ever"),
        pytest.param([THOUGHT, Hang()], FAILED, id="thinks-for-ever"),
        pytest.param([Endless(THOUGHT)], FAILED, id="endless-thought"),
        pytest.param([TEXT, Hang()], PARTIAL, id="stalls"),
        pytest.param([Endless(TEXT)], PARTIAL, id="never-ends"),
    ],
)
async def test_timeout(stream: Stream, steps: Sequence[Step], outcome: Outcome) -> None:
    stream.timeout = SOON
    stream.provider.script("m", steps)
    answer = await stream.run()
    assert answer.outcome is outcome
    assert answer.failure
    assert answer.failure.kind is Kind.TIMEOUT
    assert answer.failure.message == "no complete answer within 0.02 s"
    assert answer.failure.advice
    assert bool(answer.text) == (outcome is PARTIAL)


async def test_timeout_counts_over_all_attempts_and_names_what_was_wrong(stream: Stream) -> None:
    stream.timeout = 0.5
    busy = error(message="too busy", retryable=True, retry_after=0.1)
    stream.provider.script("m", [busy], [Hang()])
    answer = await stream.run()
    assert answer.failure
    assert answer.failure.kind is Kind.TIMEOUT
    assert answer.failure.message == "no answer within 0.5 s: too busy"
    assert len(stream.of(RequestSent)) == 2
    assert len(stream.of(RetryScheduled)) == 1


async def test_a_wait_that_is_longer_than_the_time_left_is_not_begun(stream: Stream) -> None:
    stream.timeout = 10.0
    stream.provider.script("m", [error(message="too busy", retryable=True, retry_after=24.0)])
    answer = await stream.run()
    assert answer.failure
    assert answer.failure.message == ("too busy — it asks to wait 24 s, longer than the 10 s left")
    assert "timeout" in answer.failure.advice
    assert len(stream.of(RequestSent)) == 1
    assert not stream.of(RetryScheduled)


async def test_what_is_asked_differently_is_asked_at_once_and_said(stream: Stream) -> None:
    refused = Failure(Kind.BAD_REQUEST, "no such field")
    stream.provider.script(
        "m",
        [AskedDifferentlyError(refused, "acme refused `seed`")],
        [AskedDifferentlyError(refused)],
        pieces("Because."),
    )
    answer = await stream.run()
    assert (answer.text, answer.outcome) == ("Because.", COMPLETE)
    assert len(stream.of(RequestSent)) == 3
    told = [event.text for event in stream.events if isinstance(event, Noticed)]
    assert told == ["acme refused `seed`"]
    assert not stream.of(RetryScheduled)


async def test_changes_have_an_end(stream: Stream) -> None:
    refused = Failure(Kind.BAD_REQUEST, "no such field")
    stream.provider.script("m", [AskedDifferentlyError(refused)])
    answer = await stream.run()
    assert answer.failure == refused
    assert len(stream.of(RequestSent)) == MOST_CHANGES + 1


async def test_timeout_of_a_later_attempt_is_its_own(stream: Stream, waits: list[float]) -> None:
    stream.timeout = 0.5
    stream.provider.script("m", [error(retryable=True)], [TEXT, Hang()])
    answer = await stream.run()
    assert (answer.outcome, answer.text) == (PARTIAL, "Because.")
    assert answer.failure
    assert answer.failure.message == "no complete answer within 0.5 s"


async def test_timeout_is_told_even_where_the_provider_makes_an_error_of_it(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connect(name: str) -> ScriptedProvider:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise error(Kind.CONNECTION) from None
        return stream.provider

    monkeypatch.setattr(stream.provider, "connect", connect)
    stream.timeout = SOON
    answer = await stream.run()
    assert answer.failure
    assert answer.failure.kind is Kind.TIMEOUT


async def test_end_of_grace_never_comes_after_the_timeout(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "DONE_GRACE", 2 * PATIENCE)
    stream.timeout = SOON
    stream.provider.script("m", [TEXT, STOP, Hang()])
    assert (await stream.run()).outcome is COMPLETE


async def test_usage_that_comes_within_the_grace_is_taken(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "DONE_GRACE", PATIENCE)
    gate = asyncio.Event()
    stream.provider.script("m", [TEXT, STOP, gate, Batch(usage=Usage(5, 2)), DONE])
    task = asyncio.create_task(stream.run())
    await stream.provider.until_asked(1)
    gate.set()
    await task
    assert stream.ended.usage == Usage(5, 2)


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([Hang()], id="before-anything"),
        pytest.param([THOUGHT, Hang()], id="thinking"),
        pytest.param([TEXT, TEXT, Hang()], id="writing"),
        pytest.param([Endless(TEXT)], id="never-waiting"),
        pytest.param([TEXT, STOP, Hang()], id="after-the-reason"),
        pytest.param([error(retryable=True, retry_after=8.0)], id="waiting-to-retry"),
    ],
)
async def test_stopping_keeps_the_text(
    stream: Stream, steps: Sequence[Step], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "DONE_GRACE", PATIENCE)
    stream.provider.script("m", steps)
    task = asyncio.create_task(stream.run())
    await stream.provider.until_asked(1)
    expected = sum(isinstance(step, Batch) and bool(step.text) for step in steps)
    await stream.until_written(expected)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.ended.outcome is Outcome.STOPPED
    assert stream.ended.failure is None
    assert stream.text.count("Because.") >= expected


async def test_stopping_while_connecting(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = asyncio.Event()

    async def connect(name: str) -> ScriptedProvider:
        begun.set()
        await asyncio.Event().wait()
        return stream.provider

    monkeypatch.setattr(stream.provider, "connect", connect)
    task = asyncio.create_task(stream.run())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.ended.outcome is Outcome.STOPPED


@pytest.mark.parametrize(
    ("raised", "kind", "message"),
    [
        (MissingKeyError("no key for acme", "set it"), Kind.WRONG_KEY, "no key for acme"),
        (LocalModelError("the weights are damaged"), Kind.LOCAL_MODEL, "the weights are damaged"),
        (MoaError("it cannot be started"), Kind.LOCAL_MODEL, "it cannot be started"),
        (HistoryError("odd"), Kind.LOCAL_MODEL, "odd"),
        (error(Kind.DNS, "no such host"), Kind.DNS, "no such host"),
        (OSError(5, "no"), Kind.INTERNAL, "OSError: [Errno 5] no"),
        (KeyError("acme"), Kind.INTERNAL, "KeyError: 'acme'"),
        (RuntimeError(), Kind.INTERNAL, "RuntimeError: no more is known"),
        (ValueError("\x1b[31mred\nand more"), Kind.INTERNAL, "ValueError: [31mred and more"),
    ],
)
async def test_error_while_connecting(
    stream: Stream, raised: Exception, kind: FailureKind, message: str
) -> None:
    stream.provider.connect_error = raised
    answer = await stream.run()
    assert answer.outcome is FAILED
    assert answer.failure
    assert (answer.failure.kind, answer.failure.message) == (kind, message)
    assert answer.failure.advice == getattr(raised, "advice", "")
    assert len(stream.provider.connected) == 1
    assert stream.provider.requests == []


async def test_request_is_what_was_planned(stream: Stream) -> None:
    await stream.run()
    (request,) = stream.provider.requests
    assert (request.model, request.messages, request.sampling) == (
        "m",
        MESSAGES,
        agent("m").sampling,
    )
    assert stream.provider.connected == ["acme"]


async def test_usage_timing_and_reason_are_passed_on(stream: Stream) -> None:
    usage, timing = Usage(7, 42, 30, 5), ServerTiming(0.1, 0.2, 0.3, 0.6)
    early = Batch(text="a", usage=Usage(7, 1), timing=ServerTiming())
    late = Batch(finish_reason="stop", usage=usage)
    stream.provider.script("m", [early, late, Batch(timing=timing, done=True)])
    await stream.run()
    ended = stream.ended
    assert (ended.usage, ended.timing, ended.finish_reason) == (usage, timing, "stop")


async def test_nothing_after_the_end_marker_is_read(stream: Stream) -> None:
    stream.provider.script("m", [TEXT, STOP, DONE, Batch(text=" More."), error()])
    assert (await stream.run()).text == "Because."


async def test_prompt_progress_is_told_until_something_comes(stream: Stream) -> None:
    read = [Batch(prompt_read=(10 * i, 30)) for i in range(1, 4)]
    stream.provider.script("m", [*read, TEXT, Batch(prompt_read=(30, 30)), STOP, DONE])
    await stream.run()
    told = [(e.tokens, e.total) for e in stream.events if isinstance(e, PromptRead)]
    assert told == [(10, 30), (20, 30), (30, 30)]


async def test_a_batch_tells_its_reasoning_first(stream: Stream) -> None:
    stream.provider.script("m", [Batch(text="So.", reasoning="Hmm."), STOP, DONE])
    await stream.run()
    kinds = [RequestSent, ReasoningDelta, TextDelta, StreamEnded]
    assert [type(e) for e in stream.events] == kinds


async def test_others_get_their_turn_between_batches(stream: Stream) -> None:
    stream.provider.script("m", pieces(*"abcdef"))
    turns = 0

    async def other() -> None:
        nonlocal turns
        while not any(isinstance(e, StreamEnded) for e in stream.events):
            turns += 1
            await asyncio.sleep(0)

    await asyncio.gather(stream.run(), other())
    assert turns >= 6
