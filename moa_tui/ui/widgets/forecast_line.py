"""A line above the prompt: what the next turn takes of the rate limits, while it does not fit."""

from textual.content import Content
from textual.widgets import Static

from moa_tui.engine.forecast import Forecast


class ForecastLine(Static):
    """Says how long the next turn would queue; takes no room while it would not."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._words = ""

    def show(self, taken: Forecast | None) -> None:
        """Show what the next turn would take; None: it is not the time to say."""
        words = "" if taken is None or taken.fits else f"◌ the next turn: {taken.words}"
        if words != self._words:
            self._words = words
            self.update(Content(words), layout=False)
            self.set_class(bool(words), "-shown")
