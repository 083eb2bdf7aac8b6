"""What was kept of a turn that was interrupted: answers that need not be asked for again.

A strategy is run again from its beginning, with the same seed. Whatever it asks that has been
answered in the same words is answered from here; so no strategy knows of this.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from moa_tui.engine.events import (
    Outcome,
    ReasoningDelta,
    ReasoningRecognized,
    StreamEnded,
    StreamEvent,
    StreamPlanned,
    TextDelta,
    TurnEvent,
    TurnStarted,
)
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.engine.verdict import USABLE, Answer
from moa_tui.roster.model import Agent

CUT_OFF = "the program ended before the answer did"
_CUT = Failure(FailureKind.CUT, CUT_OFF, "it is asked again")


@dataclass(slots=True)
class KeptStream:
    """A stream as far as it had come."""

    planned: StreamPlanned
    text: str = ""
    thought: bool = False
    ended: StreamEnded | None = None

    @property
    def label(self) -> str:
        """The agent's name, with the number of the sample where there are several."""
        planned = self.planned
        return f"{planned.agent} {planned.sample}" if planned.sample else planned.agent

    @property
    def told(self) -> bool:
        """Whether there is anything to tell of it: its end, or a beginning."""
        return bool(self.ended or self.text or self.thought)

    @property
    def usable(self) -> bool:
        """Whether it came to an answer that may be given to others."""
        return bool(self.ended and self.ended.outcome in USABLE and self.text.strip())


class KeptAnswers:
    """Gives each answer that was kept once, to whoever asks for the very same.

    `events` is what there is to be told again, `words` says how much that is; `seconds` is how
    long the turn had been running, `streams` the highest number that its streams had. With
    `as_ended` every stream that has ended stays as it is; otherwise those that failed are asked
    again, unless the turn had gone on without them.
    """

    def __init__(self, kept: Sequence[TurnEvent], *, as_ended: bool = False) -> None:
        self.seconds = max((event.at for event in kept), default=0.0)
        self.started_at = next((e.started_at for e in kept if isinstance(e, TurnStarted)), 0.0)
        found = _streams_of(kept)
        self.streams = max((_number(name) for name in found), default=0)
        told = {name: stream for name, stream in found.items() if stream.told}
        self.events = _told_again(kept, told, self.seconds)
        current = _current(told)
        places = {_place(s.planned) for s in found.values() if s.planned.instead_of is None}
        self.words = f"{sum(s.usable for s in current)} of {len(places)} answers kept"
        self._settled: dict[Hashable, list[KeptStream]] = {}
        self._places: dict[Hashable, list[KeptStream]] = {}
        for stream in current:
            self._places.setdefault(_place(stream.planned), []).append(stream)
            if stream.ended if as_ended else _is_settled(stream, current):
                self._settled.setdefault(_question(stream.planned), []).append(stream)

    def answer(self, planned: StreamPlanned, agent: Agent) -> Answer | None:
        """Return what `agent` came to when it was asked the same; None if it has to be asked."""
        found = self._settled.get(_question(planned))
        if not found:
            return None
        stream = found.pop(0)
        self._places[_place(planned)].remove(stream)
        assert stream.ended
        ended = stream.ended
        return Answer(
            stream.planned.stream,
            agent,
            stream.text,
            ended.outcome,
            ended.failure,
            planned.sample,
            ended.used,
        )

    def earlier(self, planned: StreamPlanned) -> KeptStream | None:
        """Return the stream that had the place of `planned`, which is asked now."""
        found = self._places.get(_place(planned))
        return found.pop(0) if found else None


def _streams_of(kept: Sequence[TurnEvent]) -> dict[str, KeptStream]:
    streams: dict[str, KeptStream] = {}
    texts: dict[str, list[str]] = {}
    for event in kept:
        match event:
            case StreamPlanned():
                streams[event.stream] = KeptStream(event)
            case TextDelta() if event.stream in streams:
                texts.setdefault(event.stream, []).append(event.text)
            case ReasoningDelta() if event.stream in streams:
                streams[event.stream].thought = True
            case ReasoningRecognized() if event.stream in streams:
                streams[event.stream].thought = True
                texts.pop(event.stream, None)
            case StreamEnded() if event.stream in streams:
                streams[event.stream].ended = event
    for name, pieces in texts.items():
        streams[name].text = "".join(pieces)
    return streams


def _told_again(
    kept: Sequence[TurnEvent], told: dict[str, KeptStream], seconds: float
) -> list[StreamEvent]:
    """Return the events of the streams that are told again; none stays without an end."""
    events: list[StreamEvent] = [
        event for event in kept if isinstance(event, StreamEvent) and event.stream in told
    ]
    for name, stream in told.items():
        if stream.ended is None:
            outcome = Outcome.PARTIAL if stream.text.strip() else Outcome.FAILED
            events.append(StreamEnded(seconds, name, outcome, failure=_CUT))
    return events


def _current(told: dict[str, KeptStream]) -> list[KeptStream]:
    """Return the streams without those whose agent was asked once more in their place."""
    redone = {
        before.planned.stream
        for stream in told.values()
        if (before := told.get(stream.planned.instead_of or ""))
        and before.planned.agent == stream.planned.agent
    }
    return [stream for name, stream in told.items() if name not in redone]


def _is_settled(stream: KeptStream, streams: Sequence[KeptStream]) -> bool:
    """Whether a stream stays as it ended: an answer, or what the turn has gone on without."""
    if stream.ended is None:
        return False
    if stream.usable or stream.ended.outcome is Outcome.STOPPED:
        return True
    return any(
        other.usable
        and (
            other.planned.instead_of == stream.planned.stream
            or other.planned.layer > stream.planned.layer
        )
        for other in streams
    )


def _place(planned: StreamPlanned) -> Hashable:
    return (planned.layer, planned.role, planned.agent, planned.sample)


def _question(planned: StreamPlanned) -> Hashable:
    return (_place(planned), planned.model, planned.provider, planned.messages)


def _number(stream: str) -> int:
    digits = stream[1:]
    return int(digits) if digits.isdecimal() and len(digits) < 16 else 0
