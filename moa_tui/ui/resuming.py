"""The part of the app that offers to go on with a turn that was interrupted."""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from moa_tui.errors import HistoryError
from moa_tui.ui.saving import Saving

if TYPE_CHECKING:
    from moa_tui.transcript.history import UnendedTurn
    from moa_tui.ui.start import Start

_COMMANDS = (
    (
        "resume",
        "Go on with the interrupted turn",
        "Go on with the turn that was cut off: only what is missing is asked",
    ),
    (
        "dismiss_interrupted",
        "Dismiss the interrupted turn",
        "Do not offer the turn that was cut off again; it stays in the history",
    ),
)
_ACTIONS = {action for action, _, _ in _COMMANDS}


class Resuming(Saving):
    """Offers the turn on a card.

    The keys are the card's while it is shown and nothing is written. Resuming costs money, so its
    key does nothing else. The palette knows of the turn for as long as there is one.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: the prompt has the keys, and in it Ctrl+X would cut.
        *(
            Binding(key, action, title, show=False, id=name, tooltip=about, priority=True)
            for key, name, (action, title, about) in zip(
                ("alt+r", "ctrl+x"), ("turn.resume", "turn.dismiss"), _COMMANDS, strict=True
            )
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
        """The keys are the card's only while it is in sight and the prompt is empty."""
        if action in _ACTIONS:
            shown = bool(self._offered and self.main.query("#resume-card"))
            return shown and not self.main.prompt.text
        return super().check_action(action, parameters)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette goes on offering the turn when the card is gone."""
        yield from super().get_system_commands(screen)
        if self._offered:
            for action, title, about in _COMMANDS:
                yield SystemCommand(title, about, getattr(self, f"action_{action}"))

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
