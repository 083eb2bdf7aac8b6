"""The part of the app that goes back to earlier turns: the history, and one of it shown again."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType

from moa_tui.errors import MoaError
from moa_tui.ui.resuming import Resuming
from moa_tui.ui.typed_text import Written

if TYPE_CHECKING:
    from moa_tui.engine.events import TurnEvent
    from moa_tui.state import TurnState
    from moa_tui.transcript.kept_turn import KeptTurn
    from moa_tui.ui.frames import Questions
    from moa_tui.ui.screens.history import Wish
    from moa_tui.ui.start import Start
    from moa_tui.ui.turn_runner import TurnRunner


class LookingBack(Resuming):
    """Opens the history, and shows a kept turn in the panes until the person leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "f8",
            "history",
            "History",
            id="history.open",
            tooltip="Earlier turns: search, reopen, compare, export",
        ),
    ]
    _start: "Start | None" = None
    _runner: "TurnRunner | None" = None
    _frames: "Questions | None" = None
    _kept: "KeptTurn | None" = None

    @property
    def shown(self) -> "TurnState | None":
        """The turn on the screen."""
        if self._kept:
            return self._kept.state
        return self._runner.state if self._runner else None

    @property
    def told(self) -> "Sequence[TurnEvent]":
        """The events of the turn on the screen, up to now."""
        if self._kept:
            return self._kept.events
        return self._runner.told if self._runner else ()

    def action_history(self) -> None:
        """Show the turns that were kept."""
        if self._start and self._frames and self.screen is self.main:
            self.push_screen(self.late.HistoryScreen(self._start.history), self._history_left)

    def _history_left(self, wish: "Wish | None") -> None:
        if wish and self._start:
            self._fulfil(wish, self._start)

    @work(exclusive=True, group="history")
    async def _fulfil(self, wish: "Wish", start: "Start") -> None:
        """Do what the person wanted of a turn when they left the history."""
        try:
            if wish.kind == "take up":
                find = self.late.resuming.find_interrupted
                turn = await asyncio.to_thread(find, start.history, wish.turn)
                self.leave_kept()
                if not self.take_up(turn):
                    self._say_that_one_runs()
                return
            kept = await asyncio.to_thread(self.late.kept_turn, start.history, wish.turn)
        except MoaError as error:
            self.notify(str(error), severity="error", markup=False, timeout=10)
            return
        if wish.kind == "open":
            self._show_kept(kept)
        else:
            self._ask_again(kept)

    def _show_kept(self, kept: "KeptTurn") -> None:
        if self._frames and self._start:
            self._kept = kept
            self._frames.hold()
            self.hide_offer()
            badges = (*self.late.headline.badges(self._start), "from the history")
            self.main.show_kept(kept.state, self.late.headline.of_kept(kept), badges)

    def leave_kept(self) -> None:
        """Show the present conversation again, if a turn of the history is shown."""
        start, runner, frames = self._start, self._runner, self._frames
        if self._kept is None or not (start and runner and frames):
            return
        self._kept = None
        words = self.late.headline
        hint = "" if runner.state.turn else words.hint(start)
        self.main.leave_kept()
        self.main.introduce(start.lineup, words.headline(start), hint, words.badges(start))
        frames.release()

    def on_main_screen_kept_left(self) -> None:
        """The person goes back to the present conversation."""
        self.leave_kept()

    def go_on_from_kept(self) -> bool:
        """Have the next question go on from the turn that is shown, if any.

        From the last of its conversation, that goes on; from an earlier one it branches, and what
        was asked since stays where it is. Returns False, having said why, while a turn is running
        that it does not go on with.
        """
        kept, runner = self._kept, self._runner
        if kept is None or runner is None:
            return True
        if kept.later or runner.name != kept.record.conversation:
            if runner.running:
                self._say_that_one_runs()
                return False
            if kept.later:
                runner.enter(kept.so_far, branch=kept.branch_after)
            else:
                runner.enter(kept.so_far, kept.record.conversation)
        self.leave_kept()
        return True

    def _ask_again(self, kept: "KeptTurn") -> None:
        """Ask a question of the history once more, with what its conversation held before it."""
        if self._runner is None:
            return
        if self._runner.running:
            self._say_that_one_runs()
            return
        self.leave_kept()
        self._runner.enter(kept.before, branch=kept.branch_before)
        # What went along then goes again as it was; nothing in the question names a file now.
        self.ask(Written(kept.record.question), kept.state.attached)

    def ask(self, written: Written, along: str = "") -> None:
        """Ask a question in the present conversation, with a text that went `along` before."""
        raise NotImplementedError

    def _say_that_one_runs(self) -> None:
        self.notify("a turn is running: wait for its end, or stop it", timeout=6, markup=False)
