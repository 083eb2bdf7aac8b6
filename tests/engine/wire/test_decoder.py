"""Whole bodies of every provider, however the network splits them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.provider import Usage
from moa_tui.engine.wire.decoder import StreamDecoder
from moa_tui.engine.wire.errors import CutShortError, EmptyAnswerError, WireError
from tests.double import DIALECTS, Answer, faults, framing
from tests.double.faults import Fault
from tests.engine.wire_fixtures import Heard, body_of, cut

TEXT = "Grüße! 今日は, 👩‍🚀 – the answer is forty-two.\n"
REASONING = "We just need to respond — à propos."


def decode(*reads: bytes) -> tuple[Heard, type[WireError] | None]:
    """What is heard of a body, and the error that ends it."""
    decoder, heard = StreamDecoder(), Heard()
    try:
        for data in reads:
            for batch in decoder.feed(data):
                heard.take(batch)
                if batch.done:
                    return heard, None
        for batch in decoder.finish():
            heard.take(batch)
    except WireError as error:
        return heard, type(error)
    finally:
        heard.batches = 0  # differs with every split
    return heard, None


def event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


def choice(delta: str, more: str = "") -> bytes:
    return event(f'{{"choices":[{{"index":0,"delta":{delta}{more}}}]}}')


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_stream_of(dialect: str) -> None:
    answer = Answer(TEXT, REASONING, prompt_tokens=69, completion_tokens=35)
    heard, error = decode(body_of(answer, dialect))
    assert error is None
    assert (heard.text, heard.reasoning) == (TEXT, REASONING)
    assert heard.finish_reason == "stop"
    assert heard.done
    assert heard.usage is not None
    assert (heard.usage.prompt, heard.usage.output) == (69, 35)
    assert heard.usage.reasoning > 0
    has_times = dialect in {"cerebras", "groq", "sambanova", "llamacpp", "fireworks"}
    assert (heard.timing is not None) == has_times


_FAULTS: dict[str, Fault | tuple[Fault, ...]] = {
    "none": (),
    "bom": framing.Bom(),
    "crlf": framing.LineEnds(b"\r\n"),
    "cr": framing.LineEnds(b"\r"),
    "comments": framing.Comments(),
    "comments and crlf": (framing.Comments(), framing.LineEnds(b"\r\n")),
    "no finish": faults.NoFinish(),
    "no done": faults.NoDone(hang=False),
    "half": faults.Cut(4, "end", half=True),
    "half of the first": faults.Cut(0, "end", half=True),
    "error": faults.error_event(4),
    "bad json": faults.bad_json(4),
    "choices null": faults.choices_null(4),
    "done only": faults.DONE_ONLY,
    "page": faults.HTML_200,
}


@given(
    st.sampled_from(sorted(DIALECTS)),
    st.sampled_from(sorted(_FAULTS)),
    st.sampled_from([TEXT, f"<think>{REASONING}</think>\n\n{TEXT}", "<think>not closed"]),
    st.integers(0, 5),
    st.lists(st.integers(0, 5000), max_size=25),
)
def test_any_split_gives_the_same(
    dialect: str, fault: str, text: str, seed: int, places: list[int]
) -> None:
    body = body_of(Answer(text, REASONING, seed=seed, fault=_FAULTS[fault]), dialect)
    assert decode(*cut(body, places)) == decode(body)


@pytest.mark.parametrize("fault", sorted(_FAULTS))
def test_one_byte_a_read_gives_the_same(fault: str) -> None:
    body = body_of(Answer(TEXT, REASONING, fault=_FAULTS[fault]))
    assert decode(*(body[i : i + 1] for i in range(len(body)))) == decode(body)


@given(st.text(), st.text(), st.integers(0, 9))
def test_text_and_reasoning_come_as_they_were_sent(text: str, reasoning: str, seed: int) -> None:
    heard, error = decode(body_of(Answer(text, reasoning, seed=seed)))
    assert error is None
    assert heard.reasoning == reasoning
    assert heard.text == text or text.lstrip().startswith("<think>")


@pytest.mark.parametrize("fault", ["bom", "crlf", "cr", "comments", "choices null"])
def test_oddities_of_form_cost_nothing(fault: str) -> None:
    body = body_of(Answer(TEXT, REASONING, fault=_FAULTS[fault]))
    assert decode(body) == decode(body_of(Answer(TEXT, REASONING)))


def test_a_read_becomes_one_batch() -> None:
    """The engine's work is per network read, not per token."""
    decoder = StreamDecoder()
    batches = list(decoder.feed(body_of(Answer(TEXT, REASONING))))
    assert [(batch.text, batch.reasoning, batch.done) for batch in batches] == [
        (TEXT, REASONING, True)
    ]


def test_a_read_that_completes_nothing_becomes_none() -> None:
    decoder = StreamDecoder()
    assert list(decoder.feed(b": ping\n\n")) == []
    assert list(decoder.feed(b'data: {"choi')) == []


@pytest.mark.parametrize("fault", [faults.error_event(3), faults.bad_json(3)])
def test_what_comes_before_an_error_in_the_same_read_is_kept(fault: Fault) -> None:
    pieces = Answer.of("one ", "two ", "three")
    body = body_of(Answer(pieces.text, pieces=pieces.pieces, fault=fault))
    heard, error = decode(body)
    assert heard.text == "one two "
    assert error is WireError


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyAnswerError),
        (b"\n\n", EmptyAnswerError),
        (b": ping\n\n: ping\n\n", EmptyAnswerError),
        (event("[DONE]"), EmptyAnswerError),
        (b"data: [DONE]", EmptyAnswerError),
        (choice('{"role":"assistant"}') + event("[DONE]"), EmptyAnswerError),
        (choice('{"role":"assistant"}'), CutShortError),
        (choice('{"role":"assistant"}')[:-9], CutShortError),
        (choice('{"content":"a"}') + choice('{"content":"b"}')[:-9], CutShortError),
        (b"<html>busy</html>", WireError),
        (b'{"error":{"message":"no"}}', WireError),
        (b"upstream connect error", WireError),
    ],
)
def test_a_body_that_is_no_answer(body: bytes, error: type[WireError]) -> None:
    assert decode(body)[1] is error
    assert decode(*(body[i : i + 1] for i in range(len(body))))[1] is error


@pytest.mark.parametrize(
    "body",
    [
        choice('{"content":"a"}'),  # whether that is an answer is for the engine to say
        choice('{"content":"a"}') + event("[DONE]"),
        choice("{}", ',"finish_reason":"stop"') + event("[DONE]"),
        # Half an event after the finish reason can only have been a figure.
        choice('{"content":"a"}', ',"finish_reason":"stop"') + b'data: {"choices":[],"usa',
    ],
)
def test_a_body_that_may_be_an_answer(body: bytes) -> None:
    assert decode(body)[1] is None


def test_the_body_of_what_does_not_stream_is_kept() -> None:
    decoder = StreamDecoder()
    list(decoder.feed(b'{"error": {"message": "no'))
    list(decoder.feed(b' room", "code": 503}}'))
    with pytest.raises(WireError) as caught:
        list(decoder.finish())
    assert caught.value.body == {"message": "no room", "code": 503}


@pytest.mark.parametrize("body", [b"[" * 9000, b"[1]", b'"text"', b"{" * 5000])
def test_a_strange_body_has_no_error_object(body: bytes) -> None:
    decoder = StreamDecoder()
    list(decoder.feed(body))
    with pytest.raises(WireError) as caught:
        list(decoder.finish())
    assert caught.value.body is None
    assert len(str(caught.value)) <= 4096


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("stop", "stop"),
        ("eos", "stop"),
        ("end_turn", "stop"),
        ("length", "length"),
        ("max_tokens", "length"),
        ("content_filter", "content_filter"),
        ("tool_calls", "tool_calls"),
        ("error", None),
        ("", None),
        (
            "\\u001b[31m\\ud83d",
            "[31m\ufffd",
        ),  # it is shown and stored
        ("x" * 100, "x" * 39 + "…"),
    ],
)
def test_finish_reasons(said: str, means: str | None) -> None:
    heard, _ = decode(choice('{"content":"a"}', f',"finish_reason":"{said}"') + event("[DONE]"))
    assert heard.finish_reason == means


def test_a_failure_told_after_the_finish_reason_changes_it_in_no_split() -> None:
    stop = choice('{"content":"a"}', ',"finish_reason":"stop"')
    error = choice("{}", ',"finish_reason":"error"')
    assert decode(stop + error)[0].finish_reason == "stop"
    assert decode(stop, error)[0].finish_reason == "stop"


def test_finished_says_whether_a_finish_reason_came() -> None:
    decoder = StreamDecoder()
    list(decoder.feed(choice('{"content":"a"}')))
    assert not decoder.finished
    list(decoder.feed(choice("{}", ',"finish_reason":"stop"')))
    assert decoder.finished


def test_other_choices_than_the_first_are_not_mixed_in() -> None:
    second = event('{"choices":[{"index":1,"delta":{"content":"no"},"finish_reason":"length"}]}')
    heard, _ = decode(second, choice('{"content":"yes"}'), second, event("[DONE]"))
    assert (heard.text, heard.finish_reason) == ("yes", None)


def test_what_follows_the_end_mark_is_ignored() -> None:
    heard, _ = decode(choice('{"content":"a"}') + event("[DONE]") + choice('{"content":"b"}'))
    assert heard.text == "a"


def test_half_a_tag_at_the_end_is_text() -> None:
    """Also where the stream has no finish reason, as older releases of Ollama end theirs."""
    for end in (b"", event("[DONE]"), choice("{}", ',"finish_reason":"stop"')):
        assert decode(choice('{"content":"<thi"}') + end)[0].text == "<thi"


def test_figures_of_the_last_chunk_count() -> None:
    first = event('{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":1}}')
    last = event('{"choices":null,"usage":{"prompt_tokens":5,"completion_tokens":9}}')
    unusable = event('{"choices":[],"usage":{"prompt_tokens":null}}')
    heard, _ = decode(choice('{"content":"a"}') + first + last + unusable + event("[DONE]"))
    assert heard.usage == Usage(5, 9)


def test_progress_of_the_prompt_is_reported() -> None:
    decoder = StreamDecoder()
    progress = event('{"choices":[],"prompt_progress":{"total":300,"processed":128}}')
    assert [batch.prompt_read for batch in decoder.feed(progress)] == [(128, 300)]
