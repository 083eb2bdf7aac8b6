"""The list of turns: two rows each, painted when they are visible; asks for more near its end."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from moa_tui.transcript.browsing import TurnLine
from moa_tui.ui.widgets.turn_rows import figures_row, question_row

ROWS = 2
"""Rows of a turn: its question, then what became of it."""

_AHEAD = 30
"""Turns from the end of what is there at which more are asked for."""

_STYLES = ("done", "marked", "failed", "live", "dim", "cursor", "chosen")


class TurnList(ScrollView, can_focus=True):
    """Shows turns, newest first. `show` replaces them, `add` puts a page at their end."""

    HELP = "The turns that were kept, newest first. Enter shows one in the panes it had."
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"turn-list--{style}" for style in _STYLES}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="turns.up", tooltip="Later turn"),
        Binding("down,j", "move(1)", "Down", show=False, id="turns.down", tooltip="Earlier turn"),
        Binding(
            "pageup",
            "page(-1)",
            "Page up",
            show=False,
            id="turns.page-up",
            tooltip="A page of later turns",
        ),
        Binding(
            "pagedown",
            "page(1)",
            "Page down",
            show=False,
            id="turns.page-down",
            tooltip="A page of earlier turns",
        ),
        Binding("home,g", "go(0)", "Newest", show=False, id="turns.top", tooltip="Newest turn"),
        Binding(
            "end,G", "go(-1)", "Oldest", show=False, id="turns.end", tooltip="Last in the list"
        ),
        Binding("enter", "choose", "Open", id="turns.open", tooltip="Show the turn as it looked"),
    ]

    class Highlighted(Message):
        """The cursor is on another turn, or on none."""

        def __init__(self, line: TurnLine | None) -> None:
            super().__init__()
            self.line = line

    class Chosen(Message):
        """The person wants to see this turn."""

        def __init__(self, line: TurnLine) -> None:
            super().__init__()
            self.line = line

    class MoreWanted(Message):
        """The end of what is there comes near."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._lines: list[TurnLine] = []
        self._cursor = 0
        self.marked = ""
        self.now = datetime.now(UTC).astimezone()

    @property
    def count(self) -> int:
        """How many turns are there so far."""
        return len(self._lines)

    @property
    def cursor(self) -> int:
        """Which of them the cursor is on."""
        return self._cursor

    @property
    def selected(self) -> TurnLine | None:
        """The turn that the cursor is on."""
        return self._lines[self._cursor] if self._lines else None

    def show(self, lines: Sequence[TurnLine], cursor: int = 0) -> None:
        """Show `lines` in place of all others, the cursor on the one at `cursor`."""
        self._lines = list(lines)
        self.now = datetime.now(UTC).astimezone()
        self._fit()
        self._go_to(cursor)
        self.post_message(self.Highlighted(self.selected))

    def add(self, lines: Sequence[TurnLine]) -> None:
        """Put earlier turns at the end; the cursor stays where it is."""
        self._lines += lines
        self._fit()
        self.refresh()

    def mark(self, turn: str) -> None:
        """Mark a turn, none if it is empty."""
        self.marked = turn
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return row `y` of what is visible."""
        width = self.scrollable_content_region.width
        index, row = divmod(y + self.scroll_offset.y, ROWS)
        base = self.rich_style
        if index >= len(self._lines):
            return Strip.blank(width, base)
        line = self._lines[index]
        here = index == self._cursor
        look = self._style("cursor" if self.has_focus else "chosen") if here else Style()
        bar = Segment("▌" if here else " ", self._style("live"))
        if row:
            parts = figures_row(line, self.now, width - 4, self._style)
        else:
            parts = question_row(line, width - 4, self._style, marked=self.marked == line.turn)
        strip = Strip([bar, *parts]).apply_style(base + look)
        return strip.adjust_cell_length(width, base + look)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"turn-list--{name}", partial=True)

    def action_move(self, by: int) -> None:
        """Move the cursor by some turns."""
        self._go_to(self._cursor + by)

    def action_page(self, by: int) -> None:
        """Move the cursor by as many turns as fit."""
        self._go_to(self._cursor + by * max(1, self.size.height // ROWS - 1))

    def action_go(self, place: int) -> None:
        """Go to the first turn, or to the last that is there."""
        self._go_to(place if place >= 0 else len(self._lines) - 1)

    def action_choose(self) -> None:
        """Ask that the turn under the cursor is shown."""
        if line := self.selected:
            self.post_message(self.Chosen(line))

    def on_click(self, event: events.Click) -> None:
        """Go to the turn under the mouse; a second click opens it."""
        index = (event.y + self.scroll_offset.y) // ROWS
        if index < len(self._lines):
            self._go_to(index)
            if event.chain == 2:
                self.action_choose()

    def _fit(self) -> None:
        self.virtual_size = Size(1, ROWS * len(self._lines))

    def _go_to(self, index: int) -> None:
        before = self.selected
        self._cursor = max(0, min(index, len(self._lines) - 1))
        region = Region(0, self._cursor * ROWS, 1, ROWS)
        self.scroll_to_region(region, animate=False, force=True)
        self.refresh()
        if self.selected is not before:
            self.post_message(self.Highlighted(self.selected))
        if self._cursor >= len(self._lines) - _AHEAD:
            self.post_message(self.MoreWanted())
