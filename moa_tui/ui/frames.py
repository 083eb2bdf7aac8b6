"""One conversation on the screen: what came is folded at once, and painted when a frame is due."""

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.terminal.environment import over_ssh
from moa_tui.ui.terminal.pacing import FramePacer, Link
from moa_tui.ui.terminal.thrift import LOW, Thrift, low_badge, thrift

if TYPE_CHECKING:
    from textual.app import App

    from moa_tui.state import TurnState
    from moa_tui.transcript.history import UnendedTurn
    from moa_tui.ui.terminal.driver import Terminal
    from moa_tui.ui.turn_runner import TurnRunner


_SOON = 0.005
"""Seconds by which a frame lets requests go first."""

_MOST_LET_GO = 10
"""Times it does so: streams that end one after another must not keep the screen from moving."""


class Source(Protocol):
    """Where the turn on the screen comes from: it runs, or it is a recording.

    It has to call `on_done` when it stops running by itself.
    """

    on_done: Callable[[], None]

    @property
    def state(self) -> "TurnState":
        """The turn as it was at the last poll."""

    @property
    def now(self) -> float:
        """Seconds since the turn began."""

    @property
    def running(self) -> bool:
        """Whether there will be more to poll for."""

    def poll(self) -> bool:
        """Bring `state` up to date; return whether it has changed."""

    def stop(self) -> None:
        """Stop what runs."""


def pace(app: "App[None]", low_bandwidth: str) -> "tuple[Thrift, Terminal | None]":
    """Return how much to paint under that setting, and the terminal it is painted to.

    A headless driver, as in tests, has no link to be slow.
    """
    driver: Any = app._driver  # noqa: SLF001 - Textual has no other name for it
    terminal = driver if hasattr(driver, "link") else None
    return thrift(low_bandwidth, remote=over_ssh(os.environ)), terminal


class Frames:
    """Keeps the screen up to date with a turn.

    Its timer ticks at the rate of frames and rests while nothing happens; `terminal` is None where
    there is none, as in tests. `thrift` says how much is painted.
    """

    def __init__(
        self,
        source: Source,
        screen: MainScreen,
        thrift: Thrift,
        terminal: "Terminal | None",
    ) -> None:
        self._source = source
        self._screen = screen
        self._timer = screen.set_interval(1 / thrift.frames_per_second, self.tick, pause=True)
        self._thrift = thrift
        self.pacer = FramePacer(thrift.frames_per_second, thrift.budget)
        screen.spare(sparing=thrift.sparing, badge=thrift.badge)
        self._terminal = terminal
        self._unseen = False
        self._held = False
        self._let_go = 0
        source.on_done = self.tick

    @property
    def waiting(self) -> int:
        """How many questions wait for the end of the turn."""
        return 0

    def wake(self) -> None:
        """Something has begun: look now, and go on looking."""
        self._timer.resume()
        self.tick()

    def tick(self) -> None:
        """Fold what came; begin the next turn if it is time; paint if a frame is due."""
        self._unseen |= self._source.poll()
        if self._held:
            self._unseen = False  # all of it is painted on release
        if self.begin_next() or self._unseen or self._source.running:
            self._paint_after_requests()
        elif not self.waiting:
            self._timer.pause()

    def hold(self) -> None:
        """Paint nothing until `release`: something else is on the screen. The turn goes on."""
        self._held = True

    def release(self) -> None:
        """Paint again, beginning with the turn as it is now."""
        self._held = False
        if self._source.state.turn:
            self._unseen = True
            self.wake()
        else:
            self._screen.status.show(self._source.state, 0.0)

    def begin_next(self) -> bool:
        """Begin the next turn if it is time; return whether one has begun."""
        return False

    def stop(self) -> None:
        """Stop the turn."""
        self._source.stop()

    def _paint_after_requests(self) -> None:
        # Painting can take as long as a model that is near needs for its first token.
        if self._let_go < _MOST_LET_GO and self._source.state.asking(self._source.now):
            self._let_go += 1
            self._screen.set_timer(_SOON, self.tick)
        else:
            self._let_go = 0
            self._paint()

    def _paint(self) -> None:
        terminal = self._terminal
        # Looked at before the next status request is queued: its bytes would count as unwritten.
        link = terminal.link if terminal else Link()
        if terminal:
            terminal.end_frame()
            if terminal.take_dropped():
                self._screen.refresh(layout=True)
        if self._held:
            return
        if self._thrift.watchful and self.pacer.link_is_slow:
            self._spare()
        if self.pacer.due(time.monotonic(), link):
            self._unseen = False
            self._screen.show(self._source.state, self._source.now, self.waiting)

    def _spare(self) -> None:
        """Go on with little: the link does not take more."""
        self._thrift = Thrift(self._thrift.frames_per_second, LOW, sparing=True)
        self.pacer.limit(LOW)
        self._screen.spare(sparing=True, badge=low_badge("SSH"))


class Questions(Frames):
    """Asks the waiting questions one after another, and keeps the screen up to date."""

    def __init__(
        self,
        runner: "TurnRunner",
        screen: MainScreen,
        thrift: Thrift,
        terminal: "Terminal | None",
    ) -> None:
        super().__init__(runner, screen, thrift, terminal)
        self._runner = runner
        self._waiting: list[tuple[str, str]] = []

    @property
    def waiting(self) -> int:
        """How many questions wait for the end of the turn."""
        return len(self._waiting)

    def submit(self, question: str, attached: str = "") -> None:
        """Ask `question` with what goes along: now, or when the present turn has ended."""
        self._waiting.append((question, attached))
        self.wake()

    def submit_instead(self, question: str, attached: str = "") -> None:
        """Ask `question` as soon as the present turn has stopped for it."""
        self.stop()
        self.submit(question, attached)

    def take_waiting(self) -> list[str]:
        """Return the questions that wait; they are not asked any more."""
        questions = [question for question, _ in self._waiting]
        self._waiting.clear()
        return questions

    def resume(self, turn: "UnendedTurn") -> None:
        """Go on with an interrupted turn; raises HistoryError if it cannot be taken up."""
        self.start(lambda: self._runner.resume(turn))

    def start(self, begin: Callable[[], None]) -> None:
        """Have `begin` begin a turn, none of which is running, and show it."""
        begin()
        self._unseen = True
        self.wake()

    def begin_next(self) -> bool:
        """Ask the next question; the end of a turn is seen before another takes its place."""
        if not self._waiting or self._runner.running or self._unseen:
            return False
        self._runner.ask(*self._waiting.pop(0))
        self._unseen = True
        return True
