"""Rows of text, painted when they are visible: what is not costs nothing."""

import re

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from moa_tui.ui.ascii import InAscii
from moa_tui.ui.text.light import LightStyles, bar_style
from moa_tui.ui.text.row import Row
from moa_tui.ui.text.rows import TextRows
from moa_tui.ui.widgets.scroller import Scroller

_WORD = re.compile(r"[^\W_]+(?:[\w'’.-]*\w)?|\S")


class PaintedText(Scroller):
    """Paints `rows` from the reading position on, in the colours of the theme."""

    class Recoloured(Message, namespace="text_view"):
        """Rendered rows are in other colours than the view's: the theme has changed."""

    def __init__(self, rows: TextRows, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.rows = rows
        self._styles: LightStyles | None = None
        self._styles_are_old = True
        self._in_ascii: InAscii | None = None

    def on_mount(self) -> None:
        """Texts are painted in the colours of one theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._recolour())

    def _recolour(self) -> None:
        # Its own style may be the same in both themes; what it paints with is not.
        self.notify_style_update()
        self.refresh()

    @property
    def rendered(self) -> bool:
        """Whether the text is shown as rendered Markdown."""
        return self.rows.rendered

    @property
    def row_count(self) -> int:
        """Rows that the text takes now."""
        return len(self.rows)

    @property
    def styles_of_parts(self) -> LightStyles:
        """The styles that text is painted with, in the present theme."""
        if self._styles is None or self._styles_are_old:
            styles = LightStyles.of(self.rich_style, self.app.theme_variables)
            if styles != self._styles:
                self._styles = styles
                self.rows.repaint()
                if self.rendered:
                    self.post_message(self.Recoloured())
            self._in_ascii = next(
                (f for f in self.get_line_filters() if isinstance(f, InAscii)), None
            )
            self._styles_are_old = False
        return self._styles

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the visible rows; the styles cache is left out, there is no border to draw."""
        rows = [self._row(y) for y in range(crop.y, crop.bottom)]
        if crop.width != self.size.width:
            rows = [row.crop(crop.x, crop.right) for row in rows]
        return [Row.of(row) for row in rows]

    def render_line(self, y: int) -> Strip:
        """Return the row at `y` as the mouse needs it: with its place in the text."""
        return self._row(y).apply_offsets(0, self.position.top + y)

    def _row(self, y: int) -> Strip:
        width, row = self.size.width, self.position.top + y
        strip = self.row_strip(row)
        if self._in_ascii:
            # Rows are painted past Textual's cache of styles, and so past its filters.
            strip = Strip(self._in_ascii.apply(list(strip), self.background_colors[1]))
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(row)) is not None:
            chosen = self.screen.get_component_rich_style("screen--selection")
            strip = restyled(strip, *span, chosen)
        if y in self.position.thumb():
            bar = bar_style(self.app.theme_variables)
            strip = Strip.join([strip.crop(0, width - 1), Strip.blank(1, bar)])
        return strip

    def on_click(self, event: events.Click) -> None:
        """Select the word under a double click, the row under a triple click."""
        if event.chain < 2:
            return
        event.prevent_default()  # Textual would select the whole text
        row = self.position.top + event.y
        if not 0 <= row < len(self.rows):
            return
        line = "".join(self.rows_as_text(row, row + 1))
        start, end = (0, len(line)) if event.chain > 2 else _word_at(line, event.x)
        self.screen.selections = {
            self: Selection.from_offsets(Offset(start, row), Offset(end, row))
        }

    def row_strip(self, row: int) -> Strip:
        """Return row number `row` of the text, as wide as the view."""
        return self.rows.strip(row, self.size.width, self.styles_of_parts)

    def rows_as_text(self, first: int, after: int) -> list[str]:
        """Return rows from `first` to before `after` as text, without the blanks at their ends."""
        return self.rows.plain(first, after - 1, self.styles_of_parts)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text as it stands on the screen."""
        start, end = selection
        first, last = start.y if start else 0, end.y if end else len(self.rows) - 1
        lines = self.rows.plain(first, last, self.styles_of_parts)
        if lines and end and len(lines) > last - first:
            lines[-1] = lines[-1][: end.x]
        if lines and start:
            lines[0] = lines[0][start.x :]
        return "\n".join(lines), "\n"

    def notify_style_update(self) -> None:
        """Look at the styles again before the next row: most often they are as they were."""
        super().notify_style_update()
        self._styles_are_old = True


def _word_at(line: str, column: int) -> tuple[int, int]:
    """Return where the word at a column of cells begins and ends in `line`."""
    at = next((n for n in range(len(line)) if cell_len(line[: n + 1]) > column), len(line))
    words = (match.span() for match in _WORD.finditer(line))
    return next((span for span in words if span[0] <= at < span[1]), (at, at))


def restyled(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """Restyle the characters from `start` to `end`; -1 is the end of the row."""
    left = cell_len(strip.text[:start])
    right = strip.cell_length if end == -1 else cell_len(strip.text[:end])
    chosen = strip.crop(left, right)
    restyled = [Segment(text, (under or style) + style) for text, under, _ in chosen]
    return Strip.join([strip.crop(0, left), Strip(restyled), strip.crop(right)])
