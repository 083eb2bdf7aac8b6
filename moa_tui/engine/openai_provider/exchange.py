"""One request on its way: how far it has come, by which connection, and when bytes were read."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import TYPE_CHECKING

from moa_tui.engine.provider import Step

if TYPE_CHECKING:
    from moa_tui.engine.openai_provider.wire_protocol import Wire


def _ignore(_step: Step, /) -> None:
    """Nobody wants to know."""


class Exchange:
    """What the layers below the SDK tell those above it of one request, past the SDK itself.

    `ahead` says whether its connection was opened before it was needed, `fresh` that no such
    connection is to be used, `complete` that the answer's last event has come.
    """

    __slots__ = ("_on_step", "ahead", "complete", "fresh", "wire")

    def __init__(self, on_step: Callable[[Step], None] = _ignore) -> None:
        self._on_step = on_step
        self.ahead = False
        self.fresh = False
        self.complete = False
        self.wire: Wire | None = None

    @property
    def read_at(self) -> float | None:
        """When the last bytes were read, as `time.perf_counter` counts."""
        return None if self.wire is None else self.wire.read_at

    def step(self, step: Step) -> None:
        """Take note of how far the request has come."""
        self._on_step(step)


_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def begin(exchange: Exchange) -> None:
    """Make `exchange` the one that this task's requests belong to."""
    _CURRENT.set(exchange)


def current() -> Exchange:
    """Return the exchange that this task's requests belong to."""
    return _CURRENT.get() or Exchange()
