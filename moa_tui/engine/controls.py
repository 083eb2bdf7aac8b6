"""What a person may do to single streams while a turn runs; the other streams do not notice."""

import asyncio
import math
from contextlib import suppress
from enum import Enum, auto
from types import TracebackType
from typing import Protocol, Self

from moa_tui.engine.watch import Alarm
from moa_tui.roster.model import Agent


class Interruption(Enum):
    """Why a stream was ended from outside."""

    STOPPED = auto()
    """By the person."""
    GIVEN_UP = auto()
    """By the person, while it waited for another attempt: it has failed."""
    NOT_USED = auto()
    """Its layer went on without it."""
    REPLACED = auto()
    """By the person: another stream is asked in its place."""


class StreamSwitch:
    """Ends or hurries one stream from outside; inside, it is the stream's clock for the whole.

    `async with` raises TimeoutError when the seconds in all are over or an interruption comes;
    `interruption` then says which.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._scope: asyncio.Timeout | None = None
        self._alarm: Alarm | None = None
        self._due = 0.0
        self._wake: asyncio.Event | None = None
        self._hurried = False
        self.expired = False
        self.interruption: Interruption | None = None

    async def __aenter__(self) -> Self:
        self._scope = asyncio.timeout(None)
        await self._scope.__aenter__()
        self._alarm = Alarm(self._end)
        self._due = asyncio.get_running_loop().time() + self._seconds
        self._alarm.set(self._due)
        if self.interruption:  # it came before there was anything to interrupt
            self._end()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._scope is not None
        assert self._alarm is not None
        self._alarm.cancel()
        scope, self._scope = self._scope, None
        try:
            await scope.__aexit__(kind, error, trace)
        finally:
            self.expired = scope.expired()

    @property
    def waiting(self) -> bool:
        """Whether the stream waits for its next request to be sent."""
        return self._wake is not None

    def interrupt(self, why: Interruption) -> None:
        """End the stream; of several interruptions the first one counts."""
        if self.interruption is None:
            self.interruption = why
            self._end()

    def hurry(self) -> None:
        """End the wait for the next request."""
        if self._wake:
            self._wake.set()
            self._hurried = True

    def was_hurried(self) -> bool:
        """Return, once, whether a wait was ended: then nothing else is to be waited for."""
        hurried, self._hurried = self._hurried, False
        return hurried

    @property
    def left(self) -> float:
        """The seconds that the stream still has."""
        return self._due - asyncio.get_running_loop().time() if self._scope else math.inf

    async def pause(self, seconds: float, wake: asyncio.Event | None = None) -> None:
        """Wait until `seconds` are over, `wake` is set, or somebody hurries the stream."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._until(wake or asyncio.Event())

    async def queue(self, ready: asyncio.Event) -> None:
        """Wait until `ready`, or hurried; the time is not counted against the stream."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self._alarm:
            self._alarm.cancel()
        await self._until(ready)
        self._due += loop.time() - began
        if self._alarm and not self.interruption:
            self._alarm.set(self._due)

    def _end(self) -> None:
        if self._scope and not self._scope.expired():
            self._scope.reschedule(asyncio.get_running_loop().time())

    async def _until(self, wake: asyncio.Event) -> None:
        self._wake = wake
        try:
            await wake.wait()
        finally:
            self._wake = None


class OpenLayer(Protocol):
    """What a person may do to a layer that runs; both return whether it was possible."""

    def go_on(self) -> bool:
        """Wait for nobody more."""
        ...

    def ask_again(self, stream: str, agent: Agent | None) -> bool:
        """Ask for an answer that has come once more, `agent` if one is given."""
        ...


class TurnControls:
    """The streams of a running turn, by the names that its events give them.

    Every method returns whether there was anything to do it to.
    """

    def __init__(self) -> None:
        self._switches: dict[str, StreamSwitch] = {}
        self._successors: dict[str, Agent | None] = {}
        self.layer: OpenLayer | None = None
        """The layer that runs, while one does."""

    def aggregate_now(self) -> bool:
        """Go on with the answers that are there; the others are not used."""
        return self.layer is not None and self.layer.go_on()

    def ask_again(self, stream: str, agent: Agent | None = None) -> bool:
        """Ask once more for what `stream` was asked: its own agent, or `agent` in its place.

        A stream that runs is ended; one that has ended is asked again while its layer runs.
        """
        if stream in self._switches:
            self._successors[stream] = agent
            return self.interrupt(stream, Interruption.REPLACED)
        return self.layer is not None and self.layer.ask_again(stream, agent)

    def successor(self, stream: str, agent: Agent) -> Agent | None:
        """Return who is to be asked in place of a stream of `agent` that was replaced, once."""
        if stream not in self._successors:
            return None
        return self._successors.pop(stream) or agent

    def retry_now(self, stream: str) -> bool:
        """Send the request that `stream` waits to send, be it a retry or queued."""
        switch = self._switches.get(stream)
        if switch is None or not switch.waiting:
            return False
        switch.hurry()
        return True

    def give_up(self, stream: str) -> bool:
        """End a stream that waits to be asked (again) as failed, with the cause it waits for."""
        switch = self._switches.get(stream)
        if switch is None or not switch.waiting:
            return False
        switch.interrupt(Interruption.GIVEN_UP)
        return True

    def stop(self, stream: str) -> bool:
        """Stop one stream; what it wrote stays, and nobody is asked in its place."""
        return self.interrupt(stream, Interruption.STOPPED)

    def interrupt(self, stream: str, why: Interruption) -> bool:
        """End one stream for the reason given."""
        switch = self._switches.get(stream)
        if switch is None:
            return False
        switch.interrupt(why)
        return True

    def add(self, stream: str, switch: StreamSwitch) -> None:
        """Take up a stream that begins."""
        self._switches[stream] = switch

    def remove(self, stream: str) -> None:
        """Forget a stream that has ended."""
        self._switches.pop(stream, None)
