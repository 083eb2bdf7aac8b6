"""Plays a recording: the turn as it was at any moment, at any speed, forwards and back."""

import time
from collections.abc import Callable

from moa_tui.state import TurnState
from moa_tui.transcript.recording import Recording
from moa_tui.ui.replay.track import Track

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
SLOWEST, FASTEST = 0.1, 1000.0


class Player:
    """Has what frames are painted from. `position` is seconds since the recorded turn began.

    `clock` gives seconds that only go forward.
    """

    def __init__(
        self, recording: Recording, speed: float = 1.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._track = Track(recording.events)
        self.seconds = recording.seconds
        self.speed = min(max(speed, SLOWEST), FASTEST)
        self.playing = False
        self.on_done: Callable[[], None] = lambda: None
        self._clock = clock
        self._from = 0.0
        self._since = clock()
        self._moved = False

    @property
    def state(self) -> TurnState:
        """The turn as it was at the last poll."""
        return self._track.state

    @property
    def position(self) -> float:
        """Where the replay is."""
        passed = (self._clock() - self._since) * self.speed if self.playing else 0.0
        return min(self._from + passed, self.seconds)

    @property
    def now(self) -> float:
        """What the screen counts to."""
        return self.position if self.state.seconds is None else self.state.seconds

    @property
    def running(self) -> bool:
        """Whether there will be more to see without a key being pressed."""
        return self.playing

    @property
    def over(self) -> bool:
        """Whether everything has been shown."""
        return self._track.over

    def poll(self) -> bool:
        """Go to where the replay is by now; return whether there is anything new to see."""
        before, moved = self._track.count, self._moved
        self._moved = False
        self._track.go_to(self.position)
        if self.playing and self.over:
            self.stop()
            moved = True
        return moved or self._track.count != before

    def play(self) -> None:
        """Go on; from the beginning, if it is over."""
        if self.over:
            self.seek(-self.seconds)
        self._hold()
        self.playing = True

    def stop(self) -> None:
        """Pause."""
        self._hold()
        self.playing = False

    def step(self) -> None:
        """Pause, and show the next event and those of the same moment."""
        self.stop()
        if not self.over:
            self._move(self._track.next_at)

    def seek(self, by: float) -> None:
        """Go `by` seconds forwards, or back."""
        self._move(min(max(0.0, self.position + by), self.seconds))

    def change_speed(self, by: int) -> None:
        """Take the next of SPEEDS, or the one before."""
        self._hold()
        faster = [speed for speed in SPEEDS if speed > self.speed]
        slower = [speed for speed in SPEEDS if speed < self.speed]
        self.speed = (faster or [self.speed])[0] if by > 0 else (slower or [self.speed])[-1]

    def _hold(self) -> None:
        self._from, self._since = self.position, self._clock()

    def _move(self, position: float) -> None:
        self._from, self._since = position, self._clock()
        self._moved = True
        self._track.go_to(position)
