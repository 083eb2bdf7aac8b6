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
            text = Content(words) if isinstance(words, str) else words
            self.update(text, layout=not self._takes_as_many_rows(text))
            self.set_class(not words, "-empty")

    def _takes_as_many_rows(self, text: Content) -> bool:
        # Arranging a screen of panes anew takes as long as painting several of them.
        width, height = self.content_size
        return bool(height) and text.get_height(self.styles.get_rules(), width) == height
