"""What a stream spends its time with, one thing after another: for pictures of a turn. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from moa_tui.engine.events import (
    ReasoningDelta,
    ReasoningRecognized,
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


MOST_SPANS = 2_000
"""Of a stream; what it does after so many changes counts as the last of them. Each change copies
those before it, and a stranger's recording may hold hundreds of thousands."""


@dataclass(frozen=True, slots=True)
class Course:
    """The spans of a stream that are over, and what it does since when; None: nothing."""

    done: tuple[Span, ...] = ()
    doing: Doing | None = None
    since: float = 0.0

    def after(self, event: TurnEvent) -> "Course":
        """Return the course after `event` of this stream; most events leave it as it is."""
        if isinstance(event, ReasoningRecognized):
            return self._thinking_after_all()
        doing = None if isinstance(event, StreamEnded) else _doing(event) or self.doing
        if doing is self.doing or (doing and len(self.done) >= MOST_SPANS):
            return self
        return Course(self.until(event.at), doing, event.at)

    def _thinking_after_all(self) -> "Course":
        """Return the course in which what looked like writing has been thinking."""
        done: list[Span] = []
        for span in self.done:
            doing = Doing.THINKING if span.doing is Doing.WRITING else span.doing
            if done and doing is Doing.THINKING is done[-1].doing:
                done[-1] = Span(doing, done[-1].start, span.end)
            else:
                done.append(Span(doing, span.start, span.end))
        if self.doing is not Doing.WRITING:
            return Course(tuple(done), self.doing, self.since)
        joined = bool(done) and done[-1].doing is Doing.THINKING
        since = done.pop().start if joined else self.since
        return Course(tuple(done), Doing.THINKING, since)

    def until(self, at: float) -> tuple[Span, ...]:
        """Return all spans, the one that lasts cut off at `at`."""
        if self.doing is None:
            return self.done
        return (*self.done, Span(self.doing, self.since, max(at, self.since)))


UNBEGUN = Course()
"""Of a stream that has done nothing yet."""


def spans(events: Iterable[TurnEvent]) -> dict[str, tuple[Span, ...]]:
    """Return the spans of every stream, in the order in which they were planned.

    A stream that has no end lasts until the last event.
    """
    courses: dict[str, Course] = {}
    last = 0.0
    for event in events:
        last = max(last, event.at)
        stream = getattr(event, "stream", "")
        if isinstance(event, StreamPlanned) or stream in courses:
            courses[stream] = courses.get(stream, Course()).after(event)
    return {stream: course.until(last) for stream, course in courses.items()}


def _doing(event: TurnEvent) -> Doing | None:
    match event:
        case StreamQueued():
            return Doing.WAITING if event.over else Doing.QUEUED
        case RequestSent():
            return Doing.WAITING
        case ReasoningDelta():
            return Doing.THINKING
        case TextDelta():
            return Doing.WRITING
        case RetryScheduled():
            return Doing.RETRYING
    return None
