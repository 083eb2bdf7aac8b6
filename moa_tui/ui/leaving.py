"""How the app goes: because the person or a signal says so, or because something broke."""

import asyncio
import signal
from functools import partial

from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.widget import MountError
from textual.worker import WorkerFailed

from moa_tui.errors import CrashError
from moa_tui.signals import GO, on_signals
from moa_tui.uncaught import catch_in_loop

_BY_SIGNAL = 128
"""A shell's exit code for a process that a signal ended is this plus the signal's number."""


class Leaving(App[None]):
    """Keeps what can be kept, and leaves the terminal clean.

    `crash` is what ended the app, to be told then; `stumbles` are what it went on without. `lent`
    says that another program has the screen: Ctrl+C is meant for that one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.crash: CrashError | None = None
        self.stumbles: list[CrashError] = []
        self.lent = False

    def watch_over(self) -> None:
        """Hear of signals, and of what breaks in the event loop, from now on."""
        catch_in_loop(asyncio.get_running_loop(), self._broke_in_loop)
        on_signals(("SIGINT", *GO), self._hear)

    def _hear(self, number: int) -> None:
        # The terminal sends it to both programs.
        if not (self.lent and number == signal.SIGINT):
            self.leave(_BY_SIGNAL + number)

    @property
    def going(self) -> bool:
        """Whether the app is about to end: nothing new is begun then."""
        return self._exit or self.crash is not None

    def leave(self, code: int) -> None:
        """Go because the process was told to, or its terminal is gone."""
        self.call_later(self.action_quit, code)

    def abandon(self) -> None:
        """Keep what can be kept, after a crash."""

    async def action_quit(self, code: int = 0) -> None:
        """Go."""
        self.exit(return_code=code)

    def _handle_exception(self, error: Exception) -> None:
        """Keep what broke, and go; it is told when the terminal is as it was.

        Textual's own would print the values of variables: an API key may be one of them.
        """
        from moa_tui.crashes import crash  # noqa: PLC0415 - hopefully never needed

        if isinstance(error, WorkerFailed):
            # Textual has wrapped it.
            error = error.error if isinstance(error.error, Exception) else error
        if self._exit and isinstance(error, NoMatches | MountError | ScreenStackError):
            # Screens close one after another: what looks for their parts then finds them gone.
            self._close_messages_no_wait()
            return
        if self._exception is None:
            self._exception = error  # a pilot raises it in its test
            self._exception_event.set()
        told = crash(error)
        self.crash = self.crash or told
        self._close_messages_no_wait()

    def _broke_in_loop(self, told: CrashError) -> None:
        if told.ours and isinstance(told.error, Exception):
            self._handle_exception(told.error)
        else:
            self.stumble(told)

    def stumble(self, told: CrashError) -> None:
        """Say that something broke where the app can go on without it."""
        if any(told.message == known.message for known in self.stumbles):
            return
        self.stumbles.append(told)
        # From whatever thread.
        self.call_later(partial(self.notify, str(told), severity="error", markup=False))
