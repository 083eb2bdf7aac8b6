"""One chunk of a streamed chat completion: JSON → typed struct.

msgspec reads what the struct expects, at a fiftieth of the cost of the SDK's models; a chunk of any
other shape, and one that brings no text, is an OddChunk.
Fields: https://platform.openai.com/docs/api-reference/chat-streaming and each provider's additions.
"""

from typing import Any

import msgspec

from moa_tui.engine.wire.errors import WireError


class Delta(msgspec.Struct, gc=False):
    """New text of a choice; reasoning has two names on the wire."""

    content: str | None = None
    reasoning: str | None = None
    reasoning_content: str | None = None
    refusal: str | None = None
    tool_calls: Any = None


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


class OddChunk(Chunk, gc=False):
    """A chunk that had to be looked at: what is in it, and what is wrong with it.

    `trouble` is an error that it is; `remark` what it says without being an answer or an error;
    `doubt` names what could not be read, `tools` are the tools that the model calls. `whole` says
    that its text is a message and no delta: it may be all of the answer once more.
    """

    trouble: WireError | None = None
    remark: WireError | None = None
    doubt: str = ""
    tools: tuple[str, ...] = ()
    whole: bool = False
    ends: bool = False
    """It is the end mark in an unusual form."""
