"""One chunk of a streamed chat completion: JSON → typed struct.

msgspec reads what the struct expects, at a fiftieth of the cost of the SDK's models; a chunk of any
other shape is read again tolerantly, keeping the parts that are right.
Fields: https://platform.openai.com/docs/api-reference/chat-streaming and each provider's additions.
"""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from moa_tui.engine.wire.errors import WireError

_OBJECTS = ("usage", "time_info", "timings", "perf_metrics", "x_groq", "prompt_progress")


class Delta(msgspec.Struct, gc=False):
    """New text of a choice; reasoning has two names on the wire."""

    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None


class Choice(msgspec.Struct, gc=False):
    """One answer of several; only index 0 is asked for."""

    delta: Delta | None = None
    finish_reason: str | None = None
    index: int | None = 0


class Chunk(msgspec.Struct, gc=False):
    """A chunk with the fields of every provider; each sends its own few."""

    choices: list[Choice] | None = None
    usage: dict[str, Any] | None = None
    time_info: dict[str, Any] | None = None  # Cerebras
    timings: dict[str, Any] | None = None  # llama.cpp
    prompt_progress: dict[str, Any] | None = None  # llama.cpp
    perf_metrics: dict[str, Any] | None = None  # Fireworks
    x_groq: dict[str, Any] | None = None
    error: Any = None
    status_code: Any = None
    message: Any = None
    code: Any = None


_decode = msgspec.json.Decoder(Chunk).decode
_decode_many = msgspec.json.Decoder(list[Chunk]).decode


def read_chunks(events: list[bytes]) -> Iterator[Chunk]:
    """Decode the data of several events, in one go where nothing is wrong with any of them.

    Raises WireError, as `read_chunk` does, when it comes to the event that is to blame.
    """
    try:
        chunks = _decode_many(b"[" + b",".join(events) + b"]")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        chunks = []
    if len(chunks) != len(events):
        yield from map(read_chunk, events)
        return
    for chunk in chunks:
        if chunk.error or chunk.choices is None or chunk.x_groq:
            _raise_error_in(chunk)
        yield chunk


def read_chunk(data: bytes) -> Chunk:
    """Decode one event's data; raises WireError for an error object and for what is not JSON."""
    try:
        chunk = _decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        chunk = _read_tolerantly(data)
    if chunk.error or chunk.choices is None or chunk.x_groq:
        _raise_error_in(chunk)
    return chunk


def _raise_error_in(chunk: Chunk) -> None:
    """Raise WireError for the forms that an error inside a stream takes."""
    error = chunk.error or (chunk.x_groq or {}).get("error")
    if not error and chunk.choices is None and (chunk.message or chunk.status_code):
        error = {"message": chunk.message, "code": chunk.code}  # vLLM: not wrapped
    if not error:
        return
    body = error if isinstance(error, dict) else {"message": error}
    said = body.get("message")
    # Not str(said): the message of a hostile server may be nested too deeply for it.
    message = said if isinstance(said, str) and said else "an error in the stream"
    status = {} if chunk.status_code is None else {"status_code": chunk.status_code}
    raise WireError(message, {**body, "message": message, **status})


def _read_tolerantly(data: bytes) -> Chunk:
    try:
        # The standard decoder takes lone surrogates, which the cleaner replaces later; half of a
        # character, as servers send that split text by bytes, costs that character only.
        value = json.loads(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        shown = data[:80].decode("utf-8", "replace")
        raise WireError(f"an event that is not JSON: {shown}") from None
    if not isinstance(value, dict):
        return Chunk()
    chunk = Chunk(**{name: value.get(name) for name in ("error", "status_code", "message", "code")})
    for name in _OBJECTS:
        if isinstance(value.get(name), dict):
            setattr(chunk, name, value[name])
    choices = value.get("choices")
    if isinstance(choices, list):
        chunk.choices = [_choice(item) for item in choices if isinstance(item, dict)]
    return chunk


def _choice(item: dict[str, Any]) -> Choice:
    delta = item.get("delta")
    delta = delta if isinstance(delta, dict) else {}
    index = item.get("index")
    return Choice(
        delta=Delta(*(_word(delta, n) for n in ("content", "reasoning", "reasoning_content"))),
        finish_reason=_word(item, "finish_reason"),
        index=index if isinstance(index, int) else 0,
    )


def _word(source: dict[str, Any], name: str) -> str | None:
    value = source.get(name)
    return value if isinstance(value, str) else None
