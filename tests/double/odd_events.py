"""Events that do not belong into a stream, put in front of event k; then the stream goes on."""

import json
from collections.abc import Callable
from typing import Any

from tests.double.faults import Inject

Kind = Callable[[int], Inject]


def _bytes(data: bytes, *, ends: bool = False) -> Kind:
    return lambda after: Inject(after, data, ends=ends)


def _event(value: object, *, ends: bool = False) -> Kind:
    return _bytes(f"data: {json.dumps(value)}\n\n".encode(), ends=ends)


def _choice(**fields: Any) -> Kind:
    return _event({"choices": [{"index": 0, "delta": {}, **fields}]})


def _content(value: object) -> Kind:
    return _choice(delta={"content": value})


NOT_TEXT = {
    "content-number": _content(5),
    "content-list": _content(["a", 1, None]),
    "content-object": _content({"a": 1}),
    "delta-null": _choice(delta=None),
    "finish-number": _choice(finish_reason=7),
    "choices-object": _event({"choices": {"a": 1}}),
    "data-null": _event(None),
    "data-number": _event(42),
    "data-list": _event([1, [2]]),
    "data-text": _event("hello"),
}
"""Well-formed JSON whose types are wrong."""

HARMLESS = {
    "second-choice": _event({"choices": [{"index": 1, "delta": {"content": "another answer"}}]}),
    "early-finish": _choice(finish_reason="stop"),
    "usage-nan": _event(
        {"choices": [], "usage": {"completion_tokens": float("nan"), "total_tokens": -1e400}}
    ),
    "usage-words": _event({"choices": [], "usage": {"prompt_tokens": "many"}}),
    "fields": _bytes(b"id: 7\nretry: 1\nevent: ping\n\ndata:\n\n"),
}
"""What a careless reader takes for text, for the end, or for a figure."""

NOT_EVENTS = {
    "plain-text": _bytes(b"data: upstream connect error\n\n"),
    "not-utf-8": _bytes(b"data: \xff\xfe\n\n"),
    "nested": _bytes(b"data: " + b"[" * 100_000 + b"\n\n"),
    "large-event": _bytes(b"data: " + b"x" * 2_200_000, ends=True),
    "large-number": _bytes(b'data: {"choices":[],"created":' + b"9" * 5000 + b"}\n\n"),
    "html": _bytes(b"<html>bad gateway</html>", ends=True),
    "nul-bytes": _bytes(b"data: \0\0\0\n\n"),
}
"""What no reader of JSON takes."""

ENDS = {
    "flat-error-event": _event(
        {"status_code": 503, "message": "no capacity", "type": "server_error"}, ends=True
    ),
    "done-too-soon": _bytes(b"data: [DONE]\n\n", ends=True),
    "comments-then-end": _bytes(b": keep-alive\n\n" * 3, ends=True),
}
"""What ends a stream without an answer's end."""
