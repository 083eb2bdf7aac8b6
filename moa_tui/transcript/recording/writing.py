"""Writing a recording: events in the order of their times, without the addresses of servers."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace

from moa_tui.engine.events import (
    Noticed,
    RetryScheduled,
    StreamEnded,
    StreamPlanned,
    TurnEnded,
    TurnEvent,
    TurnStarted,
)
from moa_tui.engine.provider import Failure
from moa_tui.redaction import redact
from moa_tui.transcript.event_json import to_json
from moa_tui.transcript.record import event_json
from moa_tui.transcript.recording.header import header_of

# Failures name the host that failed: an address in a company's network, or a person's own server.
_ADDRESS = re.compile(
    r"""\b[a-z][a-z0-9+.-]*://[^\s'"<>]+      # a URL
    | \[[0-9a-f:.]*:[0-9a-f:.]*\](?::\d+)?    # an IPv6 address
    | \b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b    # an IPv4 address
    | \blocalhost(?::\d+)?\b
    | \b[a-z0-9_-]+(?::\d{2,5})\b             # a name and a port
    | \b(?:[a-z0-9_-]+\.)+[a-z]{2,}(?::\d+)?\b""",
    re.IGNORECASE | re.VERBOSE,
)
_OURS = {"agents.yaml", "moa-tui", "docs/agents.md", "agents.md", "llama.cpp"}


def recorded(events: Iterable[TurnEvent], title: str = "") -> Iterator[str]:
    """Yield the lines of a recording of `events`, which are one turn's, from its beginning."""
    ordered = _in_time(list(events))
    header = header_of(ordered, title)
    yield to_json(asdict(header)) + "\n"
    providers = {e.stream: e.provider for e in ordered if isinstance(e, StreamPlanned)}
    for event in ordered:
        data = event_json(_without_addresses(event, providers))
        yield to_json({**data, **_times(event)}) + "\n"


def _times(event: TurnEvent) -> dict[str, float]:
    """Round all times alike: what was there at the end is not there after it."""
    times = {"at": round(event.at, 4)}
    if isinstance(event, TurnEnded) and event.answered_at is not None:
        times["answered_at"] = round(event.answered_at, 4)
    return times


def _in_time(events: Sequence[TurnEvent]) -> list[TurnEvent]:
    """Joined deltas stand after others that came later; the beginning stays the beginning."""
    begun = [event for event in events if isinstance(event, TurnStarted)][:1]
    rest = [event for event in events if not isinstance(event, TurnStarted)]
    first = [replace(event, at=0.0) for event in begun]
    return [*first, *sorted(rest, key=lambda event: event.at)]


def _without_addresses(event: TurnEvent, providers: dict[str, str]) -> TurnEvent:
    match event:
        case RetryScheduled():
            return replace(event, failure=_named(event.failure, providers[event.stream]))
        case StreamEnded() if event.failure:
            return replace(event, failure=_named(event.failure, providers[event.stream]))
        case TurnEnded() if event.failure:
            names = set(providers.values())
            name = names.pop() if len(names) == 1 else "the provider"
            return replace(event, failure=_named(event.failure, name))
        case Noticed():
            return replace(event, text=_hidden(event.text, "the provider"))
    return event


def _named(failure: Failure, provider: str) -> Failure:
    message, advice = _hidden(failure.message, provider), _hidden(failure.advice, provider)
    return replace(failure, message=message, advice=advice)


def _hidden(text: str, name: str) -> str:
    def instead(found: re.Match[str]) -> str:
        return found[0] if found[0].lower() in _OURS else name

    return _ADDRESS.sub(instead, redact(text))
