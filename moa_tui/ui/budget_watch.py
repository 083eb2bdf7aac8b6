"""The rate limits on the screen, in and between turns: what is used, whether a turn would fit."""

from typing import TYPE_CHECKING

from moa_tui.ui.screens.main import MainScreen

if TYPE_CHECKING:
    from moa_tui.ui.turn_runner import TurnRunner

EVERY = 0.5
"""Seconds between two looks: the screen counts whole ones."""


class BudgetWatch:
    """Looks at the limits as long as something refills, is typed, or runs, and rests otherwise."""

    def __init__(self, runner: "TurnRunner", screen: MainScreen) -> None:
        self._runner = runner
        self._screen = screen
        self._timer = screen.set_interval(EVERY, self.tick, pause=True)
        self._seen: object = None

    def wake(self) -> None:
        """Something has begun or ended: look now, and go on looking."""
        self._timer.resume()
        self._seen = None
        self.tick()

    def tick(self) -> None:
        """Show what is left; forecast only where that, or the question, may have changed."""
        runner, screen = self._runner, self._screen
        shots = runner.limits()
        tightest = shots[0] if shots else None
        screen.status.set_budget(*((tightest.words, tightest.next_words) if tightest else ("", "")))
        refilling = any(shot.refilling for shot in shots)
        question = screen.prompt.text
        seen = (runner.running, question)
        if refilling or seen != self._seen:
            self._seen = seen
            screen.forecast.show(None if runner.running else runner.forecast(question))
        if not (refilling or runner.running or question):
            self._timer.pause()
