"""The app: puts the conversation and the screen together, and answers to the person.

The first paint waits for nothing: agents.yaml, the engine and the client library are read behind
it, in a thread, while keys are already answered.
"""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import rich
from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.screen import Screen

from moa_tui.errors import MoaError
from moa_tui.ui import first_theme
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.terminal.signals import on_leave_signals

if TYPE_CHECKING:
    from moa_tui.state import TurnState
    from moa_tui.ui.frames import Frames
    from moa_tui.ui.start import Start
    from moa_tui.ui.turn_runner import TurnRunner
    from moa_tui.ui.widgets.pane import Pane
    from moa_tui.ui.widgets.prompt_box import PromptBox

Prepare = Callable[[], "Start"]

_BUDGET = 30_000
"""Bytes a second to a terminal that is behind a slow link."""


class MoaApp(App[None]):
    """moa-tui in the full screen. `prepare` says who answers; what it raises is in `refusal`."""

    TITLE = "moa-tui"
    CSS_PATH: ClassVar[Path] = Path(__file__).with_name("first.tcss")
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave", priority=True),
        Binding("q", "quit", "Quit", show=False, id="app.quit-pane"),
        Binding("ctrl+c", "interrupt", show=False, id="app.interrupt", system=True, priority=True),
        Binding("f1,question_mark", "show_help", "Help", id="app.help", tooltip="Keys and help"),
        Binding(
            "ctrl+n", "new_conversation", "New", id="conversation.new", tooltip="New conversation"
        ),
        Binding(
            "ctrl+y", "copy_answer", "Copy", show=False, id="answer.copy", tooltip="Copy the answer"
        ),
    ]

    def __init__(
        self,
        prepare: Prepare,
        theme_dirs: Sequence[Path],
        theme: str = "",
        question: str = "",
        *,
        low_bandwidth: bool = False,
    ) -> None:
        self._late: Any = None  # what `_begin` imports; asked for while the app is being made
        super().__init__()
        self.refusal: MoaError | None = None
        self._prepare = prepare
        self._theme_dirs = theme_dirs
        self._wanted_theme = theme
        self._question = question
        self._low_bandwidth = low_bandwidth
        self._start: Start | None = None
        self._runner: TurnRunner | None = None
        self._frames: Frames | None = None
        if theme and (first := first_theme.glimpse(theme_dirs, theme)):
            self.register_theme(first)
            self.theme = first.name

    def get_driver_class(self) -> type[Driver]:
        """Our own, which never waits for the terminal, where there is one."""
        if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
            return super().get_driver_class()
        from moa_tui.ui.terminal.driver import Terminal  # noqa: PLC0415 - not on Windows

        return Terminal

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours that only ours have."""
        if self._late is None:
            return first_theme.PLAIN
        defaults: dict[str, str] = self._late.own_variables(self.current_theme)
        return defaults

    def get_default_screen(self) -> Screen[None]:
        """The one screen that is always there."""
        return MainScreen()

    def on_mount(self) -> None:
        """Paint first."""
        on_leave_signals(self._leave)
        # A moment later: the first frame should be on its way before imports take turns with it.
        self.call_after_refresh(self.set_timer, 0.02, self._begin)

    @work
    async def _begin(self) -> None:
        """Find out who answers, then fetch what the first question would have to wait for."""
        late = await asyncio.to_thread(import_module, "moa_tui.ui.late")
        try:
            start = await asyncio.to_thread(self._prepare)
        except MoaError as error:
            self.refusal = error
            self.exit()
            return
        self._late, self._start = late, start
        notes = [*start.notes, *late.theming.offer_all(self, self._theme_dirs, self._wanted_theme)]
        parts = late.Furniture()
        parts.add_look(self)
        sent = await self.main.furnish(parts)
        headline = late.headline
        self.main.introduce(
            start.lineup, headline.headline(start), headline.hint(start), headline.badges(start)
        )
        self._runner = late.TurnRunner(start, self._complain, self._turn_ended)
        self._frames = self._frames_of(self._runner)
        # What exists now lives as long as the app: the collector need not look at it again.
        gc.freeze()
        for note in notes:
            self.notify(note, markup=False, timeout=8)
        for question in filter(None, (self._question, *sent)):
            self._frames.submit(question)
        self.on_prompt_box_begun()

    def _frames_of(self, runner: "TurnRunner") -> "Frames":
        pacer = self._late.FramePacer(budget=_BUDGET if self._low_bandwidth else None)
        # A headless driver, as in tests, has no link to be slow.
        terminal = self._driver if hasattr(self._driver, "link") else None
        frames: Frames = self._late.Frames(runner, self.main, pacer, terminal)
        return frames

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def on_prompt_box_submitted(self, message: "PromptBox.Submitted") -> None:
        """A question: asked now, or when the present turn has ended."""
        if self._frames:
            self._frames.submit(message.question)

    @work
    async def on_prompt_box_begun(self) -> None:
        """A question is on its way: have the connections ready when it is there."""
        if self._runner:
            await self._runner.warm_up()

    def on_main_screen_stop_requested(self) -> None:
        """Stop the turn; questions that wait are not asked."""
        if self._frames:
            self._frames.stop()

    def on_pane_retry_requested(self, message: "Pane.RetryRequested") -> None:
        """A stream waits for its next attempt, and the person does not want to."""
        stream = message.pane.stream
        if self._runner and stream and not self._runner.controls.retry_now(stream.id):
            self.notify(f"{stream.label} does not wait to be asked again", markup=False)

    def on_pane_stop_requested(self, message: "Pane.StopRequested") -> None:
        """End one stream; the others do not notice."""
        stream = message.pane.stream
        if self._runner and stream:
            controls = self._runner.controls
            _ = controls.give_up(stream.id) or controls.stop(stream.id)

    def _turn_ended(self, state: "TurnState") -> None:
        for notice in state.notices:
            self.notify(notice, markup=False, timeout=6)

    def _complain(self, reason: str) -> None:
        # From the history's thread, which must not wait for a screen that may be closing.
        self.call_later(partial(self.notify, reason, severity="warning", markup=False))

    def _leave(self, code: int) -> None:
        """Go because the process was told to, or its terminal is gone."""
        if self._runner:
            self._runner.leave_open()
        self.call_later(self.action_quit, code)

    @property
    def _turn_running(self) -> bool:
        return self._runner is not None and self._runner.running

    def action_interrupt(self) -> None:
        """Ctrl+C: copy a selection, else stop, else clear the prompt, else say how to leave."""
        if not self._late:
            return
        prompt = self.main.prompt
        if selected := self.screen.get_selected_text() or prompt.selected_text:
            self.copy_to_clipboard(selected)
        elif self._turn_running:
            self.on_main_screen_stop_requested()
        elif prompt.text:
            prompt.load_text("")
        else:
            self.notify("Ctrl+Q quits", timeout=3, markup=False)

    def action_show_help(self) -> None:
        """Show the help for whatever has the keys."""
        if self._late:
            bindings = self.screen.active_bindings.values()
            self.push_screen(self._late.help_for(self.focused, bindings, self))

    def action_new_conversation(self) -> None:
        """Begin anew: the next question stands alone."""
        if self._turn_running:
            self.notify("a turn is running: Esc stops it", markup=False)
        elif self._runner and self._start:
            self._runner.new_conversation()
            self.main.stage.show_lineup(self._start.lineup, self._late.headline.hint(self._start))
            self.notify("new conversation", timeout=2, markup=False)

    def action_copy_answer(self) -> None:
        """Copy the final answer as it was written."""
        if self._runner and (answer := self._runner.state.answer):
            self.copy_to_clipboard(answer)
            self.notify(f"copied {len(answer):,} characters", timeout=2, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        own: Iterable[SystemCommand] = ()
        if self._late:
            own = self._late.palette(self, screen, super().get_system_commands(screen))
        return own

    def _fatal_error(self) -> None:
        """Show what broke without the values of variables: an API key may be one of them."""
        from rich.segment import Segments  # noqa: PLC0415 - hopefully never needed
        from rich.traceback import Traceback  # noqa: PLC0415 - 30 ms, likewise

        self.bell()
        traceback = Traceback(show_locals=False, width=None, suppress=[rich])
        self._exit_renderables.append(
            Segments(self.console.render(traceback, self.console.options))
        )
        self._close_messages_no_wait()

    async def action_quit(self, code: int = 0) -> None:
        """Keep what came, close everything, go."""
        if self._frames:
            self._frames.stop()
        if self._runner:
            await self._runner.aclose()
        self.exit(return_code=code)
