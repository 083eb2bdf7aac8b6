"""Every shape that a chunk may have: what is right in it is kept, what is wrong does not matter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.wire.chunk import Chunk, OddChunk
from moa_tui.engine.wire.errors import WireError
from moa_tui.engine.wire.reading import read_chunk, read_chunks


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def content(chunk: Chunk) -> list[str | None]:
    return [choice.delta.content if choice.delta else None for choice in chunk.choices or ()]


def odd(data: bytes) -> OddChunk:
    chunk = read_chunk(data)
    assert isinstance(chunk, OddChunk)
    return chunk


def refused(data: bytes) -> WireError:
    trouble = odd(data).trouble
    assert trouble is not None
    return trouble


def test_a_recorded_chunk() -> None:
    """Cerebras leaves out what it does not use."""
    chunk = read_chunk(
        b'{"id":"chatcmpl-e6ff72f6","choices":[{"delta":{"content":" came through"},"index":0}],'
        b'"created":1775751421,"model":"gpt-oss-120b","system_fingerprint":"fp_4c26",'
        b'"object":"chat.completion.chunk"}'
    )
    assert content(chunk) == [" came through"]
    assert chunk.choices
    assert chunk.choices[0].finish_reason is None
    assert chunk.usage is None
    assert chunk.time_info is None


def test_a_recorded_last_chunk() -> None:
    chunk = read_chunk(
        b'{"choices":[{"delta":{},"finish_reason":"stop","index":0}],"usage":{"total_tokens":104,'
        b'"completion_tokens":35,"prompt_tokens":69},"time_info":{"queue_time":0.003}}'
    )
    assert content(chunk) == [None]
    assert chunk.choices
    assert chunk.choices[0].finish_reason == "stop"
    assert chunk.usage == {"total_tokens": 104, "completion_tokens": 35, "prompt_tokens": 69}
    assert chunk.time_info == {"queue_time": 0.003}


_RIGHT = {"delta": {"content": "a"}, "index": 0}


@pytest.mark.parametrize(
    ("choices", "kept"),
    [
        (None, []),
        ([], []),
        ([{}], [None]),
        ([{"delta": None}], [None]),
        ([{"delta": {}}], [None]),
        ([{"delta": {"content": None, "role": None, "refusal": None}}], [None]),
        ([{"delta": {"content": ""}}], [None]),
        ([{**_RIGHT, "index": None, "logprobs": None, "finish_reason": None}], ["a"]),
        ([{**_RIGHT, "tool_calls": [{"id": 1}], "token_id": 3}], ["a"]),
        # Wrong types: the part is as good as absent, the rest counts.
        (5, []),
        ("text", []),
        ({"0": _RIGHT}, []),
        ([None, 7, "x", [], _RIGHT], ["a"]),
        ([{"delta": []}, _RIGHT], [None, "a"]),
        # Text in another shape is text.
        ([{"delta": "x"}], ["x"]),
        ([{"delta": {"content": 5}}], ["5"]),
        ([{"delta": {"content": ["a"]}}], ["a"]),
        ([{"message": {"content": "a"}}], ["a"]),
        ([{"text": "a"}], ["a"]),
        ([{"delta": {"refusal": "no"}}], ["no"]),
        ([{"delta": {"content": "a"}, "finish_reason": 5, "index": "0"}], ["a"]),
        ([{"delta": {"content": "a"}, "index": 0.5}], ["a"]),
        ([{"delta": {"content": "a"}, "index": 10**30}], ["a"]),
    ],
)
def test_choices_of_any_shape(choices: object, kept: list[str | None]) -> None:
    assert content(read_chunk(encoded({"choices": choices, "object": "x"}))) == kept


@pytest.mark.parametrize("value", [None, 42, 1.5, True, "text", [], [[]], {}, {"choices": None}])
def test_an_event_without_a_choice_says_nothing(value: object) -> None:
    assert content(read_chunk(encoded(value))) == []


@pytest.mark.parametrize("name", ["usage", "time_info", "timings", "perf_metrics", "x_groq"])
@pytest.mark.parametrize("value", [None, 5, "x", [], [{}]])
def test_figures_of_a_wrong_type_do_not_cost_the_text(name: str, value: object) -> None:
    chunk = read_chunk(encoded({"choices": [_RIGHT], name: value}))
    assert content(chunk) == ["a"]
    assert getattr(chunk, name) is None


@pytest.mark.parametrize("figure", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 30, "9" * 400])
def test_impossible_numbers_do_not_cost_the_text(figure: str) -> None:
    data = b'{"choices":[{"delta":{"content":"a"}}],"usage":{"completion_tokens":%b}}'
    assert content(read_chunk(data % figure.encode())) == ["a"]


def test_a_number_of_more_digits_than_python_reads_is_told() -> None:
    assert "not JSON" in str(refused(b'{"usage":{"n":' + b"9" * 5000 + b"}}"))


@pytest.mark.parametrize(
    ("escaped", "text"),
    [
        (rb"\ud83d", "\ud83d"),
        (rb"\ude00!", "\ude00!"),
        (rb"\ud83d\ude00", "\U0001f600"),
        (rb"a\u0000b\u2028", "a\0b\u2028"),
        ("\U0001f600".encode(), "\U0001f600"),
        (b"caf\xc3", "caf\ufffd"),  # a server that splits text by bytes: it is doubted
        (b"\xa9!", "\ufffd!"),
        (b"\xff\xfe", "\ufffd\ufffd"),
    ],
)
def test_text_of_any_code_points(escaped: bytes, text: str) -> None:
    assert content(read_chunk(b'{"choices":[{"delta":{"content":"%s"}}]}' % escaped)) == [text]


@pytest.mark.parametrize(
    "brackets", [b"[", b'{"a":', b'{"error":', b'{"error":[', b'{"usage":{"a":', b'{"x":[']
)
def test_brackets_nested_too_deep_are_told(brackets: bytes) -> None:
    assert "not JSON" in str(refused(brackets * 100_000))


def test_brackets_nested_as_deep_as_can_be_read_are_told() -> None:
    """A message that can be read and not be written: its repr would exceed the recursion limit."""
    for depth in range(100, 1500, 50):
        nested = b"[" * depth + b"1" + b"]" * depth
        refused(b'{"error":' + nested + b"}")
        refused(b'{"error":{"message":' + nested + b"}}")


@pytest.mark.parametrize(
    "data", [b"{", b"{'a': 1}", b"upstream timed out", b"<html>", b"", b"\x1f\x8b"]
)
def test_what_is_not_json_is_quoted(data: bytes) -> None:
    error = refused(data)
    assert str(error) == f"an event that is not JSON: {data.decode('utf-8', 'replace')}"
    assert error.body is None


def test_only_the_start_is_quoted() -> None:
    assert len(str(refused(b"x" * 10_000_000))) < 120


_CEREBRAS = {
    "message": "Internal server error",
    "type": "server_error",
    "param": "",
    "code": "internal_error",
    "id": "",
}


@pytest.mark.parametrize(
    ("event", "message", "body"),
    [
        (  # Cerebras
            {"error": _CEREBRAS, "status_code": 500},
            "Internal server error",
            {**_CEREBRAS, "status_code": 500},
        ),
        (  # OpenRouter: a number as code, and choices beside the error
            {"error": {"message": "gone", "code": 502}, "choices": [_RIGHT]},
            "gone",
            {"message": "gone", "code": 502},
        ),
        ({"error": "overloaded"}, "overloaded", {"message": "overloaded"}),
        (  # vLLM: not wrapped
            {"object": "error", "message": "too long", "code": 400},
            "too long",
            {"message": "too long", "code": 400},
        ),
        (
            {"status_code": 503, "message": "try later"},
            "try later",
            {"message": "try later", "code": None, "status_code": 503},
        ),
        (  # Groq, on a stream that it stops early
            {"x_groq": {"id": "r", "error": "over capacity"}, "choices": [_RIGHT]},
            "over capacity",
            {"message": "over capacity"},
        ),
        ({"error": True}, "an error in the stream", {"message": "an error in the stream"}),
        ({"error": {"detail": "no"}}, "an error in the stream", None),
        ({"error": {"message": 5, "code": "x"}}, "an error in the stream", None),
        ({"error": {"code": 500}, "choices": 5}, "an error in the stream", None),
        ({"status_code": "503"}, "an error in the stream", None),
        ({"error": {"message": "lone \ud83d"}}, "lone \ud83d", {"message": "lone \ud83d"}),
    ],
)
def test_errors_in_a_stream(
    event: dict[str, Any], message: str, body: dict[str, Any] | None
) -> None:
    error = refused(encoded(event))
    assert str(error) == message
    assert error.body is not None
    if body is not None:
        assert {name: value for name, value in error.body.items() if value is not None} == {
            name: value for name, value in body.items() if value is not None
        }


@pytest.mark.parametrize(
    "absent",
    [
        *(None, "", {}, [], False, 0, "none", "ok", "success", [None], [{}], {"error": {}}),
        {"message": "", "type": "", "param": "", "code": None},
        {"message": None},
        {"message": "Success", "code": 0},
        {"code": 200},
        {"code": "0", "message": "OK"},
    ],
)
def test_an_error_that_says_nothing_is_none(absent: object) -> None:
    """Servers that leave nothing out send an empty one with every chunk."""
    event = {"error": absent, "choices": [_RIGHT], "status_code": 200, "message": "ok"}
    assert content(read_chunk(encoded(event))) == ["a"]
    assert getattr(read_chunk(encoded(event)), "trouble", None) is None
    assert odd(encoded({"error": absent})).trouble is None


@pytest.mark.parametrize(
    "event",
    [
        *({}, {"type": "ping"}, {"object": "keepalive"}, {"status": "processing"}, {"code": 0}),
        {"code": 0, "message": "Success", "sid": "s", "usage": {"prompt_tokens": 3}},
        {"status_code": 200, "message": "ok"},
        {"base_resp": {"status_code": 0, "status_msg": ""}, "choices": []},
        {"choices": None},
        {"choices": [], "prompt_filter_results": [{"content_filter_results": {}}]},
    ],
)
def test_an_event_that_keeps_alive_is_nothing(event: dict[str, Any]) -> None:
    chunk = odd(encoded(event))
    assert (chunk.trouble, chunk.remark, chunk.doubt) == (None, None, "")


@pytest.mark.parametrize(
    "event",
    [
        {"error": {"code": "overloaded"}},
        {"error": {"type": "server_error"}},
        {"error": [{"error": {"message": "no"}}]},
        {"errors": ["no"], "status": 503},
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
        {"object": "error"},
        {"base_resp": {"status_code": 1013, "status_msg": "no"}},
        {"code": "model_not_found", "message": "no"},
        {"status": 500},
    ],
)
def test_an_error_that_says_something_is_one(event: dict[str, Any]) -> None:
    refused(encoded(event))


@pytest.mark.parametrize("event", [{"message": "try later"}, {"detail": "Not authenticated"}])
def test_a_message_by_itself_is_remembered(event: dict[str, Any]) -> None:
    chunk = odd(encoded(event))
    assert chunk.trouble is None
    assert chunk.remark is not None
    assert str(chunk.remark) == next(iter(event.values()))


def of_choice(**fields: Any) -> OddChunk:
    return odd(encoded({"choices": [{"index": 0, **fields}]}))


def thinking(chunk: Chunk) -> str | None:
    assert chunk.choices
    assert chunk.choices[0].delta
    return chunk.choices[0].delta.reasoning


@pytest.mark.parametrize(
    ("value", "text", "thought"),
    [
        ([{"type": "text", "text": "a"}, {"type": "output_text", "text": "b"}], "ab", None),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "t"}]}], None, "t"),
        ([{"type": "thinking", "thinking": "t"}, {"type": "text", "text": "a"}], "a", "t"),
        ([{"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}]}], None, "t"),
        ([{"type": "reasoning_text", "text": "t"}, "a"], "a", "t"),
        ([{"type": "refusal", "refusal": "no"}], "no", None),
        ([["a", ["b", [{"text": "c"}]]]], "abc", None),
        ({"type": "text", "text": {"value": "a", "annotations": []}}, "a", None),
        ({"text": "a"}, "a", None),
        ({"thinking": "t", "text": "a"}, "a", "t"),
        ({"text": "t", "thought": True}, None, "t"),
        ([{"type": "redacted_thinking", "data": "x"}, {"type": "text", "text": "a"}], "a", None),
        ([{"type": "reference", "reference_ids": [1]}, {"text": "a"}], "a", None),
        (42, "42", None),
        (0, "0", None),
        (4.5, "4.5", None),
        ([], None, None),
        ([{"type": "text", "text": ""}], None, None),
    ],
)
def test_content_in_parts(value: object, text: str | None, thought: str | None) -> None:
    chunk = of_choice(delta={"content": value})
    assert (content(chunk), thinking(chunk)) == ([text], thought)
    assert chunk.doubt == ""


@pytest.mark.parametrize(
    "value",
    [
        *({"a": 1}, [{"type": "image_url", "image_url": {"url": "x"}}], True, [{"a": {"b": "c"}}]),
        [[[[[[[[[[["deep"]]]]]]]]]]],
        [{"type": "text", "text": "a"}, {"type": "hologram", "data": "x"}],
    ],
)
def test_content_that_cannot_be_read_is_doubted(value: object) -> None:
    assert of_choice(delta={"content": value}).doubt


@pytest.mark.parametrize(
    "delta",
    [
        {"reasoning_details": [{"type": "reasoning.text", "text": "t"}]},
        {"reasoning_details": [{"type": "reasoning.summary", "summary": "t"}]},
        {"reasoning": "t", "reasoning_details": [{"type": "reasoning.text", "text": "t"}]},
        {"reasoning": {"content": "t"}, "content": ""},
        {"thinking": "t"},
        {"reasoning": None, "reasoning_content": "t"},
    ],
)
def test_reasoning_in_any_field(delta: dict[str, Any]) -> None:
    chunk = read_chunk(encoded({"choices": [{"delta": delta}]}))
    assert chunk.choices
    assert chunk.choices[0].delta
    found = chunk.choices[0].delta
    assert (found.reasoning or found.reasoning_content) == "t"


@pytest.mark.parametrize(
    "delta",
    [
        *({"conteot": "word"}, {"Content": "word"}, {"role": "assistant", "contnt": "word"}),
        *({"output": "more than a word"}, {"answer": "Größe"}, {"x": {"text": "word"}}, ["a", "b"]),
        {"payload": [{"content": "word"}]},
    ],
)
def test_a_delta_with_nothing_but_an_unknown_text_is_doubted(delta: object) -> None:
    assert of_choice(delta=delta).doubt


@pytest.mark.parametrize(
    "delta",
    [
        {"role": "assistant", "obfuscation": "aGk", "logprobs": None, "token_id": 5},
        {"role": "assistant", "shard": "eu-1", "fp": "fp_44709d6fcb", "n": 5, "ok": True},
        {"content": "", "annotations": [{"url": "x", "text": "a page"}], "vendor": {"a": 1}},
        {"content": "a", "conteot": "word"},
        {"tool_calls": [], "function_call": None, "audio": None},
    ],
)
def test_unknown_fields_beside_a_delta_are_normal(delta: dict[str, Any]) -> None:
    assert getattr(read_chunk(encoded({"choices": [{"delta": delta}]})), "doubt", "") == ""


@pytest.mark.parametrize(
    "event",
    [
        {"choicds": [{"delta": {"content": "word"}}]},
        {"choices": [{"index": 0, "delua": {"content": "word"}}]},
        {"choices": {"0": {"delta": {"content": "word"}}}},
        {"choices": ["word"]},
        {"output": [{"type": "message", "content": [{"type": "output_text", "text": "word"}]}]},
        "word",
        ["word"],
        42,
    ],
)
def test_an_event_with_text_in_an_unknown_place_is_doubted(event: object) -> None:
    assert odd(encoded(event)).doubt


@pytest.mark.parametrize(
    ("reason", "word"),
    [
        *((None, None), ("", None), (False, None), ({}, None), (7, "7"), ("stop", "stop")),
        ({"type": "stop", "matched": "</s>"}, "stop"),
        (["length"], "length"),
        ({"x": 1}, "an object"),
    ],
)
def test_a_finish_reason_of_any_shape(reason: object, word: str | None) -> None:
    choices = of_choice(delta={}, finish_reason=reason).choices
    assert choices
    assert choices[0].finish_reason == word


@pytest.mark.parametrize(
    ("delta", "tools"),
    [
        ({"tool_calls": [{"index": 0, "function": {"name": "find", "arguments": ""}}]}, ("find",)),
        ({"content": "", "tool_calls": [{"function": {"arguments": "{}"}}]}, ("",)),
        ({"content": "a", "tool_calls": [{"function": {"name": "find"}}]}, ("find",)),
        ({"function_call": {"name": "find", "arguments": "{}"}}, ("find",)),
        ({"content": [{"type": "tool_use", "name": "find", "input": {}}]}, ("find",)),
    ],
)
def test_tools_that_the_model_calls(delta: dict[str, Any], tools: tuple[str, ...]) -> None:
    assert of_choice(delta=delta).tools == tools


_NAMES = st.sampled_from(
    [
        *("choices", "delta", "content", "reasoning", "index", "finish_reason", "x_groq"),
        *("usage", "completion_tokens", "time_info", "error", "message", "status_code"),
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_any_json_is_read_or_told(value: object) -> None:
    chunk = read_chunk(encoded(value))
    assert all(isinstance(text, str | None) for text in content(chunk))
    if isinstance(chunk, OddChunk) and chunk.trouble:
        assert chunk.trouble.body is not None


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    chunk = read_chunk(data)
    assert all(isinstance(text, str | None) for text in content(chunk))


def test_two_events_that_have_run_together_are_doubted() -> None:
    one = '"choices":[{"index":0,"delta":{"content":"a"}}]'
    for events in (
        [f"{{{one},{one}}}".encode()],
        [f"{{{one}}}".encode(), f"{{{one},{one}}}".encode()],
    ):
        last = read_chunks(events)[-1]
        assert isinstance(last, OddChunk)
        assert last.doubt
    quoted = encoded({"choices": [{"index": 0, "delta": {"content": '"choices":"choices":'}}]})
    assert type(read_chunk(quoted)) is Chunk
