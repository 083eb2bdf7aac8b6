"""The panes of everybody but the aggregator, in a grid: one for each seat of the turn."""

from collections.abc import Collection, Sequence

from textual import events, on
from textual.containers import Container

from moa_tui.engine.events import Role
from moa_tui.state import TurnState
from moa_tui.ui.layout import grid, is_roomy
from moa_tui.ui.restyling import reclass
from moa_tui.ui.seats import Seat, seat_of, taken
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.pane_frame import Owner

COLOURS = 8
"""Colours that a theme has for agents; the ninth agent has the first one again."""

_UNUSED = "-unused"
_ASIDE = "-aside"


class AgentGrid(Container):
    """Gives every seat a pane, and every stream a seat."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._seats: list[Seat] = []
        self._seated: dict[str, tuple[Seat, Pane]] = {}
        self._usual = ""

    @property
    def panes(self) -> list[Pane]:
        """The panes in use, in order."""
        return [pane for pane in self.query(Pane) if not pane.has_class(_UNUSED)]

    def clear(self, seats: Sequence[Seat], usual: str = "") -> None:
        """Show who is going to answer; `usual` is the provider that need not be named."""
        self._usual = usual
        self._seats = []
        self._seat(seats)

    def show(
        self, state: TurnState, seats: Sequence[Seat], now: float, *, sparing: bool = False
    ) -> None:
        """Show what is new in the streams of `state`; those without a seat get one at the end.

        While `sparing`, only figures unless somebody reads the pane.
        """
        streams = taken(state)
        known = {seat.key for seat in seats}
        more = [seat_of(stream, state) for key, stream in streams.items() if key not in known]
        self._seat([*seats, *more])
        begun = False
        for key, stream in streams.items():
            seat, pane = self._seated[key]
            pane.colour(stream.color)
            new = pane.stream is None
            pane.show(stream, now, seat.about if stream.part else "", sparing=sparing)
            begun = begun or new
        if begun:
            self.share_room()

    def mute(self, names: Collection[str]) -> None:
        """Mark the panes of muted agents."""
        for pane in self.panes:
            muted = pane.owner.agent in names
            pane.tag("muted" if muted else "", dimmed=muted)

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

    def _seat(self, seats: Sequence[Seat]) -> None:
        """Give each seat its pane; panes whose seat is another than before are empty then."""
        before, self._seats = self._seats, list(seats)
        if before == self._seats:
            return
        panes = list(self.query(Pane))
        new = [_new_pane(index) for index in range(len(panes), len(seats))]
        panes += new
        for index, pane in enumerate(panes):
            pane.set_class(index >= len(seats), _UNUSED)
        for index, (seat, pane) in enumerate(zip(seats, panes, strict=False)):
            if index >= len(before) or before[index] != seat:
                pane.usual = self._usual
                pane.clear(self._owner(seat), seat.hint)
                pane.colour(seat.color)
        self._seated = {s.key: (s, p) for s, p in zip(seats, panes, strict=False)}
        self.mount_all(new)
        self.share_room()

    def _owner(self, seat: Seat) -> Owner:
        elsewhere = seat.provider if self._usual not in {"", seat.provider} else ""
        return Owner(seat.name, seat.about, elsewhere, seat.layer, seat.agent)


def _new_pane(index: int) -> Pane:
    classes = f"agent colour-{index % COLOURS + 1}"
    return Pane(str(index + 1), id=f"agent-{index + 1}", classes=classes)
