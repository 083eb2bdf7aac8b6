"""The proposers' panes, in a grid: one for every stream, in the order they were asked."""

from collections.abc import Sequence

from textual import events, on
from textual.containers import Container

from moa_tui.engine.events import Role
from moa_tui.roster.model import Agent
from moa_tui.state import StreamState
from moa_tui.ui.layout import grid, is_roomy
from moa_tui.ui.restyling import reclass
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.pane_frame import Owner

COLOURS = 8
"""Colours that a theme has for agents; the ninth agent has the first one again."""

_UNUSED = "-unused"
_ASIDE = "-aside"


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

    def set_lineup(self, seats: Sequence[tuple[int, Agent]], usual: str = "") -> None:
        """Show who is going to answer, in which layer; `usual` is a provider not to be named."""
        self._seats.clear()
        self._usual = usual
        several = len({layer for layer, _ in seats}) > 1
        panes = list(self.query(Pane))
        new = [_new_pane(index) for index in range(len(panes), len(seats))]
        for index, pane in enumerate([*panes, *new]):
            pane.set_class(index >= len(seats), _UNUSED)
            if index < len(seats):
                layer, agent = seats[index]
                layer = layer if several else 0
                pane.usual = usual
                elsewhere = agent.provider if usual not in {"", agent.provider} else ""
                pane.clear(Owner(agent.name, agent.model, elsewhere, layer), agent.expertise)
                pane.colour(agent.color)
        self.mount_all(new)
        self.share_room()

    def show(self, stream: StreamState, now: float, *, sparing: bool = False) -> None:
        """Show what is new in a proposer's stream; while `sparing`, only figures unless read."""
        new = stream.id not in self._seats
        if new:
            left = self._seats.get(stream.instead_of or "")
            again = left and left.stream and left.stream.label == stream.label
            self._seats[stream.id] = left if left and again else self._free_pane()
            self._seats[stream.id].colour(stream.color)
        self._seats[stream.id].show(stream, now, sparing=sparing)
        if new:
            self.share_room()

    @on(events.Resize)
    def share_room(self) -> None:
        """Give the panes as many columns as fit; other layers give way to the present one."""
        panes = self.panes
        present = max((pane.in_layer for pane in panes if pane.stream), default=1)
        all_fit = is_roomy(len(panes), *self.size)
        shown = 0
        for pane in panes:
            beside = pane.stream is not None and pane.stream.role is Role.BASELINE
            aside = not (all_fit or beside) and pane.in_layer != present
            if pane.has_class(_ASIDE) is not aside:
                reclass(pane, {_ASIDE: aside})
            shown += not aside or pane.has_class("-selected")
        shape = grid(shown, self.size.width, self.size.height)
        self.styles.grid_size_columns = shape.columns
        self.styles.grid_rows = " ".join(map(str, shape.heights)) or "1fr"

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
