"""Clocks that end what takes too long, and judge nobody by what this program has slept through.

A program that was stopped, or whose machine slept, or whose event loop was busy finds its clocks
run out and the answer in the socket: it is read before anything is judged.
"""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Self

LATE = 0.1
"""Seconds by which a timer may be late before the event loop counts as having been away."""

CATCHING_UP = 0.5
"""Seconds for reading what has arrived while it was away."""

_A_LOOK = 0.01
"""Seconds for what arrived in the very moment in which the time was up."""


class Alarm:
    """Calls `ring` when it is time, and the event loop has had the time to read what came."""

    __slots__ = ("_due", "_looked", "_loop", "_ring", "_timer")

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._looked = False

    def set(self, due: float) -> None:
        """Ring at `due`, in the loop's time, and not before."""
        self.cancel()
        self._due, self._looked = due, False
        self._timer = self._loop.call_at(due, self._look)

    def cancel(self) -> None:
        """Do not ring."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        if self._looked:
            self._timer = None
            self._ring()
            return
        self._looked = True
        was_away = self._loop.time() - self._due > LATE
        wait = CATCHING_UP if was_away else _A_LOOK
        self._timer = self._loop.call_later(wait, self._look)


class Watch:
    """`async with Watch(60) as watch:` raises TimeoutError after 60 silent seconds.

    Whoever hears something sets `heard_at` to the loop's time; the one timer looks at it when it
    is due, and sleeps again if there was something. So hearing something costs one assignment.
    """

    __slots__ = ("_alarm", "_limit", "_loop", "_scope", "heard_at")

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._scope = asyncio.timeout(None)
        self._alarm = Alarm(self._judge)
        self.heard_at = 0.0

    async def __aenter__(self) -> Self:
        await self._scope.__aenter__()
        self.limit(self._limit)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._alarm.cancel()
        await self._scope.__aexit__(kind, error, trace)

    @property
    def expired(self) -> bool:
        """Whether it was this clock that ended what it surrounds."""
        return self._scope.expired()

    def limit(self, seconds: float) -> None:
        """Allow `seconds` of silence, from now on."""
        self._limit = seconds
        self.heard_at = self._loop.time()
        self._alarm.set(self.heard_at + seconds)

    def _judge(self) -> None:
        due = self.heard_at + self._limit
        if due > self._loop.time():
            self._alarm.set(due)
        else:
            self._scope.reschedule(due)
