"""The board, the panes of the agents and the answer's: which is shown alone, which has the keys."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from moa_tui.ui import figures
from moa_tui.ui.focusing import focus_at_once
from moa_tui.ui.restyling import reclass
from moa_tui.ui.widgets.agent_grid import AgentGrid
from moa_tui.ui.widgets.board import Board
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.tab_strip import Tab
from moa_tui.ui.widgets.text_view import TextView

ANSWER = "answer"


class Panes(Container):
    """Holds the panes. `selected` is the one shown where one fits; empty: the board."""

    class Selected(Message, namespace="stage"):
        """Another pane was chosen to be the one that is shown alone."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self.selected = ""

    def compose(self) -> ComposeResult:
        """The board, the agents, the answer."""
        yield Board(id="board")
        yield AgentGrid(id="agents")
        yield Pane("Σ", id=ANSWER, classes="answer")

    @property
    def answer(self) -> Pane:
        """The pane of the final answer."""
        return self.query_one(f"#{ANSWER}", Pane)

    @property
    def agents(self) -> AgentGrid:
        """The panes of the proposers."""
        return self.query_one("#agents", AgentGrid)

    @property
    def panes(self) -> list[Pane]:
        """All panes in use, the answer's last."""
        return [*self.agents.panes, self.answer]

    def text_beside(self, widget: Widget | None, y: int) -> TextView | None:
        """Return the text in row `y` of the screen, if `widget` is the pane around it."""
        pane = next((pane for pane in self.panes if pane is widget), None)
        texts = (pane.text, pane.thinking.text) if pane else ()
        return next((text for text in texts if text.region.y <= y < text.region.bottom), None)

    def tabs(self) -> list[Tab]:
        """Return the panes as tabs."""
        return [
            Tab(
                pane.id or "",
                pane.number,
                pane.owner.name,
                figures.glyph(pane.stream),
                figures.tone(pane.stream),
            )
            for pane in self.panes
        ]

    def select(self, pane_id: str) -> None:
        """Choose the pane that is shown where one fits; empty: the board."""
        self.selected = pane_id
        for pane in self.panes:
            pane.set_class(pane.id == pane_id, "-selected", update=False)
        self.agents.set_class(pane_id not in {"", ANSWER}, "-picked", update=False)
        self.set_class(bool(pane_id), "-picked", update=False)
        self.app.stylesheet.update_nodes(self._parts())
        self.agents.share_room()
        self.post_message(self.Selected())

    def focus_pane(self, pane_id: str) -> None:
        """Choose a pane and give it the keys."""
        self.select(pane_id)
        focus_at_once(self.query_one(f"#{pane_id}", Pane).text)

    def step(self, by: int) -> None:
        """Go to the next pane, or to the one before."""
        names = [pane.id or "" for pane in self.panes]
        focused = self.screen.focused
        inside = next((p for p in self.panes if focused and p in focused.ancestors), None)
        current = (inside.id or "") if inside else self.selected
        at = names.index(current) + by if current in names else (0 if by > 0 else -1)
        self.focus_pane(names[at % len(names)])

    def on_pane_zoom_requested(self, message: Pane.ZoomRequested) -> None:
        """One pane alone, or all of them again."""
        message.stop()
        if not self.unzoom():
            self.arrange_by({"-zoomed": True})
            self.focus_pane(message.pane.id or ANSWER)

    def unzoom(self) -> bool:
        """Show all panes again; return whether one was alone."""
        if not self.has_class("-zoomed"):
            return False
        self.arrange_by({"-zoomed": False})
        return True

    def end_search(self) -> bool:
        """End the search in the pane that has the keys; return whether there was one."""
        focused = self.screen.focused
        inside = next((p for p in self.query(Pane) if focused and p in focused.ancestors), None)
        return inside is not None and inside.end_search()

    def arrange_by(self, classes: Mapping[str, bool]) -> None:
        """Have app.tcss arrange the panes by `classes` of this widget."""
        reclass(self, classes, self._parts())

    def _parts(self) -> list[Widget]:
        """What app.tcss arranges by the classes of the stage: nothing inside a pane is."""
        return [self, self.query_one(Board), self.agents, *self.query(Pane)]
