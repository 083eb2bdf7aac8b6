"""The rows of one text: as it streams, wrapped and lightly formatted; rendered when it has ended.

Rows are made when they are first painted and kept until something changes them.
"""

from rich.segment import Segment
from textual.strip import Strip

from moa_tui.ui.text import light
from moa_tui.ui.text.row import Row
from moa_tui.ui.text.wrapping import WrappedText

_KEPT = 400
"""Rows kept painted: a few screenfuls, so that memory does not grow with the text."""


class TextRows:
    """A text as rows of the screen."""

    def __init__(self, width: int) -> None:
        self._wrapped = WrappedText(width)
        self._rendered: list[Strip] | None = None
        self._painted: dict[int, Strip] = {}
        self._place: tuple[int, tuple[int, int]] = (0, (0, 0))

    def __len__(self) -> int:
        return len(self._rendered) if self._rendered is not None else self._wrapped.height

    @property
    def rendered(self) -> bool:
        """Whether rendered rows stand in the text's place."""
        return self._rendered is not None

    def extend(self, text: str) -> None:
        """Add `text` at the end; the last row is the only one that it can change."""
        unstable = max(0, self._wrapped.height - 1)
        self._wrapped.append(text)
        for row in range(unstable, self._wrapped.height):
            self._painted.pop(row, None)

    def show_rendered(self, rows: list[Strip] | None) -> None:
        """Show `rows` instead of the text as it streamed; None shows that again."""
        self._rendered = rows
        self._painted.clear()

    def rewrap(self, width: int, top: int) -> int:
        """Wrap to another width; return the row that shows what row `top` began with."""
        row, place = self._place
        if row != top:  # else that row came from here: its place is exact, however often we resize
            place = self._wrapped.offset_of(top)
        if width != self._wrapped.width:
            self._wrapped = self._wrapped.rewrapped(width)
            self._painted.clear()
        if self._rendered is not None:
            return top
        self._place = self._wrapped.row_of(place), place
        return self._place[0]

    def repaint(self) -> None:
        """Forget painted rows: the styles have changed."""
        self._painted.clear()

    def strip(self, row: int, width: int, styles: light.LightStyles) -> Strip:
        """Return row number `row`, `width` cells wide; rows after the end are blank."""
        if row >= len(self):
            return Strip.blank(width, styles.base)
        painted = self._painted.get(row)
        if painted is None or painted.cell_length != width:
            painted = self._paint(row, width, styles)
            if len(self._painted) >= _KEPT:
                self._painted.clear()
            self._painted[row] = painted
        return painted

    def plain(self, first: int, last: int, styles: light.LightStyles) -> list[str]:
        """Return the text of rows `first` to `last` as they are on the screen."""
        rows = range(max(0, first), min(last + 1, len(self)))
        return [self._plain(row, styles) for row in rows]

    def _plain(self, row: int, styles: light.LightStyles) -> str:
        if self._rendered is not None:
            return self._rendered[row].text.rstrip()
        line = self._wrapped.line(row)
        if not light.changes(line):
            return line.text
        return self._paint(row, self._wrapped.width, styles).text.rstrip()

    def _paint(self, row: int, width: int, styles: light.LightStyles) -> Strip:
        if self._rendered is not None:
            finished = self._rendered[row].adjust_cell_length(width, styles.base)
            return Row.of(finished.apply_style(styles.base))
        # One strip and no other on the way to it: making them is most of what painting costs.
        base = styles.base
        segments = light.paint(self._wrapped.line(row), styles, width)
        styled = [
            Segment(text, style if style is base or style is None else base + style)
            for text, style, _ in segments
        ]
        return Row(styled, width)
