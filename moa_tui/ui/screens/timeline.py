"""The timeline: every stream of a turn as a bar on one time axis, live while the turn runs."""

from collections.abc import Callable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.content import Content
from textual.strip import Strip

from moa_tui.state import TurnState
from moa_tui.state.spans import Doing
from moa_tui.ui.screens.leaving import Dialog
from moa_tui.ui.text.time_bars import Part, Row, time_rows
from moa_tui.ui.widgets.scroller import Scroller

Look = Callable[[], tuple[TurnState, float]]
"""Gives the turn as it is now, and the seconds since it began."""

_SECONDS = 0.1
_AROUND = 4
"""Rows of the frame and the blanks inside it."""

_COLOURS = {
    Doing.QUEUED: "warning",
    Doing.WAITING: "dim-text",
    Doing.THINKING: "secondary",
    Doing.WRITING: "success",
    Doing.RETRYING: "error",
    "-idle": "dim-text",
    "-live": "primary",
    "-done": "success",
    "-marked": "warning",
    "-failed": "error",
    "dim": "dim-text",
    "head": "accent",
    "plain": "foreground",
}


class TimelineView(Scroller):
    """Paints the rows of the picture that are visible."""

    def __init__(self) -> None:
        super().__init__(id="timeline-rows")
        self._rows: list[Row] = []
        self._tall = 0
        self.position.following = False

    def show(self, state: TurnState, now: float) -> None:
        """Show `state`; the reader stays where they are."""
        self._rows = time_rows(state, now, max(20, self.size.width - 1))
        if (height := len(self._rows) + _AROUND) != self._tall:
            self._tall = height
            self.styles.height = height
        top = self.position.top
        self.position.rows, self.position.height = len(self._rows), self.size.height
        self.position.keep(top)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the row at `y`."""
        row = self.position.top + y
        parts = self._rows[row] if row < len(self._rows) else []
        strip = Strip([Segment(part.text, self._style(part)) for part in parts])
        return strip.adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, part: Part) -> Style:
        name = _COLOURS[part.kind]
        colour = Color.parse(self.app.theme_variables[name]).rich_color
        return self.rich_style + Style(color=colour, bold=part.kind == "head")


class TimelineScreen(Dialog[None]):
    """Shows what `look` gives, again and again."""

    HELP = """\
# Timeline
Every stream of the turn as a bar: how long it was queued, waited for its first token, thought and
wrote. The figures are attempts, tokens, time to the first token, tokens per second, seconds.
"""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+l,q", "dismiss", "Close", id="timeline.close", tooltip="Close"),
    ]

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._view = TimelineView()
        self._last: TurnState | None = None

    def compose(self) -> ComposeResult:
        """The picture."""
        yield self._view

    def on_mount(self) -> None:
        """Keep it up to date."""
        self._view.border_title = Content("Timeline")
        self._view.border_subtitle = Content("Esc closes")
        self._view.focus()
        self.set_interval(_SECONDS, self._show)
        self.call_after_refresh(self._show)

    def on_resize(self, event: events.Resize) -> None:
        """Another width has room for a longer axis."""
        del event
        self._last = None
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        state, now = self._look()
        if state.running or state is not self._last:
            self._last = state
            self._view.show(state, now)
