"""The part of the app that wears themes: chosen with a look at each, read again when edited."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from moa_tui.ui.shell import Shell

if TYPE_CHECKING:
    from moa_tui.ui.theming import Wardrobe


class Wearing(Shell):
    """Puts on what the person chooses, and what becomes of it when they edit its file."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+t",
            "change_theme",
            "Theme",
            show=False,
            id="app.theme",
            tooltip="Choose the colours, with a look at each",
            priority=True,
        ),
    ]
    _wardrobe: "Wardrobe | None" = None

    def put_on(self, folders: Sequence[Path], wanted: str) -> list[str]:
        """Make the themes of `folders` available and wear one; return what is wrong with any."""
        self._wardrobe = wardrobe = self.late.Wardrobe(self, folders)
        notes: list[str] = wardrobe.offer_all(wanted)
        self.watch_files(wardrobe.files, self._read_themes_again)
        return notes

    def _read_themes_again(self) -> None:
        if self._wardrobe:
            for note in self._wardrobe.offer_again():
                self.notify(note, severity="warning", markup=False, timeout=8)

    def action_change_theme(self) -> None:
        """Have a theme chosen."""
        if not self._wardrobe or isinstance(self.screen, self.late.ThemePicker):
            return
        if os.environ.get("NO_COLOR"):
            # Textual took the colours out of the theme that it started with, and of no other.
            self.notify("NO_COLOR is set: there are no colours to choose", markup=False)
            return
        self.push_screen(self.late.ThemePicker(self._wardrobe.choices()), self._chosen)

    def _chosen(self, name: str | None) -> None:
        if name:
            self.late.remember_theme(name)
