"""A clock that ends what has been silent for too long. Hearing something costs one assignment."""

import asyncio
from types import TracebackType
from typing import Self


class Watch:
    """`async with Watch(60) as watch:` raises TimeoutError after 60 silent seconds.

    Whoever hears something sets `heard_at` to the loop's time; the one timer looks at it when it
    is due, and sleeps again if there was something.
    """

    __slots__ = ("_limit", "_loop", "_scope", "_timer", "heard_at")

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._scope = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None
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
        if self._timer:
            self._timer.cancel()
        await self._scope.__aexit__(kind, error, trace)

    @property
    def expired(self) -> bool:
        """Whether it was this clock that ended what it surrounds."""
        return self._scope.expired()

    def limit(self, seconds: float) -> None:
        """Allow `seconds` of silence, from now on."""
        self._limit = seconds
        self.heard_at = self._loop.time()
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self.heard_at + seconds, self._look)

    def _look(self) -> None:
        due = self.heard_at + self._limit
        if due > self._loop.time():
            self._timer = self._loop.call_at(due, self._look)
        else:
            self._scope.reschedule(due)
