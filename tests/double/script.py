"""A response as a script: the steps in which its bytes reach the client."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Head:
    """Status line and headers; with `every` one byte at a time, that many seconds apart."""

    every: float | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes of the body. Noise (comments) is not counted when a fault names the k-th event."""

    data: bytes
    part: Literal["event", "closing", "noise"] = "event"


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes of the connection, outside of the frame that HTTP gives a body."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds since the step before was due, so a slow machine does not slow the pace."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Hold:
    """Nothing is sent until the test sets the gate; without a gate, until the client leaves."""

    gate: asyncio.Event | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """Comments for ever: bytes arrive and say nothing."""

    every: float


@dataclass(frozen=True, slots=True)
class Close:
    """The connection ends here, without the end mark of the HTTP body."""

    how: Literal["reset", "fin"]


Step = Head | Send | Raw | Wait | Hold | Ping | Close


def in_one_piece(data: bytes) -> list[bytes]:
    """The ordinary way to write an event."""
    return [data]


@dataclass(slots=True)
class Reply:
    """A status, headers and a script; faults edit it before it is played."""

    status: int
    headers: dict[str, str]
    steps: list[Step]
    whole: bytes = b""  # the same answer as one JSON document
    split: Callable[[bytes], list[bytes]] = field(default=in_one_piece)

    @property
    def chunked(self) -> bool:
        """Whether the body travels in HTTP chunks, one per write."""
        return "transfer-encoding" in self.headers


def position(steps: list[Step], after: int) -> int:
    """Where event number `after` (the first is 0) is sent; past the last one, the end."""
    seen = 0
    for index, step in enumerate(steps):
        if not isinstance(step, Send) or step.part == "noise":
            continue
        if seen == after:
            return index
        seen += 1
    return len(steps)


def batched(steps: list[Step], size: int) -> list[Step]:
    """The script with up to `size` neighbouring events in one write, as a busy server sends them.

    Waits inside a batch move in front of it; everything else ends the batch.
    """
    if size <= 1:
        return steps
    done: list[Step] = []
    events: list[Send] = []
    wait = 0.0
    for step in [*steps, None]:
        if isinstance(step, Send):
            events.append(step)
        elif isinstance(step, Wait):
            wait += step.seconds
        if isinstance(step, Wait) or (isinstance(step, Send) and len(events) < size):
            continue
        done += [Wait(wait)] if wait else []
        done += [Send(b"".join(event.data for event in events))] if events else []
        done += [step] if step is not None and not isinstance(step, Send) else []
        events, wait = [], 0.0
    return done
