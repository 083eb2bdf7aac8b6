"""How a provider is doing, known to all streams that ask it: one record instead of one for each.

While it refuses or cannot be reached, one request at a time tries it and the others wait for what
that one finds. How many it takes at once is learnt as TCP learns it: halted at what was under way
when it refused, doubled up to there after a recovery, one more after a while without a refusal.
"""

import asyncio
import math
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from moa_tui.engine.controls import StreamSwitch
from moa_tui.engine.provider import Failure, FailureKind, ProviderError

FIRST_PAUSE = 0.7
"""Seconds until the first try after a refusal; doubled with each that fails."""

LONGEST_PAUSE = 16.0

_LONG = 3600.0
"""Seconds: as long as a stream may take."""

_LONGEST_GAP = 1.0
_REMEMBERED = 60.0
"""Seconds for which it counts that a provider had no room for more."""

_WORTH_TELLING = 2.0
"""Seconds by which an expected wait has to change to be told again."""

_SHORT = 5.0
"""Seconds: who asks for no more than this has no room just now, rather than a used-up quota."""

_LOAD = {FailureKind.RATE_LIMITED, FailureKind.OVERLOADED}
_TROUBLE = _LOAD | {
    FailureKind.SERVER,
    FailureKind.CONNECTION,
    FailureKind.REFUSED,
    FailureKind.DNS,
    FailureKind.TIMEOUT,
}


@dataclass(slots=True, eq=False)
class Pass:
    """A request that is under way."""

    sent_at: float
    accepted: bool = False
    crowded: bool = False
    """Whether it was refused because others are being answered: it waits for one of them."""


@dataclass(slots=True)
class Patience:
    """How long a stream that has failed before waits for the provider: then it fails of `failure`.

    `until` is on the clock of the event loop.
    """

    until: float = math.inf
    failure: Failure | None = None


@dataclass(slots=True)
class Gate:
    """The record of one provider."""

    clock: Callable[[], float] = time.monotonic
    limit: float = math.inf
    """Requests that may be under way at once."""
    room: float = math.inf
    """How many the provider was seen to take at once."""
    _under_way: set[Pass] = field(default_factory=set)
    _waiting: list[asyncio.Event] = field(default_factory=list)
    _resting: list[asyncio.Event] = field(default_factory=list)
    _streams: int = 0
    _closed_until: float = 0.0
    _refusals: int = 0
    _refused_at: float = -math.inf
    _answers: int = 0
    _crowded_at: float = -math.inf
    _left_at: float = -math.inf
    _gap: float = 0.0
    """Seconds that the provider takes to notice that a request is over, where it takes any."""
    _proved: bool = False
    """Whether somebody was answered since the room was seen: else it was seen in an outage."""
    _seconds: float = 5.0
    """About how long a request is under way."""

    @contextmanager
    def joined(self) -> Iterator[None]:
        """Take part for the life of a stream: when nobody is left, old trouble is forgotten."""
        self._streams += 1
        try:
            yield
        finally:
            self._streams -= 1
            if not self._streams:
                # One refusal must not make later turns slow: room is looked for anew, by and by.
                long_ago = self.clock() - self._crowded_at > _REMEMBERED
                self.room = math.inf if long_ago else self.room * 2
                self._closed_until, self._refusals, self.limit = 0.0, 0, self.room

    async def enter(
        self,
        switch: StreamSwitch,
        patience: Patience,
        tell: Callable[[float], None],
        *,
        at_once: bool = False,
    ) -> Pass:
        """Wait until a request may be sent, or somebody wants it sent; `tell` hears how long.

        Raises ProviderError with the failure that is waited for, when patience is over.
        """
        waited_until, told = 0.0, -1.0
        while True:
            closed = self._closed_until if self._closed_until > waited_until else 0.0
            wait = closed - self.clock()
            full = len(self._under_way) >= self.limit
            if switch.was_hurried() or at_once or (wait <= 0 and not full):
                return self._let_in()
            left = patience.until - asyncio.get_running_loop().time()
            if left <= 0 and patience.failure:
                raise ProviderError(replace(patience.failure, retryable=False))
            expected = wait if wait > 0 else self._seconds * (len(self._waiting) + 1) / self.limit
            moved = abs(self.clock() + expected - told) > _WORTH_TELLING
            if told < 0 or (moved and wait > 0):  # of a queue it is a guess, and told once
                told = self.clock() + expected
                tell(expected)
            seconds = min(wait if wait > 0 else _LONG, left)
            patience.until += await self._wait(switch, seconds, full=full)
            waited_until = closed

    async def pause(self, switch: StreamSwitch, seconds: float) -> None:
        """Wait until `seconds` are over, somebody is answered, or the stream is hurried."""
        event = asyncio.Event()
        self._resting.append(event)
        try:
            await switch.pause(seconds, event)
        finally:
            self._resting.remove(event)

    def accepted(self, request: Pass) -> None:
        """Take note that the provider has begun to answer."""
        if request.accepted:
            return
        request.accepted = self._proved = True
        if request.sent_at < self._refused_at:
            return  # it was let in before the trouble began: that says nothing of its end
        self._closed_until, self._refusals = 0.0, 0
        if self.limit < self.room:
            self.limit = min(self.limit * 2, self.room)
        for event in self._resting:
            event.set()
        self._wake()

    def failed(self, request: Pass, failure: Failure) -> None:
        """Take note of a failure: what it says of the provider, if it says anything."""
        self._under_way.discard(request)
        others = len(self._under_way)
        if _tells_of_trouble(failure) and not request.accepted:
            if not others:
                # Nobody was let in: that says nothing of how many would be.
                self.limit, self.room = 1, self.room if self._proved else math.inf
                if self._proved and self.clock() - self._left_at < _LONGEST_GAP * 2:
                    self._gap = min(_LONGEST_GAP, max(0.25, self._gap * 2))
            elif failure.kind in _LOAD:
                answers = any(other.accepted for other in self._under_way)
                request.crowded = answers or self._proved
                self.limit = self.room = others
                self._answers, self._proved = 0, False
                self._crowded_at = self.clock()
            if not any(other.accepted for other in self._under_way):
                self._close(request)
        self._wake()

    def leave(self, request: Pass) -> None:
        """Take note that a request is over, however it ended."""
        if request not in self._under_way:
            return
        self._under_way.discard(request)
        if request.accepted:
            self._left_at = self.clock()
            if self.room < math.inf and self._gap:
                self._closed_until = max(self._closed_until, self._left_at + self._gap)
            self._seconds += (self.clock() - request.sent_at - self._seconds) / 4
            self._answers += 1
            if self.limit >= self.room and self._answers >= max(4, 2 * self.room):
                self.room = self.limit = self.room + 1
                self._answers = 0
        self._wake()

    def _let_in(self) -> Pass:
        request = Pass(self.clock())
        self._under_way.add(request)
        return request

    def _close(self, request: Pass) -> None:
        """Stay closed for longer each time; what was sent before it closed says nothing new."""
        if request.sent_at < self._refused_at:
            return
        self._refused_at = self.clock()
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._refusals, 10))
        self._refusals += 1
        self._closed_until = self._refused_at + pause * random.uniform(0.8, 1.2)  # noqa: S311

    async def _wait(self, switch: StreamSwitch, seconds: float, *, full: bool) -> float:
        """Wait for a change; return the seconds of it that were a queue, and not the stream's."""
        event, began = asyncio.Event(), self.clock()
        self._waiting.append(event)
        try:
            if full and any(other.accepted for other in self._under_way):
                await switch.queue(event)
                return self.clock() - began
            await switch.pause(seconds, event)
        finally:
            self._waiting.remove(event)
        return 0.0

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()


def _tells_of_trouble(failure: Failure) -> bool:
    """Whether it is about the provider as a whole, and not a quota whose end is known."""
    quota = failure.kind is FailureKind.RATE_LIMITED and (failure.retry_after or 0.0) > _SHORT
    return failure.retryable and failure.kind in _TROUBLE and not quota
