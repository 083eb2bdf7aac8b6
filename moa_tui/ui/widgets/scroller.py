"""Something taller than its place, that keys and the wheel scroll by the row."""

from typing import ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from moa_tui.ui.text.position import ReadingPosition

_WHEEL_ROWS = 3


class Scroller(Widget, can_focus=True):
    """Keeps a reading position; whoever paints asks it which row is first."""

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

    class Scrolled(Message):
        """The reader moved, or what they look for did; `view.position` says where to."""

        def __init__(self, view: "Scroller") -> None:
            super().__init__()
            self.view = view

        @property
        def control(self) -> "Scroller":
            """The view that was scrolled."""
            return self.view

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.position = ReadingPosition()

    def action_move(self, rows: int) -> None:
        """Scroll by `rows`."""
        self.go_to(self.position.top + rows)

    def action_page(self, pages: int) -> None:
        """Scroll by `pages`, keeping a row of the last one in sight."""
        self.go_to(self.position.top + pages * max(1, self.size.height - 1))

    def action_jump(self, place: str) -> None:
        """Go to the `top` or the `end`."""
        self.go_to(0 if place == "top" else self.position.last_top)

    @on(events.MouseScrollUp)
    @on(events.MouseScrollDown)
    def _scroll_by_wheel(self, event: events.MouseEvent) -> None:
        event.stop()
        down = isinstance(event, events.MouseScrollDown)
        self.action_move(_WHEEL_ROWS if down else -_WHEEL_ROWS)

    def go_to(self, top: int) -> None:
        """Have `top` as the first visible row; at the end, follow it."""
        self.position.go_to(top)
        self.moved()

    def moved(self) -> None:
        """Paint the rows that are visible now, and tell whoever shows where that is."""
        self.refresh()
        self.post_message(self.Scrolled(self))
