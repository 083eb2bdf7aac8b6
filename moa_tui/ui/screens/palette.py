"""The command palette: Textual's, which runs a command once however often Enter is pressed.

Textual's goes on to look for commands while it closes, and then for the list to put them into.
"""

from textual.command import CommandList, CommandPalette
from textual.message import Message
from textual.widgets import Button, Input, OptionList

from moa_tui.ui.screens.leaving import LeftOnce

_CHOICES = Input.Changed | Input.Submitted | Button.Pressed | OptionList.OptionSelected


class Palette(LeftOnce[None], CommandPalette):
    """Everything there is to do, by its name."""

    async def _on_message(self, message: Message) -> None:
        # What was pressed twice has run, and the palette is about to go.
        if not (isinstance(message, _CHOICES) and self.is_left):
            await super()._on_message(message)

    def _watch__list_visible(self) -> None:
        if self.query(CommandList):
            super()._watch__list_visible()

    async def _watch__show_busy(self) -> None:
        if self.query(CommandList):
            await super()._watch__show_busy()
