"""The three clocks of a stream, and the cap on its length: what came is kept."""

import asyncio

import pytest

from moa_tui.engine import stream as stream_module
from moa_tui.engine.events import Outcome, RetryScheduled
from moa_tui.engine.provider import Batch, FailureKind
from moa_tui.engine.retry import MAX_ATTEMPTS
from moa_tui.engine.watch import Watch
from moa_tui.roster.model import Sampling
from tests.engine.scripted import PATIENCE, Endless, Hang, pieces
from tests.engine.streams import DONE, STOP, TEXT, THOUGHT, Stream

SHORT = 0.03  # seconds of a clock that a test waits for
NOTHING = Endless(Batch())  # bytes that say nothing, as comments and header drips do


async def test_no_first_token_is_asked_again_and_then_failed(
    stream: Stream, waits: list[float]
) -> None:
    stream.changes = {"first_token_timeout": SHORT}
    stream.provider.script("m", [Hang()])
    answer = await stream.run()
    assert answer.outcome is Outcome.FAILED
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.TIMEOUT
    assert f"within {SHORT:g} s" in answer.failure.message
    assert "first_token_timeout" in answer.failure.advice
    assert len(stream.provider.requests) == MAX_ATTEMPTS
    assert len(stream.of(RetryScheduled)) == MAX_ATTEMPTS - 1


async def test_an_answer_after_a_silent_attempt_is_whole(
    stream: Stream, waits: list[float]
) -> None:
    stream.changes = {"first_token_timeout": SHORT}
    stream.provider.script("m", [NOTHING], pieces("Here."))
    answer = await stream.run()
    assert (answer.text, answer.outcome) == ("Here.", Outcome.COMPLETE)


@pytest.mark.parametrize("first", [TEXT, THOUGHT])
@pytest.mark.parametrize("then", [Hang(), NOTHING, Endless(Batch(text="\u200b"))])
async def test_silence_after_the_first_delta_ends_it(
    stream: Stream, first: Batch, then: Hang | Endless
) -> None:
    """The gap is between what is shown: bytes, comments and invisible text do not count."""
    stream.changes = {"gap_timeout": SHORT}
    stream.provider.script("m", [first, then])
    answer = await stream.run()
    assert answer.outcome is (Outcome.PARTIAL if first is TEXT else Outcome.FAILED)
    assert answer.failure is not None
    assert answer.failure.message == f"acme sent no more of the answer for {SHORT:g} s"
    assert len(stream.provider.requests) == 1


async def test_a_gap_is_counted_from_the_last_delta(stream: Stream) -> None:
    stream.changes = {"gap_timeout": SHORT, "first_token_timeout": PATIENCE}
    gate = asyncio.Event()
    stream.provider.script("m", [gate, *pieces("After a long wait.")])
    task = asyncio.create_task(stream.run())
    await stream.provider.until_asked(1)
    asyncio.get_running_loop().call_later(3 * SHORT, gate.set)
    assert (await task).outcome is Outcome.COMPLETE


async def test_drips_do_not_lengthen_the_grace_after_the_finish(stream: Stream) -> None:
    stream.provider.script("m", [TEXT, STOP, NOTHING])
    assert (await stream.run()).outcome is Outcome.COMPLETE


async def test_a_stream_that_never_pauses_ends_at_the_total(stream: Stream) -> None:
    stream.timeout = SHORT
    stream.changes = {"sampling": Sampling(max_tokens=10**9)}
    stream.provider.script("m", [Endless(TEXT)])
    answer = await stream.run()
    assert answer.outcome is Outcome.PARTIAL
    assert answer.failure is not None
    assert answer.failure.message == f"no complete answer within {SHORT:g} s"


@pytest.mark.parametrize("size", [1, 7, 999, 1000, 1001, 50_000])
@pytest.mark.parametrize("reasoning", [False, True])
async def test_an_endless_answer_is_ended_at_its_cap_with_what_came(
    stream: Stream, size: int, reasoning: bool
) -> None:
    stream.changes = {"max_characters": 1000}
    piece = Batch(reasoning="x" * size) if reasoning else Batch(text="x" * size)
    stream.provider.script("m", [Endless(piece)])
    answer = await stream.run()
    assert (stream.reasoning if reasoning else answer.text) == "x" * 1000
    assert answer.outcome is (Outcome.FAILED if reasoning else Outcome.PARTIAL)
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.TOO_LARGE
    assert "max_characters" in answer.failure.advice


async def test_an_answer_of_exactly_the_cap_is_complete(stream: Stream) -> None:
    stream.changes = {"max_characters": 1000}
    stream.provider.script("m", [Batch("x" * 600, "y" * 400), STOP, DONE])
    assert (await stream.run()).outcome is Outcome.COMPLETE


async def test_a_delta_costs_no_timer(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    """One timer for the first token, one for the gap, however many deltas come."""
    limits: list[float] = []

    class Counted(Watch):
        def limit(self, seconds: float) -> None:
            limits.append(seconds)
            super().limit(seconds)

    monkeypatch.setattr(stream_module, "Watch", Counted)
    stream.provider.script("m", pieces(*("word " for _ in range(200))))
    assert (await stream.run()).outcome is Outcome.COMPLETE
    assert len(limits) == 2


async def test_a_watch_is_told_apart_from_a_timeout_below(stream: Stream) -> None:
    stream.provider.script("m", [TEXT, TimeoutError()])
    answer = await stream.run()
    assert answer.failure is not None
    assert answer.failure.kind is FailureKind.INTERNAL
