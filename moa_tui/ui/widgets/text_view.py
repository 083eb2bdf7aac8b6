"""A text that grows, painted by the row: what is not visible costs nothing.

The view follows the end until the reader scrolls away from it, and again once they are back.
"""

from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from moa_tui.ui.ascii import InAscii
from moa_tui.ui.text.light import LightStyles, bar_style
from moa_tui.ui.text.position import ReadingPosition
from moa_tui.ui.text.rows import TextRows

_WHEEL_ROWS = 3


class TextView(Widget, can_focus=True):
    """Shows one text. `extend` adds to it; `finish` puts rendered rows in its place."""

    HELP = "The text of one agent. It follows the end until you scroll up; End follows again."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="text.up", tooltip="Scroll up"),
        Binding("down,j", "move(1)", "Down", show=False, id="text.down", tooltip="Scroll down"),
        Binding("pageup", "page(-1)", show=False, id="text.page-up", tooltip="A page up"),
        Binding(
            "pagedown,space", "page(1)", show=False, id="text.page-down", tooltip="A page down"
        ),
        Binding("home,g", "jump('top')", "Top", show=False, id="text.top", tooltip="The beginning"),
        Binding(
            "end,G", "jump('end')", "End", show=False, id="text.end", tooltip="The end; follow it"
        ),
    ]

    class Changed(Message):
        """Something about a view is not as it was."""

        def __init__(self, view: "TextView") -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> "TextView":
            """The view."""
            return self.view

    class Scrolled(Changed):
        """The reader moved; `view.position` says where to."""

    class Recoloured(Changed):
        """Rendered rows are in other colours than the view's: the theme has changed."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.position = ReadingPosition()
        self._width = 80
        self._rows = TextRows(self._width)
        self._styles: LightStyles | None = None
        self._styles_are_old = True
        self._in_ascii: InAscii | None = None

    @property
    def text_width(self) -> int:
        """Cells that a row of text may take; the last column is the scrollbar's.

        A view that is not shown has no width: its text is wrapped to the width it had.
        """
        return self._width

    @property
    def rendered(self) -> bool:
        """Whether the text is shown as rendered Markdown."""
        return self._rows.rendered

    @property
    def styles_of_parts(self) -> LightStyles:
        """The styles that text is painted with, in the present theme."""
        if self._styles is None or self._styles_are_old:
            styles = LightStyles.of(self.rich_style, self.app.theme_variables)
            if styles != self._styles:
                self._styles = styles
                self._rows.repaint()
                if self.rendered:
                    self.post_message(self.Recoloured(self))
            self._in_ascii = next(
                (f for f in self.get_line_filters() if isinstance(f, InAscii)), None
            )
            self._styles_are_old = False
        return self._styles

    def clear(self) -> None:
        """Begin anew with an empty text."""
        self._rows = TextRows(self._width)
        self.position = ReadingPosition(height=self.size.height)
        self.refresh()

    def extend(self, text: str) -> None:
        """Add `text` at the end."""
        self._rows.extend(text)
        self.position.rows = len(self._rows)
        self.refresh()

    def finish(self, rows: list[Strip] | None) -> None:
        """Show rendered `rows` in place of the text, about where the reader was; None undoes it."""
        position = self.position
        share = position.top / max(1, position.rows)
        self._rows.show_rendered(rows)
        position.rows = len(self._rows)
        position.keep(round(share * position.rows))
        self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the visible rows; the styles cache is left out, there is no border to draw."""
        rows = [self._row(y) for y in range(crop.y, crop.bottom)]
        if crop.width == self.size.width:
            return rows
        return [row.crop(crop.x, crop.right) for row in rows]

    def render_line(self, y: int) -> Strip:
        """Return the row at `y` as the mouse needs it: with its place in the text."""
        return self._row(y).apply_offsets(0, self.position.top + y)

    def _row(self, y: int) -> Strip:
        width, row = self.size.width, self.position.top + y
        strip = self._rows.strip(row, width, self.styles_of_parts)
        if self._in_ascii:
            # Rows are painted past Textual's cache of styles, and so past its filters.
            strip = Strip(self._in_ascii.apply(list(strip), self.background_colors[1]))
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(row)) is not None:
            chosen = self.screen.get_component_rich_style("screen--selection")
            strip = _restyled(strip, *span, chosen)
        if y in self.position.thumb():
            bar = bar_style(self.app.theme_variables)
            strip = Strip.join([strip.crop(0, width - 1), Strip.blank(1, bar)])
        return strip

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text as it stands on the screen."""
        start, end = selection
        first, last = start.y if start else 0, end.y if end else len(self._rows) - 1
        lines = self._rows.plain(first, last, self.styles_of_parts)
        if lines and end and len(lines) > last - first:
            lines[-1] = lines[-1][: end.x]
        if lines and start:
            lines[0] = lines[0][start.x :]
        return "\n".join(lines), "\n"

    def notify_style_update(self) -> None:
        """Look at the styles again before the next row: most often they are as they were."""
        super().notify_style_update()
        self._styles_are_old = True

    def action_move(self, rows: int) -> None:
        """Scroll by `rows`."""
        self._go_to(self.position.top + rows)

    def action_page(self, pages: int) -> None:
        """Scroll by `pages`, keeping a row of the last one in sight."""
        self._go_to(self.position.top + pages * max(1, self.size.height - 1))

    def action_jump(self, place: str) -> None:
        """Go to the `top` or the `end`."""
        self._go_to(0 if place == "top" else self.position.last_top)

    @on(events.MouseScrollUp)
    @on(events.MouseScrollDown)
    def _scroll_by_wheel(self, event: events.MouseEvent) -> None:
        event.stop()
        down = isinstance(event, events.MouseScrollDown)
        self.action_move(_WHEEL_ROWS if down else -_WHEEL_ROWS)

    def _on_resize(self, event: events.Resize) -> None:
        if not event.size.width:
            return
        self._width = max(1, event.size.width - 1)
        position = self.position
        position.keep(self._rows.rewrap(self._width, position.kept))
        position.rows, position.height = len(self._rows), event.size.height
        self.refresh()

    def _go_to(self, top: int) -> None:
        self.position.go_to(top)
        self.refresh()
        self.post_message(self.Scrolled(self))


def _restyled(strip: Strip, start: int, end: int, style: Style) -> Strip:
    """Restyle the characters from `start` to `end`; -1 is the end of the row."""
    left = cell_len(strip.text[:start])
    right = strip.cell_length if end == -1 else cell_len(strip.text[:end])
    chosen = strip.crop(left, right)
    restyled = [Segment(text, (under or style) + style) for text, under, _ in chosen]
    return Strip.join([strip.crop(0, left), Strip(restyled), strip.crop(right)])
