"""The app: puts the conversation and the screen together, and answers to the person."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from moa_tui.errors import MoaError
from moa_tui.ui.terminal.appearance import AUTO
from moa_tui.ui.typed_text import Written
from moa_tui.ui.wishing import Wishing

if TYPE_CHECKING:
    from moa_tui.state import TurnState
    from moa_tui.transcript.history import UnendedTurn
    from moa_tui.ui.budget_watch import BudgetWatch
    from moa_tui.ui.frames import Questions
    from moa_tui.ui.start import Start
    from moa_tui.ui.turn_runner import TurnRunner
    from moa_tui.ui.widgets.prompt_box import PromptBox

Prepare = Callable[[], "Start"]


class MoaApp(Wishing):
    """moa-tui in the full screen. `prepare` says who answers; what it raises is in `refusal`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c",
            "interrupt",
            "Copy, stop, clear",
            show=False,
            id="app.interrupt",
            tooltip="Copy what is selected, else stop the turn, else clear the prompt",
            priority=True,
        ),
        Binding(
            "ctrl+n", "new_conversation", "New", id="conversation.new", tooltip="New conversation"
        ),
    ]

    def __init__(
        self,
        prepare: Prepare,
        theme_dirs: Sequence[Path],
        theme: str = "",
        question: str = "",
    ) -> None:
        super().__init__(theme_dirs, theme)
        self._prepare = prepare
        self._theme_dirs = theme_dirs
        self._wanted_theme = theme
        self._question = question
        self._start: Start | None = None
        self._files: tuple[str, ...] = ()
        self._runner: TurnRunner | None = None
        self._frames: Questions | None = None
        self._budget: BudgetWatch | None = None

    async def begin(self) -> None:
        """Find out who answers, then fetch what the first question would have to wait for."""
        try:
            start: Start = await self.late.prepared(self, self._prepare)
        except MoaError as error:
            self.refusal = error
            self.exit()
            return
        self._start, self._files, late = start, start.files, self.late
        settings = start.settings.settings
        theme = settings.theme if settings.theme != AUTO else self._wanted_theme
        notes = [*start.notes, *self.put_on(self._theme_dirs, theme)]
        sent = await self.furnish()
        if self.going:
            return
        headline = late.headline
        self.main.introduce(
            start.lineup, headline.headline(start), headline.hint(start), headline.badges(start)
        )
        runner = late.TurnRunner(start, self._complain, self._turn_ended)
        paced = late.pace(self, settings.low_bandwidth)
        self._runner, self._frames = runner, late.Questions(runner, self.main, *paced)
        self._budget = late.BudgetWatch(runner, self.main)
        self.desk = late.Desk(self, self.main, runner, self._frames, start)
        self.attend()
        # What exists now lives as long as the app: the collector need not look at it again.
        gc.freeze()
        for note in [*self.follow(start.settings), *notes]:
            self.notify(note, markup=False, timeout=8)
        if self._question:  # an argument may hold any text: `moa-tui "$(cat page)"`
            self._submit(Written(self._question))
        for written in sent:
            self._submit(written)
        self.on_prompt_box_begun()
        self.recall(start.history)
        self.open(self.main.prompt)
        await self.welcome(start)
        if not (self._question or sent):
            await self.offer(start)

    def on_prompt_box_submitted(self, message: "PromptBox.Submitted") -> None:
        """A question: asked now, or when the present turn has ended."""
        if self._frames and self._budget:
            if nobody := self._start and self._start.nobody_answers:
                self.action_first_steps()
            if nobody or not self.go_on_from_kept():
                self.main.prompt.give_back(message.written)
                return
            self.ask(message.written)

    def ask(self, written: Written, along: str = "") -> None:
        """Ask a question in the present conversation, with a text that went `along` before."""
        if self._budget:
            self.hide_offer()
            self._submit(written, along)
            self._budget.wake()

    def _submit(self, written: Written, along: str = "") -> None:
        """Send a question with its files; one that cannot go along gives the question back."""
        assert self._frames
        enclosed = self.late.enclosing
        try:
            files = enclosed.read(written, self._files)
        except MoaError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
            self.main.prompt.give_back(written)
            return
        self._files = ()
        self.main.forecast.enclose("")
        for words in enclosed.told(written, files, along):
            self.notify(words, markup=False, timeout=8)
        attached = "\n\n".join(filter(None, (along, enclosed.as_text(files))))
        if self.settings.while_running == "interrupt" and self._runner and self._runner.running:
            self._frames.submit_instead(written.text, attached)
        else:
            self._frames.submit(written.text, attached)

    @work(exclusive=True, group="enclosing")
    async def on_text_area_changed(self, message: "PromptBox.Changed") -> None:
        """Say, while the question is written, what would go along with it."""
        if self._frames and isinstance(message.text_area, self.late.PromptBox):
            written = message.text_area.written
            enclosing = self.late.enclosing
            words = ""
            if enclosing.may_name_files(written, self._files):
                # In a thread: a file system that does not answer must not hold up a key.
                words = await asyncio.to_thread(enclosing.foreseen, written, self._files)
            self.main.forecast.enclose(words)

    def take_up(self, turn: "UnendedTurn") -> bool:
        """Go on with an interrupted turn, unless one is running. Raises HistoryError."""
        runner, frames, budget, start = self._runner, self._frames, self._budget, self._start
        if not (runner and frames and budget and start) or runner.running:
            return False
        frames.resume(turn)
        budget.wake()
        if runner.lineup != start.lineup:
            self._start = start = replace(start, lineup=runner.lineup)
            headline = self.late.headline
            self.main.introduce(start.lineup, headline.headline(start), "", headline.badges(start))
            if self.desk:
                self.desk.next.begin_with(start.lineup)
        return True

    @work
    async def on_prompt_box_begun(self) -> None:
        """A question is on its way: have the connections ready when it is there."""
        if self._runner and self._budget:
            self._budget.wake()
            if not self._runner.running:
                await self._runner.warm_up()
                for words in self._runner.unlisted():
                    self.notify(words, severity="warning", markup=False, timeout=10)

    def on_main_screen_stop_requested(self) -> None:
        """Stop the turn; questions that wait go back to the prompt."""
        if not self._frames:
            return
        waiting = self._frames.take_waiting()
        self._frames.stop()
        if waiting and self.main.prompt.text:
            self.notify("The waiting question is not asked: ↑ brings it back", markup=False)
        elif waiting:
            self.main.prompt.take("\n\n".join(waiting))

    def _turn_ended(self, state: "TurnState") -> None:
        if self.going:
            return  # there are no parts any more that could show it
        if self._budget and self.desk:
            self._budget.wake()
            self.desk.turn_ended(state)
        self.ring(state)
        self.turn_over()
        for notice in state.notices:
            self.notify(notice, markup=False, timeout=6)

    def _complain(self, reason: str) -> None:
        # From the history's thread, which must not wait for a screen that may be closing.
        self.call_later(partial(self.notify, reason, severity="warning", markup=False))

    def leave(self, code: int) -> None:
        """Go, and let the turn that runs count as interrupted: it can be taken up again."""
        if self._runner:
            self._runner.leave_open()
        super().leave(code)

    def abandon(self) -> None:
        """After a crash: keep what had come, so that the turn can be taken up again."""
        if self._runner:
            self._runner.abandon()

    def action_interrupt(self) -> None:
        """Ctrl+C: copy a selection, else stop, else clear the prompt, else say how to leave."""
        if not self._frames:
            return
        prompt = self.main.prompt
        if selected := self.screen.get_selected_text() or prompt.selected_text:
            self.copy_to_clipboard(selected)
        elif self._runner and self._runner.running:
            self.on_main_screen_stop_requested()
        elif prompt.text:
            prompt.load_text("")
        else:
            self.notify(f"{self.late.key_for(self, 'app.quit')} quits", timeout=3, markup=False)

    def action_new_conversation(self) -> None:
        """Begin anew: the next question stands alone."""
        if not self._runner or not self.desk:
            return
        if self._runner.running:
            self.notify("a turn is running: Esc stops it", markup=False)
        else:
            self.leave_kept()
            self._runner.enter(())
            start = self.desk.next.start
            self.main.stage.show_lineup(start.lineup, self.late.headline.hint(start))
            self.notify("new conversation", timeout=2, markup=False)

    async def action_quit(self, code: int = 0) -> None:
        """Keep what came, close everything, go."""
        if self._frames:
            self._frames.take_waiting()
            self._frames.stop()
        if self._runner:
            await self._runner.aclose()
        await super().action_quit(code)
