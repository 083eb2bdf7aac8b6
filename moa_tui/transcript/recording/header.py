"""The first line of a recording: what it is, of when, and who was asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from moa_tui import __version__
from moa_tui.engine.events import StreamPlanned, TurnEvent, TurnStarted
from moa_tui.text import clean_line
from moa_tui.transcript.record import time_of

KIND = "moa-tui turn"
FORMAT = 1
_LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked: an agent, its model, the name of its provider."""

    agent: str
    model: str = ""
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    """What is known of a recording before it is played.

    `recorded_at` is ISO 8601 in UTC, `seconds` how long the turn took, `version` the moa-tui that
    wrote it. Providers go by name: where they are is nobody's business.
    """

    recording: str
    format: int
    version: str = ""
    recorded_at: str = ""
    title: str = ""
    seconds: float = 0.0
    strategy: str = ""
    models: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    layers: tuple[tuple[Asked, ...], ...] = ()
    aggregator: Asked | None = None

    @property
    def day(self) -> str:
        """The day it was recorded: 2026-01-31."""
        return self.recorded_at[:10]


def header_of(events: Sequence[TurnEvent], title: str = "") -> Header:
    """Return the header of a recording of `events`; without a `title` the question is it."""
    started = next((e for e in events if isinstance(e, TurnStarted)), None)
    planned = [e for e in events if isinstance(e, StreamPlanned)]
    asked = {e.agent: Asked(e.agent, e.model, e.provider) for e in planned}
    names = started.layers if started else ()
    aggregator = started.aggregator if started else ""
    return Header(
        recording=KIND,
        format=FORMAT,
        version=__version__,
        recorded_at=time_of(started.started_at) if started else "",
        title=clean_line(title or (started.question if started else ""), _LONGEST_TITLE),
        seconds=round(max((event.at for event in events), default=0.0), 3),
        strategy=started.strategy if started else "",
        models=tuple(dict.fromkeys(e.model for e in planned)),
        providers=tuple(dict.fromkeys(e.provider for e in planned)),
        layers=tuple(tuple(asked.get(name, Asked(name)) for name in layer) for layer in names),
        aggregator=asked.get(aggregator, Asked(aggregator)) if aggregator else None,
    )
