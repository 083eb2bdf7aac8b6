"""What every stream of a turn spent its time with, from its events: for pictures of it. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from moa_tui.engine.events import (
    ReasoningDelta,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEvent,
)


class Doing(StrEnum):
    """What a stream does for a while."""

    QUEUED = "queued"
    WAITING = "waiting"
    """The request is on its way: up to the first delta."""
    THINKING = "thinking"
    WRITING = "writing"
    RETRYING = "retrying"
    """Until the next attempt."""


@dataclass(frozen=True, slots=True)
class Span:
    """A while of one stream, in seconds since the turn began."""

    doing: Doing
    start: float
    end: float


def spans(events: Iterable[TurnEvent]) -> dict[str, tuple[Span, ...]]:
    """Return the spans of every stream, in the order in which they were planned.

    A stream that has no end lasts until the last event.
    """
    done: dict[str, list[Span]] = {}
    going: dict[str, tuple[Doing, float]] = {}
    last = 0.0

    def begin(stream: str, doing: Doing | None, at: float) -> None:
        before = going.get(stream)
        if before and before[0] is doing:
            return
        if before:
            done[stream].append(Span(before[0], before[1], at))
            del going[stream]
        if doing:
            going[stream] = (doing, at)

    for event in events:
        last = max(last, event.at)
        match event:
            case StreamPlanned():
                done[event.stream] = []
            case StreamEnded():
                begin(event.stream, None, event.at)
            case _ if doing := _doing(event):
                begin(event.stream, doing, event.at)  # type: ignore[union-attr]  # only streams do something
    for stream in list(going):
        begin(stream, None, last)
    return {stream: tuple(found) for stream, found in done.items()}


def _doing(event: TurnEvent) -> Doing | None:
    match event:
        case StreamQueued():
            return Doing.QUEUED
        case RequestSent():
            return Doing.WAITING
        case ReasoningDelta():
            return Doing.THINKING
        case TextDelta():
            return Doing.WRITING
        case RetryScheduled():
            return Doing.RETRYING
    return None
