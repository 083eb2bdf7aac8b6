"""The part of the app that saves what is on the screen: the turn, or a picture of it."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work
from textual.app import SystemCommand
from textual.screen import Screen

from moa_tui.errors import MoaError
from moa_tui.ui.copying import Copying

if TYPE_CHECKING:
    from moa_tui.engine.events import TurnEvent

# Textual's picture would fetch its font from a server whenever it is looked at.
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")

_GONE = 0.1
"""Seconds until the palette is off the screen."""


class Saving(Copying):
    """Saves what `shown` and `told` are: the turn on the screen, and its events."""

    @property
    def told(self) -> "Sequence[TurnEvent]":
        """The events of the turn on the screen, up to now."""
        raise NotImplementedError

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Add what can be saved to what the palette offers."""
        yield from super().get_system_commands(screen)
        if not self.late:
            return
        if self.shown and self.shown.turn:
            what = "With its true timing, to be replayed: moa-tui replay FILE"
            yield SystemCommand("Save a recording of this turn", what, self.save_recording)
            what = "Answers, figures and a time line, in a page that needs nothing else"
            yield SystemCommand("Save this turn as a web page", what, self.save_page)
        what = "What is on the screen now, as SVG"
        yield SystemCommand(
            "Save a picture of the screen", what, partial(self.set_timer, _GONE, self.save_picture)
        )

    def save_recording(self) -> None:
        """Save the turn, as far as it has come, as a recording."""
        self._save("recording.jsonl", self.late.recorded(tuple(self.told)))

    def save_page(self) -> None:
        """Save the turn, as far as it has come, as a web page."""
        if self.shown:
            record = self.late.record_of(self.shown).as_json()
            self._save("html", self.late.as_page([(record, tuple(self.told))]))

    def save_picture(self) -> None:
        """Save what is on the screen as a picture."""
        self._save("svg", [_FONT_FACE.sub("", self.export_screenshot(title="moa-tui"))])

    @work
    async def _save(self, suffix: str, document: Iterable[str]) -> None:
        words = self.shown.question if self.shown else ""
        save = partial(
            self.late.save, self.late.stem(words, datetime.now().astimezone()), suffix, document
        )
        try:
            path: Path = await asyncio.to_thread(save)
        except MoaError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
        else:
            self.notify(
                f"saved as {self.late.clean_line(str(path), 4096)}", markup=False, timeout=10
            )
