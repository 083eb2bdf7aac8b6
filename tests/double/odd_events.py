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
    "content-object": _content({"a": 1}),
    "content-true": _content(value=True),
    "content-misspelt": _choice(delta={"conteot": "word"}),
    "choices-object": _event({"choices": {"a": 1}}),
    "choices-misspelt": _event({"choicds": [{"index": 0, "delta": {"content": "word"}}]}),
    "data-number": _event(42),
    "data-list": _event([1, [2]]),
    "data-text": _event("hello"),
    "second-choice": _event({"choices": [{"index": 1, "delta": {"content": "another answer"}}]}),
    "no-field": _bytes(b"dbta: {}\n\n"),
}
"""What may have been a part of the answer, and cannot be read."""

HARMLESS = {
    "delta-null": _choice(delta=None),
    "data-null": _event(None),
    "finish-number": _choice(finish_reason=7),
    "error-empty": _event({"choices": [], "error": {"message": "", "type": "", "code": None}}),
    "error-of-success": _event({"code": 0, "message": "Success", "status_code": 200}),
    "keep-alive": _event({"type": "ping", "object": "keepalive"}),
    "keep-alive-text": _bytes(b"event: ping\ndata: still here\n\n"),
    "vendor-fields": _choice(delta={"role": "assistant", "obfuscation": "xY3", "shard": "a-1"}),
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
