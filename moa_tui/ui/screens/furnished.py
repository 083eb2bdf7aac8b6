"""The first frame of the main screen, with as little as a person can begin with; then the rest."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.widgets import Static

from moa_tui.ui.focusing import focus_at_once
from moa_tui.ui.screens.sized import Sized, TooSmall
from moa_tui.ui.widgets.first_prompt import FirstPrompt
from moa_tui.ui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from moa_tui.ui.late import Furniture
    from moa_tui.ui.typed_text import Written
    from moa_tui.ui.widgets.forecast_line import ForecastLine
    from moa_tui.ui.widgets.prompt_box import PromptBox
    from moa_tui.ui.widgets.stage import Stage
    from moa_tui.ui.widgets.status_bar import StatusBar


class Furnished(Sized):
    """A screen that takes questions before it has any of its other `parts`."""

    AUTO_FOCUS: ClassVar[str | None] = ""
    """Of its own accord, the first thinking gets no keys when a dialog closes: it is folded."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: Furniture | None = None

    def compose(self) -> ComposeResult:
        """What there is before anybody knows who answers."""
        yield TopLine(id="headline")
        yield Container(id="room")
        with Container(id="prompt-frame"):
            yield FirstPrompt(id="first-prompt")
        yield Static(Content(" ○ starting"), id="starting", markup=False)
        yield Static(id="no-keys-yet", markup=False)
        yield TooSmall(id="too-small")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(FirstPrompt).focus()

    async def furnish(self, parts: "Furniture") -> "list[Written]":
        """Put in everything else; return the questions that were sent before it was there."""
        first = self.query_one(FirstPrompt)
        with self.app.batch_update():
            for passing in ("#room", "#starting", "#no-keys-yet"):
                await self.query_one(passing).remove()
            await self.mount_all([parts.tabs, parts.stage, parts.forecast], before="#prompt-frame")
            await self.mount(parts.status, after="#prompt-frame")
            await self.mount(parts.footer, after=parts.status)
            await self.mount(parts.prompt, after=first)
            self.parts = parts  # whoever asks for them while they are on their way finds none
            sent = parts.prompt.take_over(first.writing, first.sent)
            focus_at_once(parts.prompt)
            await first.remove()
        return sent

    @property
    def stage(self) -> "Stage":
        """The panes; there once the screen is furnished."""
        assert self.parts
        return self.parts.stage

    @property
    def prompt(self) -> "PromptBox":
        """Where questions are typed; there once the screen is furnished."""
        assert self.parts
        return self.parts.prompt

    @property
    def forecast(self) -> "ForecastLine":
        """What the next turn would take; there once the screen is furnished."""
        assert self.parts
        return self.parts.forecast

    @property
    def status(self) -> "StatusBar":
        """The figures; there once the screen is furnished."""
        assert self.parts
        return self.parts.status
