"""One line with every pane's number, state and name: what there is when only one pane fits."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual import events
from textual.content import Content
from textual.geometry import Offset
from textual.message import Message
from textual.widgets import Static


@dataclass(frozen=True, slots=True)
class Tab:
    """A pane as the strip shows it: `tone` is the class of its state."""

    pane: str
    number: str
    name: str
    glyph: str
    tone: str


_TONE_STYLES = {
    "-idle": "$dim-text",
    "-live": "$primary",
    "-done": "$success",
    "-marked": "$warning",
    "-failed": "$error",
}


class TabStrip(Static):
    """Shows the tabs in one line; names are cut, all alike, until they fit."""

    class Chosen(Message):
        """A tab was clicked."""

        def __init__(self, pane: str) -> None:
            super().__init__()
            self.pane = pane

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._last: tuple[Sequence[Tab], str] = ((), "")
        self._shown: tuple[object, ...] = ()
        self._edges: list[tuple[int, str]] = []

    def show(self, tabs: Sequence[Tab], selected: str) -> None:
        """Show `tabs`, the one of the pane `selected` marked."""
        self._last = (tabs, selected)
        if (state := (tuple(tabs), selected, self.size.width)) == self._shown:
            return
        self._shown = state
        parts: list[Content] = []
        self._edges = []
        position = 0
        for tab, label in labels(tabs, selected, self.size.width):
            style = _TONE_STYLES[tab.tone] + (" reverse" if tab.pane == selected else "")
            parts.append(Content.styled(label, style))
            position += cell_len(label)
            self._edges.append((position, tab.pane))
        self.update(Content("").join(parts), layout=False)

    def on_resize(self) -> None:
        """The names are cut to the width, which there is none of while the strip is hidden."""
        self.show(*self._last)

    def places(self) -> list[tuple[str, Offset]]:
        """Return where on the screen the tab of each pane begins."""
        starts = [0, *(edge for edge, _ in self._edges)]
        return [
            (pane, self.region.offset + Offset(start, 0))
            for start, (_, pane) in zip(starts, self._edges, strict=False)
        ]

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        for edge, pane in self._edges:
            if event.x < edge:
                self.post_message(self.Chosen(pane))
                return


def labels(tabs: Sequence[Tab], selected: str, width: int) -> list[tuple[Tab, str]]:
    """Return the tabs that fit into one line, and what to write for each.

    First names are cut, then they go, then the tabs farthest from the selected one.
    """
    longest = max((cell_len(tab.name) for tab in tabs), default=0)
    for room in range(longest, -1, -1):
        shown = [(tab, f" {_mark(tab)}{_cut(tab.name, room)} ") for tab in tabs]
        if _width(shown) <= width:
            return shown
    shown = [(tab, f"{_mark(tab)} ") for tab in tabs]
    at = next((index for index, tab in enumerate(tabs) if tab.pane == selected), 0)
    while len(shown) > 1 and _width(shown) > width:
        from_start = at > len(shown) - 1 - at
        shown.pop(0 if from_start else -1)
        at -= from_start
    return shown


def _mark(tab: Tab) -> str:
    return f"{tab.number}{tab.glyph}"


def _cut(name: str, room: int) -> str:
    return name if cell_len(name) <= room else set_cell_size(name, room).rstrip()


def _width(shown: Sequence[tuple[Tab, str]]) -> int:
    return sum(cell_len(label) for _, label in shown)
