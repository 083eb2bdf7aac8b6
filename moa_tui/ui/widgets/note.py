"""Words that stand in a pane as long as there are any."""

from textual.content import Content
from textual.widgets import Static


class Note(Static):
    """Takes no room while it says nothing."""

    def __init__(self, *, classes: str) -> None:
        super().__init__(classes=f"{classes} -empty", markup=False)
        self.said: str | Content = ""

    def say(self, words: str | Content) -> None:
        """Show `words`, as text; empty takes the room back."""
        if words != self.said:
            self.said = words
            self.update(Content(words) if isinstance(words, str) else words)
            self.set_class(not words, "-empty")
