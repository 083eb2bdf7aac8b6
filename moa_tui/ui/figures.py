"""State in words, glyphs and figures, the same in every part of the screen."""

import math
from collections.abc import Sequence

from moa_tui.engine import durations
from moa_tui.engine.events import Outcome, Role
from moa_tui.state import Phase, StreamState

seconds = durations.seconds

_OUTCOME_GLYPHS = {
    Outcome.COMPLETE: "✓",
    Outcome.TRUNCATED: "✂",
    Outcome.FILTERED: "✂",
    Outcome.PARTIAL: "!",
    Outcome.FAILED: "!",
    Outcome.STOPPED: "■",
}
_PHASE_GLYPHS = {
    Phase.WAITING: "○",
    Phase.QUEUED: "◌",
    Phase.READING: "◔",
    Phase.THINKING: "◐",
    Phase.WRITING: "●",
    Phase.RETRYING: "↻",
}
_BARS = "▁▂▃▄▅▆▇█"


def glyph(stream: StreamState | None) -> str:
    """Return one cell that says where a stream is."""
    if stream is None:
        return "○"
    if stream.outcome is not None:
        return _OUTCOME_GLYPHS[stream.outcome]
    return _PHASE_GLYPHS[stream.phase]


def tone(stream: StreamState | None) -> str:
    """Return the class that colours a stream's state: -idle, -live, -done, -marked or -failed."""
    if stream is None or (stream.outcome is None and stream.phase is Phase.WAITING):
        return "-idle"
    match stream.outcome:
        case None:
            return "-live"
        case Outcome.COMPLETE:
            return "-done"
        case Outcome.FAILED | Outcome.PARTIAL:
            return "-failed"
    return "-marked"


def name_of(stream: StreamState) -> str:
    """Return the name of a stream's agent, and what it does where that is not answering."""
    return name_in(stream.role, stream.label)


def name_in(role: Role, label: str) -> str:
    """Return `label` as the name of a stream with that role."""
    match role:
        case Role.PLANNER:
            return f"{label} plans"
        case Role.REVIEWER:
            return f"{label} ranks"
        case Role.BASELINE:
            return f"{label} alone"
    return label


def state_words(stream: StreamState, now: float) -> str:
    """Say what a stream is doing, or how it ended."""
    if stream.outcome is not None:
        return str(stream.outcome) if stream.used else "not used"
    if stream.phase is Phase.QUEUED and stream.queued_until is not None:
        left = math.ceil(stream.queued_until - now)
        return f"queued, ~{left} s" if left > 0 else "queued"
    if stream.phase is Phase.RETRYING and stream.retry_at is not None:
        return f"again in {max(0.0, stream.retry_at - now):.0f} s"
    if stream.phase is Phase.READING and stream.prompt_read:
        read, total = stream.prompt_read
        return f"reading {100 * read // max(1, total)} %"
    return str(stream.phase)


def card_lines(stream: StreamState, now: float) -> list[str]:
    """Return what a stream waits for, or why it is no better than it is."""
    failure, words = stream.failure, state_words(stream, now)
    match stream.phase:
        case Phase.RETRYING if failure:
            return [failure.message, f"→ attempt {stream.attempt} failed, {words}"]
        case Phase.QUEUED:
            why = failure.message if failure else "waits for the rate limit"
            return [why, f"→ {words}"]
    if failure and stream.outcome not in {None, Outcome.COMPLETE}:
        return [failure.message, *([f"→ {failure.advice}"] if failure.advice else [])]
    return []


def stream_figures(stream: StreamState, now: float, width: int) -> str:
    """Return the figures of a stream, as many as fit into `width` cells, dearest first."""
    mark = "~" if stream.estimated else ""
    parts = []
    if stream.tokens:
        parts.append(f"{mark}{stream.tokens:,} tok")
    if stream.throughput:
        parts.append(f"{mark}{stream.throughput:,.0f} tok/s")
    parts.append(seconds(stream.seconds(now)))
    if stream.ttft is not None:
        parts.append(f"first {seconds(stream.ttft)}")
    while len(parts) > 1 and len(" · ".join(parts)) > width:
        parts.pop()
    return " · ".join(parts)


def sparkline(values: Sequence[float]) -> str:
    """Return a bar of one cell for each value; the largest has the highest."""
    most = max(values, default=0.0)
    if most <= 0:
        return ""
    steps = len(_BARS) - 1
    return "".join(_BARS[round(max(0.0, value) / most * steps)] for value in values)
