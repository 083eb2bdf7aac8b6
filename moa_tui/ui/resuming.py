"""The part of the app that offers to go on with a turn that was interrupted."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from moa_tui.errors import HistoryError
from moa_tui.ui.shell import Shell

if TYPE_CHECKING:
    from moa_tui.transcript.history import UnendedTurn
    from moa_tui.ui.start import Start

_ACTIONS = {"resume", "dismiss_interrupted"}


class Resuming(Shell):
    """Offers the turn on a card; the keys and the palette know of it for as long as it is there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: the prompt has the keys, and in it Ctrl+X would cut.
        Binding(
            "ctrl+r",
            "resume",
            "Go on with the interrupted turn",
            show=False,
            id="turn.resume",
            tooltip="Only what is missing is asked",
            priority=True,
        ),
        Binding(
            "ctrl+x",
            "dismiss_interrupted",
            "Dismiss the interrupted turn",
            show=False,
            id="turn.dismiss",
            tooltip="It stays in the history and is not offered again",
            priority=True,
        ),
    ]
    _offered: "UnendedTurn | None" = None
    _history: "Path | None" = None

    async def offer(self, start: "Start") -> None:
        """Show a turn that was interrupted, if there is one that can be gone on with."""
        if start.missing_keys:
            return
        self._history = start.history
        try:
            self._offered = await asyncio.to_thread(
                self.late.resuming.offered, start.history, start.roster
            )
        except HistoryError:
            return  # the history's writer tells what is wrong with it
        if self._offered:
            card = self.late.ResumeCard(self._offered)
            await self.main.mount(card, before="#prompt-frame")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys mean nothing while nothing is offered."""
        if action in _ACTIONS:
            return self._offered is not None
        return super().check_action(action, parameters)

    def hide_offer(self) -> None:
        """Take the card away; the palette still has what it offers."""
        self.main.query("#resume-card").remove()

    def action_resume(self) -> None:
        """Go on with the turn."""
        turn = self._offered
        if turn is None:
            return
        try:
            if not self.take_up(turn):
                self.notify("a turn is running: Esc stops it", markup=False)
                return
        except HistoryError as error:
            self.notify(str(error), severity="warning", markup=False)
        self._offered = None
        self.hide_offer()

    async def action_dismiss_interrupted(self) -> None:
        """Have the turn not offered again."""
        turn, self._offered = self._offered, None
        self.hide_offer()
        if turn:
            try:
                await asyncio.to_thread(self.late.resuming.dismiss, self._history, turn.turn)
            except HistoryError as error:
                self.notify(str(error), severity="warning", markup=False)

    def take_up(self, turn: "UnendedTurn") -> bool:
        """Go on with `turn`; return whether that is possible now. Raises HistoryError."""
        raise NotImplementedError
