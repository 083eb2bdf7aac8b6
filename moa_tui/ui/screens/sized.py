"""What the size of the screen, and the wish of the person, make of the main screen."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from moa_tui.ui.screens.resizing import Resizing

if TYPE_CHECKING:
    from moa_tui.settings.model import Layout

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
_TINY = (0, "-tiny")
_LAYOUTS: "dict[Layout, list[tuple[int, str]]]" = {
    "auto": [_TINY, (LEAST_WIDTH, "-narrow"), (100, "-medium"), (160, "-wide")],
    "grid": [_TINY, (LEAST_WIDTH, "-medium"), (160, "-wide")],
    "tabs": [_TINY, (LEAST_WIDTH, "-narrow")],
    "focus": [_TINY, (LEAST_WIDTH, "-narrow")],
}
"""Which class of app.tcss counts from which width, for each layout; F3 goes through them."""


class TooSmall(Static):
    """Lies over everything on a screen with no room; what is below goes on, keys included."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, markup=False)

    def show(self, width: int, height: int) -> None:
        """Say how much room there is, and how much is needed."""
        words = f"needs {LEAST_WIDTH}x{LEAST_HEIGHT}, is {width}x{height}"
        self.update(Content.assemble((words, "bold $warning"), "\n", "what runs keeps running"))
        self.display = width < LEAST_WIDTH or height < LEAST_HEIGHT


class Sized(Resizing[None], Screen[None]):
    """A screen whose layout follows its size, or what the person chose."""

    HORIZONTAL_BREAKPOINTS = _LAYOUTS["auto"]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (20, "-high")]  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f3",
            "next_layout",
            "Layout",
            show=False,
            id="layout.next",
            tooltip="Next layout: auto, grid, tabs, focus",
            priority=True,
        ),
    ]

    class Arranged(Message):
        """The person chose another layout."""

        def __init__(self, layout: "Layout") -> None:
            super().__init__()
            self.layout = layout

    def __init__(self) -> None:
        super().__init__()
        self._chosen: Layout = "auto"

    def lay_out(self, layout: "Layout") -> None:
        """Show everything in `layout` from now on."""
        if layout == self._chosen:
            return
        old = {name for _, name in self.HORIZONTAL_BREAKPOINTS}
        self._chosen = layout
        # Textual looks at them whenever the size changes; it would share the class's with others.
        self.HORIZONTAL_BREAKPOINTS = _LAYOUTS[layout]
        now = self._get_breakpoint_classes(self.size.width, self.HORIZONTAL_BREAKPOINTS)
        self.update_classes({name: name in now for name in old | now}, animate=False)
        self.set_class(layout == "focus", "-focus")

    def action_next_layout(self) -> None:
        """Go on to the next layout."""
        names = list(_LAYOUTS)
        self.lay_out(names[(names.index(self._chosen) + 1) % len(names)])
        self.post_message(self.Arranged(self._chosen))
