"""Whole bodies of every provider, however the network splits them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import Outcome
from moa_tui.engine.openai_provider.reasons import reason_in
from moa_tui.engine.provider import Usage
from moa_tui.engine.verdict import Received, judge
from moa_tui.engine.wire.decoder import StreamDecoder
from moa_tui.engine.wire.errors import CutShortError, EmptyAnswerError, WireError
from moa_tui.redaction import hold
from tests import canary
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
    assert heard.finish_reason == ("eos" if dialect == "together" else "stop")
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
    st.sampled_from(
        [
            *(TEXT, f"<think>{REASONING}</think>\n\n{TEXT}", "<think>not closed"),
            *(f"{REASONING}\n</think>\n\n{TEXT}", "`</think>` closes</s>"),
        ]
    ),
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


@given(st.text(st.characters(exclude_characters="<[◁")), st.text(), st.integers(0, 9))
def test_text_and_reasoning_come_as_they_were_sent(text: str, reasoning: str, seed: int) -> None:
    heard, error = decode(body_of(Answer(text, reasoning, seed=seed)))
    assert error is None
    assert (heard.text, heard.reasoning) == (text, reasoning)


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
    ("said", "kept"),
    [
        ("stop", "stop"),
        ("eos", "eos"),
        ("FINISH_REASON_MAX_TOKENS", "FINISH_REASON_MAX_TOKENS"),
        ("error", "error"),
        ("", None),
        ("null", None),
        ("\\u001b[31m\\ud83d", "[31m\ufffd"),  # it is shown and stored
        ("x" * 100, "x" * 79 + "…"),
        (f"x {canary.KEY}", "x [key]"),
    ],
)
def test_finish_reasons(said: str, kept: str | None) -> None:
    hold(canary.KEY)
    heard, _ = decode(choice('{"content":"a"}', f',"finish_reason":"{said}"') + event("[DONE]"))
    assert heard.finish_reason == kept


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
    assert (heard.text, heard.finish_reason, heard.doubt) == ("yes", None, "")


def test_a_piece_under_another_number_is_doubted() -> None:
    stray = event('{"choices":[{"index":1,"delta":{"content":"four"}}]}')
    stop = choice("{}", ',"finish_reason":"stop"')
    for end in (stop, stop + event("[DONE]"), event("[DONE]")):
        heard, _ = decode(choice('{"content":"It is "}') + stray + end)
        assert (heard.text, bool(heard.doubt)) == ("It is ", True)
    heard, _ = decode(choice('{"content":"It is."}') + stop + stray + event("[DONE]"))
    assert heard.doubt == ""


def test_an_answer_under_another_number_is_the_answer() -> None:
    only = event('{"choices":[{"index":1,"delta":{"content":"four"},"finish_reason":"stop"}]}')
    for end in (b"", event("[DONE]")):
        heard, error = decode(only + end)
        assert (heard.text, heard.finish_reason, error) == ("four", "stop", None)


def test_text_after_a_finish_reason_needs_another_end() -> None:
    stop = choice("{}", ',"finish_reason":"stop"')
    more = choice('{"content":" and more"}')
    first = choice('{"content":"One"}') + stop
    assert decode(first + more)[0].finish_reason is None
    assert decode(first + more + event("[DONE]"))[0].finish_reason == "stop"
    assert decode(first + more + stop)[0].finish_reason == "stop"
    assert decode(first + choice('{"content":"\\n"}'))[0].finish_reason == "stop"


@pytest.mark.parametrize(
    "after", ["oops", '{"error":{"message":"no"}}', '{"conteot":"x"}', "[1,2]", '"x"', "{"]
)
def test_nothing_after_the_finish_reason_counts(after: str) -> None:
    body = choice('{"content":"One"}', ',"finish_reason":"stop"') + event(after)
    usage = event('{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":9}}')
    for rest in (b"", b"<junk>\n\n", usage, event("[DONE]")):
        heard, error = decode(body + rest)
        assert (heard.text, heard.finish_reason, heard.doubt, error) == ("One", "stop", "", None)
        assert (heard.usage is not None) == (rest == usage)


_DOCUMENT = {
    "object": "chat.completion",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": "Four.", "reasoning": "Hm."},
            "finish_reason": "stop",
        }
    ],
    "usage": {"prompt_tokens": 5, "completion_tokens": 6},
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\n\ndata: [DONE]\n\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"data: ", b"\xef\xbb\xbf", b"\n\n"])
def test_a_whole_document_is_the_answer(indent: int | None, end: bytes, start: bytes) -> None:
    body = start + json.dumps(_DOCUMENT, indent=None if start == b"data: " else indent).encode()
    heard, error = decode(body + end)
    assert (heard.text, heard.reasoning, heard.finish_reason) == ("Four.", "Hm.", "stop")
    assert (heard.usage, heard.doubt, error) == (Usage(5, 6), "", None)
    assert decode(*(bytes([byte]) for byte in body + end)) == (heard, error)


def test_a_message_that_says_it_all_again_is_no_second_answer() -> None:
    whole = event(
        '{"choices":[{"index":0,"message":{"content":"One two"},"finish_reason":"stop"}]}'
    )
    heard, _ = decode(choice('{"content":"One "}') + choice('{"content":"two"}') + whole)
    assert (heard.text, heard.finish_reason) == ("One two", "stop")


def test_what_a_server_says_instead_of_an_answer_is_the_reason() -> None:
    for body in (b'{"detail":"no room"}', event('{"message":"no room"}') + event("[DONE]")):
        decoder = StreamDecoder()
        with pytest.raises(WireError, match="no room"):
            list(decoder.feed(body)) + list(decoder.finish())


@pytest.mark.parametrize(
    "odd",
    [
        *(b"dbta: {}\n\n", b"oops\n\n", b"data: 42\n\n", b'data: "x"\n\n', b"{\n\n"),
        choice('{"conteot":"two "}'),
        choice('{"content":"two "}').replace(b"two", b"tw\xff"),
        choice('{"content":{"a":1}}'),
    ],
)
def test_what_cannot_be_read_is_told(odd: bytes) -> None:
    body = choice('{"content":"One "}') + odd + choice("{}", ',"finish_reason":"stop"')
    for reads in ([body], [bytes([byte]) for byte in body]):
        heard, error = decode(*reads)
        assert heard.doubt
        assert (heard.finish_reason, error) == ("stop", None)


@pytest.mark.parametrize(("counted", "thought", "doubted"), [(99, 9, True), (99, 90, False)])
def test_far_more_tokens_than_text_are_doubted(counted: int, thought: int, doubted: bool) -> None:
    """Only of a provider that tells reasoning apart: elsewhere that may be what was counted."""
    details = {"reasoning_tokens": thought}
    usage = {"completion_tokens": counted, "completion_tokens_details": details}
    ends = choice("{}", ',"finish_reason":"stop"') + event(json.dumps({"usage": usage}))
    heard, _ = decode(choice('{"content":"Four."}') + ends + event("[DONE]"))
    assert bool(heard.doubt) == doubted


@pytest.mark.parametrize("dialect", ["cerebras", "openai", "llamacpp"])
def test_no_flipped_bit_loses_a_piece_of_a_whole_answer(dialect: str) -> None:
    """What remains are letters of the text itself: of those nothing tells that they were others."""
    body = body_of(Answer("It is 42, and\nno more.", seed=3), dialect)
    whole, _ = decode(body)
    for place in range(len(body)):
        for bit in range(0, 8, 2) if place % 2 else range(1, 8, 2):
            flipped = bytearray(body)
            flipped[place] ^= 1 << bit
            heard, error = decode(bytes(flipped))
            received = Received(heard.text, heard.finish_reason, heard.done, doubt=heard.doubt)
            outcome, _ = judge(received, None, finish_required=True)
            if error is None and outcome is Outcome.COMPLETE:
                assert abs(len(heard.text) - len(whole.text)) <= 1, (place, bit)


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


_SAID = [
    {"errors": [{"message": "zap"}]},
    {"fault": {"faultstring": "zap"}},
    {"Error": {"Message": "zap"}},
    {"modelStreamErrorException": {"message": "zap"}},
    {"__type": "ThrottlingException", "message": "zap"},
    {"statusCode": 500, "message": "zap"},
    {"error": True, "message": "zap"},
    {"error": 1, "reason": "zap"},
    {"base_resp": {"status_code": 1000, "status_msg": "zap"}},
    {"title": "zap", "status": 500},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "error", "error": {"message": "zap"}}]},
    {"choices": [{"index": 0, "delta": {"content": "an"}}], "error": {"message": "zap"}},
]
_REMARKED = [
    {"detail": "zap"},
    {"response": {"status": "failed", "error": {"message": "zap"}}},
    {"header": {"code": 10013, "message": "zap"}},
]


def _heard_until_done(body: bytes) -> tuple[str, bool, WireError | None]:
    """What is heard by one who stops at the end mark: the text, the mark, and the error."""
    decoder, text = StreamDecoder(), ""
    try:
        for batch in decoder.feed(body):
            text += batch.text
            if batch.done:
                return text, True, None
    except WireError as error:
        return text, False, error
    return text, False, None


@pytest.mark.parametrize("said", [*_SAID, *_REMARKED], ids=json.dumps)
def test_what_went_wrong_is_heard_before_the_end_mark(said: dict[str, object]) -> None:
    body = choice('{"content":"Half "}') + event(json.dumps(said)) + event("[DONE]")
    text, done, error = _heard_until_done(body)
    assert (text.strip() in {"Half", "Half an"}, done) == (True, False)
    assert error is not None
    assert reason_in(error.body).words == "zap"


@pytest.mark.parametrize("said", _SAID, ids=json.dumps)
def test_an_error_between_texts_leaves_no_whole_answer(said: dict[str, object]) -> None:
    after = choice('{"content":"more."}') + choice("{}", ',"finish_reason":"stop"')
    body = choice('{"content":"Half "}') + event(json.dumps(said)) + after + event("[DONE]")
    _, done, error = _heard_until_done(body)
    assert (done, error is not None) == (False, True)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"finish_reason": "stop", "native_finish_reason": "MAX_TOKENS"}, "MAX_TOKENS"),
        ({"finish_reason": "stop", "native_finish_reason": "SAFETY"}, "SAFETY"),
        ({"finish_reason": "stop", "native_finish_reason": "abort"}, "abort"),
        ({"finish_reason": "stop", "native_finish_reason": "zorp"}, "stop"),
        ({"finish_reason": "length", "native_finish_reason": "STOP"}, "length"),
        ({"finish_reason": "stop", "stop_reason": 128009}, "stop"),
        ({"finish_reason": "stop", "stop_reason": "length"}, "stop"),  # a stop word of one's own
        ({"finish_reason": None, "stop_reason": "end_turn"}, "end_turn"),
        ({"finish_reason": None, "stop_reason": "zorp"}, None),
        ({"finishReason": "MAX_TOKENS"}, "MAX_TOKENS"),
    ],
    ids=json.dumps,
)
def test_how_it_ended_is_read_in_every_field(fields: dict[str, object], kept: str | None) -> None:
    text = "." if fields.get("finish_reason") else ""
    last = {"choices": [{"index": 0, "delta": {"content": text}, **fields}]}
    heard, error = decode(choice('{"content":"All"}'), event(json.dumps(last)), event("[DONE]"))
    assert (heard.finish_reason, error) == (kept, None)
