"""The part of the app that helps where there is no key: a card, and four ways on from it."""

import asyncio
import sys
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from moa_tui.errors import MoaError
from moa_tui.ui.rosters import Rosters

if TYPE_CHECKING:
    from moa_tui.roster.model import Provider
    from moa_tui.ui.start import Start

_CARD = "first-steps-card"


class Beginnings(Rosters):
    """Takes a key, sets the embedded model up, plays the recording, and goes on as before."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "alt+k,f10",
            "first_steps",
            "Key",
            show=False,
            id="app.first-steps",
            tooltip="Give a key, use the embedded model, or watch a recorded turn",
            priority=True,
        ),
    ]
    _fetching = False

    async def welcome(self, start: "Start") -> None:
        """Say what can be done if nobody, or only the embedded model, can be asked."""
        cards = self.main.query(f"#{_CARD}")
        if not start.wanting:
            await cards.remove()
        elif not cards:
            key = self.late.key_for(self, "app.first-steps")
            words = Content.assemble(
                (f"No key for {start.wanting[0].name}: ", "bold $warning"),
                (key, "bold $accent"),
                (" pastes one, has the embedded model, or plays a recorded turn", "$dim-text"),
            )
            card = Static(words, id=_CARD, markup=False)
            await self.main.mount(card, before="#prompt-frame")

    def taken(self, start: "Start") -> None:
        """Others answer: there may be a key now, or none."""
        super().taken(start)
        self.call_next(self.welcome, start)

    @work
    async def action_first_steps(self) -> None:
        """Have one of the ways chosen, and go it."""
        start, late = self._start, self.late
        if start is None or len(self.screen_stack) > 1:
            return
        provider: Provider = start.wanting[0] if start.wanting else late.PROVIDERS["cerebras"]
        here = await asyncio.to_thread(late.find_weights) is not None
        chosen = await self.push_screen_wait(late.FirstSteps(provider, weights_are_here=here))
        if chosen == late.KEY:
            await self._take_key(provider)
        elif chosen == late.MODEL:
            await self._use_embedded()
        elif chosen == late.DEMO:
            # A program of its own: it comes back here when it is left.
            await late.run_in_screen(self, [sys.executable, "-P", "-m", "moa_tui", "--demo"])

    async def _take_key(self, provider: "Provider") -> None:
        screen = await asyncio.to_thread(self.late.key_entry, provider)
        if await self.push_screen_wait(screen) and self._start:
            if self._file and self.late.is_embedded(self._file):
                self._file = None
            mine = self._start.file
            asked_for = mine is not None and self.late.is_embedded(mine)
            file = self.late.own_or_shipped() if asked_for else None
            self.reload(file, provider.api_key_env)

    async def _use_embedded(self) -> None:
        """Switch to the embedded model; fetch its weights first where they are not here."""
        if self._fetching:
            self.notify("the embedded model is being fetched", markup=False)
            return
        self._fetching = True
        try:
            await asyncio.to_thread(self.late.make_ready, self._tell_of_fetching)
        except MoaError as error:
            self.notify(str(error), severity="error", markup=False, timeout=15)
            return
        finally:
            self._fetching = False
            self.main.status.set_task("")
        self.reload(self.late.EMBEDDED)

    def _tell_of_fetching(self, done: int, total: int) -> None:
        if not self.is_running:
            raise MoaError("the app has been left")  # ends what fetches
        words = f"fetching the embedded model: {done / 1e6:.0f} of {total / 1e6:.0f} MB"
        self.call_later(self.main.status.set_task, words)
