"""Words that stand in a pane as long as there are any."""

from textual.content import Content
from textual.widgets import Static


class Note(Static):
    """Takes no room while it says nothing."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=f"{classes} -empty", markup=False)
        self._words = ""

    def say(self, words: str) -> None:
        """Show `words`, as text; empty takes the room back."""
        if words != self._words:
            self._words = words
            self.update(Content(words))
            self.set_class(not words, "-empty")
