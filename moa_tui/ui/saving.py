"""The part of the app that saves what is on the screen: the turn, or a picture of it."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from moa_tui.errors import MoaError
from moa_tui.ui.links.linking import Linking

if TYPE_CHECKING:
    from moa_tui.engine.events import TurnEvent
    from moa_tui.state import TurnState

# Textual's picture would fetch its font from a server whenever it is looked at.
_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}\s*")

_GONE = 0.1
"""Seconds until the palette is off the screen."""


class Saving(Linking):
    """Saves and copies what `shown` and `told` are: the turn on the screen, and its events."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+y",
            "copy_answer",
            "Copy",
            show=False,
            id="answer.copy",
            tooltip="Copy the answer",
            priority=True,
        ),
    ]

    @property
    def shown(self) -> "TurnState | None":
        """The turn on the screen."""
        raise NotImplementedError

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

    def action_copy_answer(self) -> None:
        """Copy the final answer as it was written."""
        if self.shown and (answer := self.shown.answer):
            self.copy_to_clipboard(answer)
            self.notify(f"copied {len(answer):,} characters", timeout=2, markup=False)

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
            self.notify(f"saved as {path}", markup=False, timeout=10)
