"""A line above the prompt: which files go along with the question, if the turn would queue."""

from textual.content import Content
from textual.widgets import Static

from moa_tui.engine.forecast import Forecast


class ForecastLine(Static):
    """Says what goes along, and how long the next turn would queue; takes no room otherwise."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._words = ""
        self._queue = self._files = ""

    def enclose(self, words: str) -> None:
        """Show what goes along with the question that is written; empty where nothing does."""
        self._files = words
        self._draw()

    def show(self, taken: Forecast | None) -> None:
        """Show what the next turn would take; None: it is not the time to say."""
        self._queue = "" if taken is None or taken.fits else f"◌ the next turn: {taken.words}"
        self._draw()

    def _draw(self) -> None:
        words = " · ".join(filter(None, (self._files, self._queue)))
        if words != self._words:
            self._words = words
            self.update(Content(words), layout=False)
            self.set_class(bool(words), "-shown")
