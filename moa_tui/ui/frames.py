"""One conversation on the screen: what came is folded at once, and painted when a frame is due."""

import time
from typing import TYPE_CHECKING

from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.terminal.pacing import FRAMES_PER_SECOND, FramePacer, Link

if TYPE_CHECKING:
    from moa_tui.transcript.history import UnendedTurn
    from moa_tui.ui.terminal.driver import Terminal
    from moa_tui.ui.turn_runner import TurnRunner


class Frames:
    """Asks the waiting questions one after another and keeps the screen up to date.

    Its timer ticks at the rate of frames and rests while nothing happens; `terminal` is None where
    there is none, as in tests.
    """

    def __init__(
        self,
        runner: "TurnRunner",
        screen: MainScreen,
        pacer: FramePacer,
        terminal: "Terminal | None",
    ) -> None:
        self._runner = runner
        self._screen = screen
        self._timer = screen.set_interval(1 / FRAMES_PER_SECOND, self.tick, pause=True)
        self._pacer = pacer
        self._terminal = terminal
        self._waiting: list[tuple[str, str]] = []
        self._unseen = False
        runner.on_done = self.tick

    def submit(self, question: str, attached: str = "") -> None:
        """Ask `question` with what goes along: now, or when the present turn has ended."""
        self._waiting.append((question, attached))
        self._timer.resume()
        self.tick()

    def submit_instead(self, question: str, attached: str = "") -> None:
        """Ask `question` as soon as the present turn has stopped for it."""
        self.stop()
        self.submit(question, attached)

    def resume(self, turn: "UnendedTurn") -> None:
        """Go on with an interrupted turn; raises HistoryError if it cannot be taken up."""
        self._runner.resume(turn)
        self._unseen = True
        self._timer.resume()
        self.tick()

    def stop(self) -> None:
        """Stop the turn; questions that wait are not asked."""
        self._waiting.clear()
        self._runner.stop()

    def tick(self) -> None:
        """Fold what came; begin the next turn if it is time; paint if a frame is due."""
        runner = self._runner
        self._unseen |= runner.poll()
        # The end of a turn is seen before the next one takes its place.
        if self._waiting and not runner.running and not self._unseen:
            runner.ask(*self._waiting.pop(0))
            self._unseen = True
        if self._unseen or runner.running:
            self._paint()
        elif not self._waiting:
            self._timer.pause()

    def _paint(self) -> None:
        terminal = self._terminal
        if terminal:
            terminal.end_frame()
            if terminal.take_dropped():
                self._screen.refresh(layout=True)
        if self._pacer.due(time.monotonic(), terminal.link if terminal else Link()):
            self._unseen = False
            self._screen.show(self._runner.state, self._runner.now, len(self._waiting))
