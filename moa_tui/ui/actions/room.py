"""What every action works with."""

from dataclasses import dataclass

from textual.app import App

from moa_tui.ui.frames import Questions
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.turn_runner import TurnRunner


@dataclass(frozen=True, slots=True)
class Room:
    """The app, its main screen, the conversation and its questions."""

    app: App[None]
    screen: MainScreen
    runner: TurnRunner
    questions: Questions

    def tell(self, words: str) -> None:
        """Say why nothing happens, or what did that cannot be seen."""
        self.app.notify(words, markup=False, timeout=4)
