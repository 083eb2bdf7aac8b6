"""Tokens and times as providers report them, made uniform."""

from typing import Any

from moa_tui.engine.provider import ServerTiming, Usage
from moa_tui.engine.wire.chunk import Chunk

_NOT_SHOWN = 64
"""Tokens that end and part messages, and are no text."""

_MOST = 10**12
"""No real count is larger; the history could not store a number of more than 64 bits."""


def usage_of(chunk: Chunk) -> Usage | None:
    """Return the token counts in `chunk`, wherever its provider puts them."""
    usage = _usage_object(chunk)
    prompt, output = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if not prompt and not output:
        return None  # nothing that can be read as a count: an estimate says more than zeros
    return Usage(
        prompt=prompt,
        output=output,
        reasoning=_count(usage.get("completion_tokens_details"), "reasoning_tokens"),
        cached=_count(usage.get("prompt_tokens_details"), "cached_tokens"),
    )


def timing_of(chunk: Chunk) -> ServerTiming | None:
    """Return the server's own times in `chunk`, in seconds."""
    usage = _usage_object(chunk)
    if chunk.time_info:
        return _times(chunk.time_info, "queue_time", "prompt_time", "completion_time", "total_time")
    if chunk.timings:
        return _times(chunk.timings, None, "prompt_ms", "predicted_ms", None, scale=1e-3)
    if chunk.perf_metrics:
        first, total = "server-time-to-first-token", "server-processing-time"
        return _times(chunk.perf_metrics, None, first, None, total)
    if "completion_time" in usage:  # Groq
        return _times(usage, "queue_time", "prompt_time", "completion_time", "total_time")
    if "total_latency" in usage:  # SambaNova
        return _times(usage, None, "time_to_first_token", None, "total_latency")
    return None


def doubt_of_count(usage: Usage, size: int) -> str:
    """Say that far more tokens were written than `size` bytes can be; empty: that is not certain.

    No token is less than a byte. Hidden reasoning is counted too, so only a provider that tells
    how much of that there was is taken at its word.
    """
    written = usage.output - usage.reasoning
    if not usage.reasoning or written <= size + _NOT_SHOWN:
        return ""
    return f"{written:,} tokens were counted, and no more than {size:,} bytes of text came"


def prompt_read_of(chunk: Chunk) -> tuple[int, int] | None:
    """Return how many tokens of the prompt have been read, and of how many."""
    progress = chunk.prompt_progress
    return (_count(progress, "processed"), _count(progress, "total")) if progress else None


def _usage_object(chunk: Chunk) -> dict[str, Any]:
    usage = chunk.usage or (chunk.x_groq or {}).get("usage")
    return usage if isinstance(usage, dict) else {}


def _times(source: dict[str, Any], *names: str | None, scale: float = 1.0) -> ServerTiming:
    return ServerTiming(*(_seconds(source.get(name), scale) if name else None for name in names))


def _seconds(value: object, scale: float) -> float | None:
    if not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value) * scale
    except (ValueError, OverflowError):
        return None
    return seconds if 0 <= seconds < 1e6 else None


def _count(source: object, name: str) -> int:
    value = source.get(name) if isinstance(source, dict) else None
    return value if isinstance(value, int) and 0 < value < _MOST else 0
