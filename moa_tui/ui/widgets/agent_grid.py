"""The proposers' panes, in a grid: one for every stream, in the order they were asked."""

from collections.abc import Sequence

from textual import events, on
from textual.containers import Container

from moa_tui.roster.model import Agent
from moa_tui.state import StreamState
from moa_tui.ui.layout import grid
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.pane_frame import Owner

COLOURS = 8
"""Colours that a theme has for agents; the ninth agent has the first one again."""

_UNUSED = "-unused"


class AgentGrid(Container):
    """Gives every proposer's stream a pane."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._seats: dict[str, Pane] = {}
        self._usual = ""

    @property
    def panes(self) -> list[Pane]:
        """The panes in use, in order."""
        return [pane for pane in self.query(Pane) if not pane.has_class(_UNUSED)]

    def set_lineup(self, agents: Sequence[Agent], usual: str = "") -> None:
        """Show who is going to answer; `usual` is the provider that need not be named."""
        self._seats.clear()
        self._usual = usual
        panes = list(self.query(Pane))
        new = [_new_pane(index) for index in range(len(panes), len(agents))]
        for index, pane in enumerate([*panes, *new]):
            pane.set_class(index >= len(agents), _UNUSED)
            if index < len(agents):
                agent = agents[index]
                pane.usual = usual
                elsewhere = agent.provider if usual not in {"", agent.provider} else ""
                pane.clear(Owner(agent.name, agent.model, elsewhere), agent.expertise)
                pane.colour(agent.color)
        self.mount_all(new)
        self.share_room()

    def show(self, stream: StreamState, now: float, *, sparing: bool = False) -> None:
        """Show what is new in a proposer's stream; while `sparing`, only figures unless read."""
        if stream.id not in self._seats:
            left = self._seats.get(stream.instead_of or "")
            again = left and left.stream and left.stream.label == stream.label
            self._seats[stream.id] = left if left and again else self._free_pane()
            self._seats[stream.id].colour(stream.color)
            self.share_room()
        self._seats[stream.id].show(stream, now, sparing=sparing)

    @on(events.Resize)
    def share_room(self) -> None:
        """Give the panes as many columns as fit."""
        shape = grid(len(self.panes), self.size.width, self.size.height)
        self.styles.grid_size_columns = shape.columns
        self.styles.grid_rows = str(shape.row_height) if shape.row_height else "1fr"

    def _free_pane(self) -> Pane:
        taken = set(self._seats.values())
        panes = list(self.query(Pane))
        free = next((pane for pane in panes if pane not in taken), None)
        if free is None:
            free = _new_pane(len(panes))
            free.usual = self._usual
            self.mount(free)
        free.remove_class(_UNUSED)
        return free


def _new_pane(index: int) -> Pane:
    classes = f"agent colour-{index % COLOURS + 1}"
    return Pane(str(index + 1), id=f"agent-{index + 1}", classes=classes)
