"""One stream: when it is asked again, how its text is cleaned, who is to blame for what."""

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import (
    Outcome,
    ReasoningRecognized,
    RequestSent,
    RetryScheduled,
    Role,
    StreamPlanned,
    TurnEvent,
)
from moa_tui.engine.provider import (
    Batch,
    Failure,
    FailureKind,
    ProviderError,
    ServerTiming,
    Usage,
)
from moa_tui.engine.retry import MAX_ATTEMPTS, MAX_WAIT
from moa_tui.engine.stream import StreamRun, Surroundings
from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.text import clean
from tests.engine.scripted import (
    Hang,
    ScriptedProvider,
    Step,
    agent,
    error,
    pieces,
)
from tests.engine.streams import DONE, MESSAGES, STOP, TEXT, THOUGHT, Stream


@pytest.mark.parametrize("failures", range(MAX_ATTEMPTS))
async def test_attempts_are_counted(stream: Stream, waits: list[float], failures: int) -> None:
    tries = [[error(message=f"no {i}", retryable=True)] for i in range(1, failures + 1)]
    stream.provider.script("m", *tries, pieces("Because."))
    answer = await stream.run()
    assert answer.outcome is Outcome.COMPLETE
    sent = [e.attempt for e in stream.events if isinstance(e, RequestSent)]
    told = [(e.attempt, e.failure.message) for e in stream.events if isinstance(e, RetryScheduled)]
    assert sent == list(range(1, failures + 2))
    assert told == [(i, f"no {i}") for i in range(1, failures + 1)]
    assert [e.delay for e in stream.events if isinstance(e, RetryScheduled)] == waits


async def test_the_last_attempt_fails_the_stream(stream: Stream, waits: list[float]) -> None:
    stream.provider.script("m", [error(message="busy", retryable=True)])
    answer = await stream.run()
    assert (answer.outcome, len(stream.of(RequestSent))) == (Outcome.FAILED, MAX_ATTEMPTS)
    assert answer.failure
    assert answer.failure.message == "busy"
    assert len(waits) == MAX_ATTEMPTS - 1


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([TEXT, error(retryable=True)], id="after-text"),
        pytest.param([THOUGHT, error(retryable=True)], id="after-reasoning"),
        pytest.param([Batch("\n"), error(retryable=True)], id="after-a-blank"),
        pytest.param([STOP, error(retryable=True)], id="after-the-reason"),
        pytest.param([error()], id="not-retryable"),
        pytest.param([error(retryable=True, retry_after=MAX_WAIT + 1)], id="too-long-a-wait"),
        pytest.param([ValueError()], id="defect"),
        pytest.param([MissingKeyError("no key")], id="no-key"),
    ],
)
async def test_not_asked_again(stream: Stream, waits: list[float], steps: Sequence[Step]) -> None:
    stream.provider.script("m", steps, pieces("A second time."))
    assert (await stream.run()).outcome in {Outcome.PARTIAL, Outcome.FAILED}
    assert len(stream.provider.requests) == 1
    assert waits == []


@pytest.mark.parametrize(
    "leftover",
    [
        pytest.param(Batch("\ud83d"), id="half-a-character"),
        pytest.param(Batch("", "\ud83d"), id="half-a-character-of-reasoning"),
        pytest.param(Batch(usage=Usage(9, 9), timing=ServerTiming(1.0)), id="figures"),
        pytest.param(Batch(prompt_read=(5, 9)), id="progress"),
        pytest.param(Batch("\x1b\u200b"), id="nothing-visible"),
    ],
)
async def test_a_failed_attempt_leaves_nothing_behind(
    stream: Stream, waits: list[float], leftover: Batch
) -> None:
    good = [Batch("Yes.", "Hmm."), STOP, DONE]
    stream.provider.script("m", [leftover, error(retryable=True)], good)
    answer = await stream.run()
    assert (answer.text, stream.reasoning) == ("Yes.", "Hmm.")
    assert (stream.ended.usage, stream.ended.timing) == (None, None)
    assert len(stream.provider.requests) == 2


@pytest.mark.parametrize(
    ("texts", "cleaned"),
    [
        pytest.param(["\ud83d", "\ude00"], "😀", id="pair-split"),
        pytest.param(["a\ud83d", "\ude00b"], "a😀b", id="pair-split-in-text"),
        pytest.param(["a\ud83d"], "a\ufffd", id="half-at-the-end"),
        pytest.param(["\ud83d", "x"], "\ufffdx", id="half-in-the-middle"),
        pytest.param(["\ude00"], "\ufffd", id="second-half-only"),
        pytest.param(["red \x1b", "[31mtext"], "red [31mtext", id="escape-split"),
        pytest.param(["\x1b]52;c;", "aGk=\x07"], "]52;c;aGk=", id="clipboard-split"),
        pytest.param(["a\r", "\nb"], "a\nb", id="line-end-split"),
        pytest.param(["e\u0301" + "\u0301" * 20, "\u0301" * 20], "e" + "\u0301" * 8, id="marks"),
        pytest.param(["a\u202eb"], "ab", id="bidi"),
    ],
)
async def test_text_is_cleaned_across_batches(
    stream: Stream, texts: list[str], cleaned: str
) -> None:
    reasoned = [Batch(reasoning=text) for text in texts]
    stream.provider.script("m", [*reasoned, *pieces(*texts)])
    assert (await stream.run()).text == cleaned
    assert stream.reasoning == cleaned


async def test_half_a_character_survives_a_stop_as_a_mark(stream: Stream) -> None:
    stream.provider.script("m", [Batch("ab\ud83d"), Hang()])
    task = asyncio.create_task(stream.run())
    await stream.until_written(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.text == "ab\ufffd"


class _ListenerError(Exception):
    """What a listener with a defect raises."""


@pytest.mark.parametrize("raised", [_ListenerError(), TimeoutError(), MoaError("x"), error()])
@pytest.mark.parametrize("index", range(4))
async def test_what_the_listener_raises_is_no_failure_of_the_agent(
    stream: Stream, raised: Exception, index: int
) -> None:
    def listen(event: TurnEvent) -> None:
        stream.emit(event)
        if len(stream.events) == index + 1:
            raise raised

    stream.provider.script("m", pieces("a", "b"))
    planned = StreamPlanned(0.0, "s1", "Agent-m", Role.PROPOSER, 1, "m", "acme", MESSAGES)
    run = StreamRun(planned, agent("m"), Surroundings(stream.provider.connect, listen, lambda: 0.0))
    with pytest.raises(type(raised)) as caught:
        await run.run()
    assert caught.value is raised
    assert len(stream.events) == index + 1
    assert stream.provider.live == 0


_wild = st.text(st.characters(codec=None, exclude_categories=()), max_size=12)
_steps = st.lists(
    st.one_of(
        st.builds(
            Batch,
            text=_wild,
            reasoning=_wild,
            finish_reason=st.sampled_from([None, None, "stop", "length", "content_filter"]),
            usage=st.sampled_from([None, Usage(1, 2)]),
            prompt_read=st.sampled_from([None, (1, 2)]),
            done=st.booleans(),
        ),
        st.just(ProviderError(Failure(FailureKind.SERVER, "busy"))),
        st.just(ValueError("odd")),
    ),
    max_size=8,
)


@given(_steps, st.booleans())
def test_every_script_ends_in_one_outcome(steps: list[Step], finish_required: bool) -> None:
    provider = ScriptedProvider().script("m", steps)
    stream = Stream(provider, finish_required)
    answer = asyncio.run(stream.run())
    assert clean(answer.text) == answer.text
    assert clean(stream.reasoning) == stream.reasoning
    assert answer.failure is None or answer.outcome in {
        Outcome.PARTIAL,
        Outcome.FAILED,
        Outcome.TRUNCATED,
    }
    assert answer.text.strip() or answer.outcome not in {Outcome.COMPLETE, Outcome.PARTIAL}


@given(st.lists(_wild, max_size=8))
def test_text_does_not_depend_on_the_batches(texts: list[str]) -> None:
    provider = ScriptedProvider().script("m", pieces(*texts))
    answer = asyncio.run(Stream(provider).run())
    assert answer.text == clean("".join(texts))


@pytest.mark.parametrize("word", ["error", "ABORT", "overloaded", "insufficient_system_resource"])
async def test_a_provider_that_gave_up_before_anything_came_is_asked_again(
    stream: Stream, waits: list[float], word: str
) -> None:
    gave_up = [Batch(finish_reason=word, done=True)]
    stream.provider.script("m", gave_up, [THOUGHT, TEXT, STOP, DONE])
    answer = await stream.run()
    assert (answer.outcome, len(stream.of(RequestSent))) == (Outcome.COMPLETE, 2)
    assert stream.ended.finish_reason == "stop"
    assert len(waits) == 1


async def test_a_provider_that_gave_up_in_the_midst_is_not(stream: Stream) -> None:
    stream.provider.script("m", [TEXT, Batch(finish_reason="error", done=True)])
    answer = await stream.run()
    assert (answer.outcome, len(stream.of(RequestSent))) == (Outcome.PARTIAL, 1)


async def test_text_that_turns_out_to_be_thinking_is_no_part_of_the_answer(stream: Stream) -> None:
    stream.provider.script(
        "m", [Batch("It may be \ud83d"), Batch("4.", recognized=True), Batch(recognized=True), STOP]
    )
    answer = await stream.run()
    assert (answer.text, answer.outcome) == ("", Outcome.FAILED)
    assert len(stream.of(ReasoningRecognized)) == 2
