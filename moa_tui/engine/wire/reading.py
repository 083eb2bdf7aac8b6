"""The data of events → chunks: all of a network read at once, the unusual ones by themselves."""

import msgspec

from moa_tui.engine.wire.chunk import Chunk
from moa_tui.engine.wire.odd_chunk import read_odd_chunk

_decode = msgspec.json.Decoder(Chunk).decode
_decode_many = msgspec.json.Decoder(list[Chunk]).decode


_CHOICES = b'"choices":'
"""In a text its quotes are escaped: twice in one event, and two of them have run together."""


def read_chunks(events: list[bytes]) -> list[Chunk]:
    """Decode the data of several events, in one go where nothing is unusual in any of them."""
    joined = b"[" + b",".join(events) + b"]"
    if joined.count(_CHOICES) > len(events):
        return [read_chunk(event) for event in events]
    try:
        chunks = _decode_many(joined)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        chunks = []
    if len(chunks) != len(events):
        return [read_chunk(event) for event in events]
    for place, chunk in enumerate(chunks):
        if not _brings_text(chunk):
            chunks[place] = read_odd_chunk(events[place])
    return chunks


def read_chunk(event: bytes) -> Chunk:
    """Decode one event's data, whatever it is."""
    if event.count(_CHOICES) > 1:
        return read_odd_chunk(event)
    try:
        chunk = _decode(event)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return read_odd_chunk(event)
    return chunk if _brings_text(chunk) else read_odd_chunk(event)


def _brings_text(chunk: Chunk) -> bool:
    """Whether a chunk is what nearly all of them are: some text of the one answer, and no more.

    How an answer ends may be said in more than one field: its last chunk is looked at.
    """
    choices = chunk.choices
    if not choices or len(choices) > 1 or chunk.error or chunk.x_groq:
        return False
    delta = choices[0].delta
    return (
        delta is not None
        and not choices[0].finish_reason
        and bool(delta.content or delta.reasoning or delta.reasoning_content)
        and not delta.tool_calls
        and not delta.refusal
    )
