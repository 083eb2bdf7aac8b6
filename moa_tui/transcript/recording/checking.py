"""Whether events make a turn that can be played: in order, about streams that there are."""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, get_args

import msgspec

from moa_tui.engine.events import (
    AnswersRanked,
    PlanMade,
    ReasoningDelta,
    StreamEvent,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnStarted,
    VotesCounted,
)
from moa_tui.engine.planning.plan import MOST_PARTS, Plan
from moa_tui.text import StreamCleaner, clean_line

LONGEST = 24 * 3600.0
"""Seconds."""

MOST_STREAMS = 256
_LAST_MOMENT = 253_402_300_000.0
"""Unix time in seconds, in the year 9999: later ones cannot be written as a date."""

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(TurnEvent)}
_OF_A_STREAM = get_args(StreamEvent)
_HEX = re.compile("#[0-9a-fA-F]{6}")


class UnplayableError(ValueError):
    """An event that has no place where it stands; the message says why."""


class EventChecker:
    """Takes the events of one recording in order, as data; returns them typed and clean.

    `kept` is for those of the history: a turn that was taken up again tells what was kept with the
    times it had, and some of its events may be lost.
    """

    def __init__(self, *, kept: bool = False) -> None:
        self._kept = kept
        self._at = 0.0
        self._begun = False
        self._ended = False
        self._streams: set[str] = set()
        self._cleaners: dict[tuple[str, str], StreamCleaner] = {}

    def check(self, data: dict[str, Any]) -> TurnEvent:
        """Return the event in `data`; raises UnplayableError."""
        event = self.admit(self._typed(data))
        if isinstance(event, TextDelta | ReasoningDelta):
            cleaner = self._cleaners.setdefault(
                (event.stream, type(event).__name__), StreamCleaner()
            )
            return replace(event, text=cleaner.feed(event.text))
        return event

    def admit(self, event: TurnEvent) -> TurnEvent:
        """Return a typed event if it has its place here; raises UnplayableError."""
        self._check_time(event.at)
        self._check_place(event)
        if isinstance(event, StreamPlanned) and event.color and not _is_colour(event.color):
            return replace(event, color=None)
        return event

    def _typed(self, data: dict[str, Any]) -> TurnEvent:
        name = data.pop("event", None)
        kind = _KINDS.get(name) if isinstance(name, str) else None
        if kind is None:
            raise UnplayableError(f"there is no event '{clean_line(str(name), 60)}'")
        try:
            event: TurnEvent = msgspec.convert(data, kind)
        except msgspec.ValidationError as error:
            raise UnplayableError(f"{name}: {clean_line(str(error))}") from None
        return event

    def _check_time(self, at: float) -> None:
        if not (0.0 if self._kept else self._at) <= at <= LONGEST:
            where = "before the event above it" if 0 <= at < self._at else "out of bounds"
            raise UnplayableError(f"its time, {at:g} s, is {where}")
        self._at = at

    def _check_place(self, event: TurnEvent) -> None:
        begins = isinstance(event, TurnStarted)
        if begins and self._begun:
            raise UnplayableError("the turn begins a second time")
        if not (begins or self._begun or self._kept):
            raise UnplayableError("the turn has not begun")
        if self._ended:
            raise UnplayableError("the turn has ended already")
        match event:
            case TurnStarted():
                self._begun = True
                if not 0 <= event.started_at < _LAST_MOMENT:
                    raise UnplayableError("it began at no time that there is")
                if sum(map(len, event.layers)) > MOST_STREAMS:
                    raise UnplayableError(f"more than {MOST_STREAMS} agents")
            case StreamPlanned():
                self._plan(event)
            case PlanMade():
                _check_plan(event.plan)
            case TurnEnded():
                self._ended = True
                _check_answered(event)
        self._require(*_streams_in(event))

    def _plan(self, event: StreamPlanned) -> None:
        if event.stream in self._streams:
            raise UnplayableError(f"the stream '{event.stream}' is planned a second time")
        if len(self._streams) == MOST_STREAMS:
            raise UnplayableError(f"more than {MOST_STREAMS} streams")
        # Of earlier streams only: whoever follows the stand-ins comes to an end.
        self._require(*filter(None, [event.instead_of]))
        self._streams.add(event.stream)

    def _require(self, *streams: str) -> None:
        for stream in streams:
            if stream not in self._streams:
                raise UnplayableError(f"the stream '{clean_line(stream, 60)}' was never planned")


def _streams_in(event: TurnEvent) -> Iterable[str]:
    """Return the streams that an event is about."""
    match event:
        case VotesCounted():
            counted = (stream for count in event.tally.counts for stream in count.streams)
            return (*event.tally.without, *counted)
        case AnswersRanked():
            return (standing.stream for standing in event.ranking.standings)
        case TurnEnded():
            return (event.answered_by,) if event.answered_by else ()
    return (event.stream,) if isinstance(event, _OF_A_STREAM) else ()


def _check_plan(plan: Plan) -> None:
    """Require what `read_plan` does of a planner: parts may need earlier ones only."""
    if not 1 <= len(plan.parts) <= MOST_PARTS:
        raise UnplayableError(f"a plan has 1 to {MOST_PARTS} parts")
    names: set[str] = set()
    for part in plan.parts:
        if part.name in names or not names.issuperset(part.needs):
            raise UnplayableError(f"part {clean_line(part.name, 20)} of the plan is out of order")
        names.add(part.name)


def _check_answered(ended: TurnEnded) -> None:
    # Recordings exist whose end was rounded down, and the time of their answer was not.
    if not 0.0 <= (ended.answered_at or 0.0) <= ended.at + 0.0001:
        raise UnplayableError("its answer was there at no time of the turn")


def _is_colour(colour: str) -> bool:
    if _HEX.fullmatch(colour):
        return True
    from moa_tui.roster.schema import COLOR_NAMES  # noqa: PLC0415 - pydantic, for a rare case

    return colour in COLOR_NAMES
