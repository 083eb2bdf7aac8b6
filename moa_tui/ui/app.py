"""The app: puts the conversation and the screen together, and answers to the person.

The first paint waits for nothing: agents.yaml, the engine and the client library are read behind
it, in a thread, while keys are already answered.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import rich
from rich.segment import Segments
from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.timer import Timer

from moa_tui.errors import MoaError
from moa_tui.ui import headline, theming
from moa_tui.ui.commands import palette
from moa_tui.ui.screens.help import help_for
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.start import Start
from moa_tui.ui.themes import own_variables
from moa_tui.ui.widgets.prompt_box import PromptBox

if TYPE_CHECKING:
    from moa_tui.state import TurnState
    from moa_tui.ui.turn_runner import TurnRunner

Prepare = Callable[[], Start]

FRAMES_PER_SECOND = 20


class MoaApp(App[None]):
    """moa-tui in the full screen. `prepare` says who answers; what it raises is in `refusal`."""

    TITLE = "moa-tui"
    CSS_PATH = "app.tcss"
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
        self, prepare: Prepare, theme_dirs: Sequence[Path], theme: str = "", question: str = ""
    ) -> None:
        super().__init__()
        self.refusal: MoaError | None = None
        self._prepare = prepare
        self._theme_dirs = theme_dirs
        self._start: Start | None = None
        self._runner: TurnRunner | None = None
        self._queued: list[str] = [question] if question else []
        self._frames: Timer | None = None
        self._wanted_theme = theme
        theming.put_on(self, theme_dirs, theme)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours that only ours have."""
        return own_variables(self.current_theme)

    def get_default_screen(self) -> Screen[None]:
        """The one screen that is always there."""
        return MainScreen()

    def on_mount(self) -> None:
        """Paint first."""
        self._frames = self.set_interval(1 / FRAMES_PER_SECOND, self._frame, pause=True)
        # A moment later: the first frame should be on its way before imports take turns with it.
        self.call_after_refresh(self.set_timer, 0.02, self._begin)

    @work
    async def _begin(self) -> None:
        """Find out who answers, then fetch what the first question would have to wait for."""
        try:
            start = await asyncio.to_thread(self._prepare)
        except MoaError as error:
            self.refusal = error
            self.exit()
            return
        late = await asyncio.to_thread(import_module, "moa_tui.ui.late")
        runner: TurnRunner = late.TurnRunner(start, self._complain, self._turn_ended)
        self._start, self._runner = start, runner
        await self.main.furnish(
            late.TabStrip(id="tabs"), late.Stage(id="stage"), late.StatusBar(id="status")
        )
        self.main.introduce(
            start.lineup, headline.headline(start), headline.hint(start), headline.badges(start)
        )
        for note in (*start.notes, *theming.offer_all(self, self._theme_dirs, self._wanted_theme)):
            self.notify(note, markup=False, timeout=8)
        assert self._frames
        self._frames.resume()
        with suppress(MoaError):  # told in the panes when something is asked
            await runner.warm_up()

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def on_prompt_box_submitted(self, message: PromptBox.Submitted) -> None:
        """A question: asked now, or when the present turn has ended."""
        self._queued.append(message.question)
        if self._runner:
            assert self._frames
            self._frames.resume()
            self._show(self._runner)

    def on_main_screen_stop_requested(self) -> None:
        """Stop the turn; questions that wait are not asked."""
        self._queued.clear()
        if self._runner:
            self._runner.stop()

    def _frame(self) -> None:
        """Once a frame: fold what came, paint what changed. While a turn runs, its clock does."""
        runner = self._runner
        assert runner
        assert self._frames
        changed = runner.poll()
        if not runner.running:
            if not self._queued:
                self._frames.pause()
            else:
                runner.ask(self._queued.pop(0))
        if changed or runner.running:
            self._show(runner)

    def _show(self, runner: "TurnRunner") -> None:
        self.main.show(runner.state, runner.now, len(self._queued))

    def _turn_ended(self, state: "TurnState") -> None:
        for notice in state.notices:
            self.notify(notice, markup=False, timeout=6)

    def _complain(self, reason: str) -> None:
        # From the history's thread, which must not wait for a screen that may be closing.
        self.call_later(partial(self.notify, reason, severity="warning", markup=False))

    @property
    def _turn_running(self) -> bool:
        return self._runner is not None and self._runner.running

    def action_interrupt(self) -> None:
        """Ctrl+C: copy a selection, else stop, else clear the prompt, else say how to leave."""
        prompt = self.main.query_one(PromptBox)
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
        bindings = self.screen.active_bindings.values()
        self.push_screen(help_for(self.focused, bindings, self))

    def action_new_conversation(self) -> None:
        """Begin anew: the next question stands alone."""
        if self._turn_running:
            self.notify("a turn is running: Esc stops it", markup=False)
        elif self._runner and self._start:
            self._runner.new_conversation()
            self.main.stage.show_lineup(self._start.lineup, headline.hint(self._start))
            self.notify("new conversation", timeout=2, markup=False)

    def action_copy_answer(self) -> None:
        """Copy the final answer as it was written."""
        if self._runner and (answer := self._runner.state.answer):
            self.copy_to_clipboard(answer)
            self.notify(f"copied {len(answer):,} characters", timeout=2, markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        return palette(self, screen, super().get_system_commands(screen))

    def _fatal_error(self) -> None:
        """Show what broke without the values of variables: an API key may be one of them."""
        from rich.traceback import Traceback  # noqa: PLC0415 - 30 ms, and hopefully never needed

        self.bell()
        traceback = Traceback(show_locals=False, width=None, suppress=[rich])
        self._exit_renderables.append(
            Segments(self.console.render(traceback, self.console.options))
        )
        self._close_messages_no_wait()

    async def action_quit(self) -> None:
        """Keep what came, close everything, go."""
        self._queued.clear()
        if self._runner:
            await self._runner.aclose()
        self.exit()
