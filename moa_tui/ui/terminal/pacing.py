"""When to paint: as often as is worth it, never faster than the terminal and the link take it."""

from typing import NamedTuple

FRAMES_PER_SECOND = 20
SLOWEST = 1.0
"""Seconds between two frames when the machine is too busy for more."""

MOST_UNDER_WAY = 2
"""Frames that the far end may not have dealt with yet: with two, a link of 100 ms gets them all."""

_SLOW = 0.85
_MEMORY = 1 / 60
"""A link is slow when it held up this share of the last frames, about 60 of them."""

_LATE = 1 / 3
"""Share of a period by which a frame may be late before frames are made rarer."""


class Link(NamedTuple):
    """How the terminal keeps up: bytes taken, bytes not taken, frames not dealt with."""

    written: int = 0
    unwritten: int = 0
    unanswered: int = 0


class FramePacer:
    """Says whether a frame is due. `budget` is in bytes per second; None is no limit.

    `now` is in seconds on any clock that only goes forward.
    """

    def __init__(
        self, frames_per_second: float = FRAMES_PER_SECOND, budget: int | None = None
    ) -> None:
        self.frames_per_second = frames_per_second
        self._shortest = 1 / frames_per_second
        self.period = self._shortest
        self._budget = budget
        self._allowance = float(budget or 0)
        self._held_up = 0.0
        self._counted = 0
        self._ticked_at: float | None = None
        self._painted_at = float("-inf")

    @property
    def link_is_slow(self) -> bool:
        """Whether most of the last frames had to wait for the terminal or the link to it."""
        return self._held_up > _SLOW

    def limit(self, budget: int) -> None:
        """Keep to `budget` bytes a second from now on."""
        self._budget = budget
        self._allowance = min(self._allowance, 0.0)

    def due(self, now: float, link: Link) -> bool:
        """Return whether to paint now; to be asked once every period of the wanted rate."""
        self._adapt(now)
        self._spend(now, link)
        self._ticked_at = now
        held_up = link.unwritten > 0 or link.unanswered >= MOST_UNDER_WAY
        if self.period == self._shortest:  # else it may be this machine that is slow
            self._held_up += (held_up - self._held_up) * _MEMORY
        if held_up:
            return False
        if self._budget and self._allowance <= 0:
            return False
        if now - self._painted_at < self.period - self._shortest / 2:
            return False
        self._painted_at = now
        return True

    def _adapt(self, now: float) -> None:
        """Make frames rarer while they come late: the event loop has more to do than it can."""
        if self._ticked_at is None:
            return
        late = now - self._ticked_at - self._shortest
        if late > self._shortest * _LATE:
            self.period = min(self.period * 1.25, SLOWEST)
        else:
            self.period = max(self.period * 0.95, self._shortest)

    def _spend(self, now: float, link: Link) -> None:
        if self._budget and self._ticked_at is not None:
            self._allowance += (now - self._ticked_at) * self._budget
            self._allowance = min(self._allowance, float(self._budget) / 2)
            self._allowance -= link.written - self._counted
        self._counted = link.written
