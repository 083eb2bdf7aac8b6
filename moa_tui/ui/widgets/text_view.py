"""A text that grows. It follows the end until the reader scrolls away, and when they are back."""

from textual import events
from textual.message import Message
from textual.strip import Strip

from moa_tui.ui.text.position import ReadingPosition
from moa_tui.ui.text.rows import TextRows
from moa_tui.ui.widgets.painted_text import PaintedText


class TextView(PaintedText):
    """Shows one text. `extend` adds to it; `finish` puts rendered rows in its place."""

    HELP = (
        "The text of one agent. It follows the end until you scroll up; End follows again. "
        "`/` searches in it."
    )

    class Resized(Message):
        """The text has another width, or one at all: it was not shown before."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        self._width = 80
        super().__init__(TextRows(self._width), id=id)

    @property
    def text_width(self) -> int:
        """Cells that a row of text may take; the last column is the scrollbar's.

        A view that is not shown has no width: its text is wrapped to the width it had.
        """
        return self._width

    def clear(self) -> None:
        """Begin anew with an empty text."""
        self.rows = TextRows(self._width)
        self.position = ReadingPosition(height=self.size.height)
        self.rows_changed()
        self.refresh()

    def extend(self, text: str) -> None:
        """Add `text` at the end."""
        self.rows.extend(text)
        self.position.grow(len(self.rows))
        self.rows_changed(grown=True)
        self.refresh()

    def finish(self, rows: list[Strip] | None) -> None:
        """Show rendered `rows` in place of the text, about where the reader was; None undoes it."""
        position = self.position
        share = position.top / max(1, position.rows)
        self.rows.show_rendered(rows)
        position.rows = len(self.rows)
        position.keep(round(share * position.rows))
        self.rows_changed()
        self.refresh()

    def rows_changed(self, *, grown: bool = False) -> None:
        """The rows are others now; or, if only `grown`, there are more of them."""

    def _on_resize(self, event: events.Resize) -> None:
        if not event.size.width:
            return
        self._width = max(1, event.size.width - 1)
        position = self.position
        position.keep(self.rows.rewrap(self._width, position.kept))
        position.rows, position.height = len(self.rows), event.size.height
        self.rows_changed()
        self.refresh()
        self.post_message(self.Resized())
