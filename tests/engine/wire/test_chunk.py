"""Every shape that a chunk may have: what is right in it is kept, what is wrong does not matter."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.wire.chunk import Chunk, read_chunk
from moa_tui.engine.wire.errors import WireError


def encoded(value: object) -> bytes:
    return json.dumps(value).encode()


def content(chunk: Chunk) -> list[str | None]:
    return [choice.delta.content if choice.delta else None for choice in chunk.choices or ()]


def refused(data: bytes) -> WireError:
    with pytest.raises(WireError) as caught:
        read_chunk(data)
    return caught.value


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
        ([{"delta": {"content": ""}}], [""]),
        ([{**_RIGHT, "index": None, "logprobs": None, "finish_reason": None}], ["a"]),
        ([{**_RIGHT, "tool_calls": [{"id": 1}], "token_id": 3}], ["a"]),
        # Wrong types: the part is as good as absent, the rest counts.
        (5, []),
        ("text", []),
        ({"0": _RIGHT}, []),
        ([None, 7, "x", [], _RIGHT], ["a"]),
        ([{"delta": []}, _RIGHT], [None, "a"]),
        ([{"delta": "x"}], [None]),
        ([{"delta": {"content": 5}}], [None]),
        ([{"delta": {"content": ["a"]}}], [None]),
        ([{"delta": {"content": "a", "reasoning": 5}}], ["a"]),
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
        (b"caf\xc3", "caf\ufffd"),  # a server that splits text by bytes
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
    assert error.__suppress_context__


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
        ({"error": ["x"]}, "an error in the stream", {"message": "an error in the stream"}),
        ({"error": {"message": None}}, "an error in the stream", None),
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
    assert error.body["message"] == message
    if body is not None:
        assert {name: value for name, value in error.body.items() if value is not None} == {
            name: value for name, value in body.items() if value is not None
        }


@pytest.mark.parametrize("absent", [None, "", {}, [], False])
def test_an_empty_error_is_none(absent: object) -> None:
    """Servers that leave nothing out send an empty one with every chunk."""
    event = {"error": absent, "choices": [_RIGHT], "status_code": 200, "message": "ok"}
    assert content(read_chunk(encoded(event))) == ["a"]


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
    try:
        texts = content(read_chunk(encoded(value)))
    except WireError as error:
        texts, is_error_object = [], error.body is not None
        assert is_error_object
    assert all(isinstance(text, str | None) for text in texts)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    try:
        chunk = read_chunk(data)
    except WireError:
        return
    assert all(isinstance(text, str | None) for text in content(chunk))
