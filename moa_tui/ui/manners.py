"""The part of the app that behaves as the person wishes: their settings, keys, mouse, bell."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from moa_tui.errors import MoaError
from moa_tui.ui.wearing import Wearing

if TYPE_CHECKING:
    from pathlib import Path

    from moa_tui.settings.loading import Loaded
    from moa_tui.settings.model import Layout, Settings
    from moa_tui.state import TurnState
    from moa_tui.ui.screens.sized import Sized
    from moa_tui.ui.widgets.prompt_box import PromptBox


class Manners(Wearing):
    """Follows the settings; what a key changes of them counts for this run, the layout for all."""

    settings: "Settings"
    _mouse = True

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f9",
            "mouse",
            "Mouse on or off",
            show=False,
            id="app.mouse",
            tooltip="Mouse on or off; off, the terminal selects text",
        ),
        Binding(
            "ctrl+z",
            "suspend_process",
            "Suspend",
            show=False,
            id="app.suspend",
            tooltip="Back to the shell; fg comes back",
            priority=True,
        ),
    ]

    def follow(self, loaded: "Loaded") -> list[str]:
        """Do as the settings say; return what is wrong with them."""
        settings = self.settings = loaded.settings
        self._mouse = settings.mouse
        if not settings.mouse:
            self._have_mouse()
        if not settings.animations:
            self.animation_level = "none"
        if settings.ascii:
            self.late.write_in_ascii(self)
        problems = [*loaded.problems, *self.late.follow_keymap(self, loaded)]
        self.main.stop_key = settings.stop_key
        self.main.lay_out(self.late.remembered_layout(settings.layout))
        first = problems[0] if problems else ""
        self.main.complain(first.replace(str(loaded.path), loaded.path.name))
        # The shell, or the editor, has painted over all of it.
        self.app_resume_signal.subscribe(self, lambda _app: self.refresh(layout=True))
        return problems

    def ring(self, state: "TurnState") -> None:
        """Tell somebody who looks elsewhere that a long turn has ended."""
        after = self.settings.notify
        if after is not None and not self.app_focus and (state.seconds or 0) >= after:
            self.bell()

    def action_mouse(self) -> None:
        """Have the mouse, or leave it to the terminal, which then selects as usual."""
        self._mouse = not self._mouse
        self._have_mouse()
        self.notify(
            "the app has the mouse; Shift-drag selects in most terminals"
            if self._mouse
            else "the terminal has the mouse: drag selects",
            markup=False,
        )

    def _have_mouse(self) -> None:
        # A headless driver, as in tests, has none to take.
        if have := getattr(self._driver, "have_mouse", None):
            have(self._mouse)

    @work
    async def recall(self, history: "Path") -> None:
        """Have the questions of earlier runs in the prompt; the history may be damaged."""
        with suppress(MoaError):
            self.main.prompt.asked.remember(
                await asyncio.to_thread(self.late.asked_before, history)
            )

    def on_sized_arranged(self, message: "Sized.Arranged") -> None:
        """Another layout was chosen: keep it."""
        layout: Layout = message.layout
        self.late.remember_layout(layout, self.settings.layout)
        self.notify(f"layout: {layout}", timeout=2, markup=False)

    def on_prompt_box_search_requested(self, message: "PromptBox.SearchRequested") -> None:
        """Look for an earlier question."""
        prompt = message.prompt
        self.push_screen(self.late.QuestionSearch(message.questions), prompt.take)

    @work
    async def on_prompt_box_editor_requested(self, message: "PromptBox.EditorRequested") -> None:
        """Have the question written in the person's own editor."""
        prompt = message.prompt
        written = await self.late.edited(self, prompt.text)
        if written is not None:
            prompt.take_edited(written)
