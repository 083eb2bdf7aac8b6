"""The terminal as Textual's driver: never blocks, counts what is under way, notices a hang-up."""

import os
import selectors
import signal
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable
from typing import Any

from textual.drivers.linux_driver import LinuxDriver

from moa_tui.ui.terminal.anchoring import anchored
from moa_tui.ui.terminal.answers import Heard
from moa_tui.ui.terminal.environment import input_encoding, knows_no_pastes
from moa_tui.ui.terminal.input import UNMARKED, InputReader, Token
from moa_tui.ui.terminal.keys import MOST_COLUMNS, MOST_ROWS, KeyReader
from moa_tui.ui.terminal.output import TerminalOutput
from moa_tui.ui.terminal.pacing import Link
from moa_tui.ui.terminal.reports import ANSWER, StatusReports
from moa_tui.ui.terminal.rescue import FAREWELL, Rescue
from moa_tui.ui.terminal.sequences import Sequence

_STDERR = 2
"""Where Textual paints, so that what a program prints can still be piped."""

_GRACE = 1.0
_POLL = 0.1
_LATE_ANSWERS = 5.0
"""Seconds in which answers may come to what was asked before the app."""

_KITTY_KEYS = "\x1b[>25u"
_KITTY_KEYS_AND_BASE = "\x1b[>29u"
"""What Textual asks for of keys (kitty protocol), and with it the key in the base layout."""


class Terminal(LinuxDriver):
    """Textual's driver for Linux and macOS, with an output that the event loop never waits for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._output = TerminalOutput(_STDERR)
        self._reports = StatusReports()
        self._asked_after = 0
        # The shell's alone to know: Textual makes its driver itself.
        self._heard: Heard = getattr(self._app, "heard", Heard())
        self._rescue: Rescue = getattr(self._app, "rescue", None) or Rescue()
        self._listening = threading.Event()

    @property
    def link(self) -> Link:
        """How the terminal, and the link to it, keep up."""
        output = self._output
        return Link(output.written, output.unwritten, self._reports.unanswered)

    def end_frame(self) -> None:
        """Have the terminal say when it has dealt with all that was painted up to now."""
        if self._painted != self._asked_after:
            self.write(self._reports.ask(time.monotonic()))
            self._asked_after = self._painted

    @property
    def _painted(self) -> int:
        return self._output.written + self._output.unwritten

    def take_dropped(self) -> bool:
        """Return, once, whether something is missing from the screen: it is to be painted anew."""
        dropped = self._output.dropped and not self._output.unwritten
        if dropped:
            self._output.dropped = False
        return dropped

    def have_mouse(self, have: bool) -> None:  # noqa: FBT001 - what it is about
        """Take the mouse, or leave it to the terminal, which then selects as usual."""
        if have:
            self._mouse = True
            self._enable_mouse_support()
        else:
            self._disable_mouse_support()
            self._mouse = False

    def listen(self) -> None:
        """Begin to read keys: there is something now that takes them."""
        self._listening.set()

    def write(self, data: str) -> None:
        """Have `data` written; returns at once."""
        self._output.write(_KITTY_KEYS_AND_BASE if data == _KITTY_KEYS else anchored(data))

    def start_application_mode(self) -> None:
        """Take the terminal over; whatever keeps that from being done, it is given back."""
        self._rescue.taken = True
        # Else Textual asks Rich, which has another opinion of odd terminals.
        self._size = self._get_terminal_size()
        self._output = TerminalOutput(_STDERR)
        self._output.start()
        # What was asked before a shell or an editor had the terminal is not answered any more.
        self._reports, self._asked_after = StatusReports(), 0
        super().start_application_mode()  # type: ignore[no-untyped-call]
        # What Textual has found is not how it was: Ctrl+Q had been freed.
        self.attrs_before = self._rescue.modes or self.attrs_before

    def stop_application_mode(self) -> None:
        """Give the terminal back, once it has answered: its answer is not meant for the shell."""
        waited = time.monotonic() + _GRACE / 2
        while self._reports.unanswered and time.monotonic() < waited:
            time.sleep(0.01)
        super().stop_application_mode()

    def close(self) -> None:
        """End the threads, whether or not the terminal takes what is left."""
        # Else the rescue says the farewell, at the very end.
        self._rescue.taken = not self._output.stop(_GRACE, FAREWELL)
        super().close()

    def _get_terminal_size(self) -> tuple[int, int]:
        columns, rows = super()._get_terminal_size()
        return min(columns, MOST_COLUMNS), min(rows, MOST_ROWS)

    def _run_input_thread(self) -> None:
        """Let the app end with its keyboard, as with whatever else breaks."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - the boundary of the thread
            self._app.call_later(self._app._handle_exception, error)  # noqa: SLF001 - Textual's way to end

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into messages, until the app leaves or the terminal does."""
        while not self._listening.wait(_POLL):
            if self.exit_event.is_set():
                return
        now = time.monotonic()
        until = now + _LATE_ANSWERS if self._heard.late else 0.0
        bursts = UNMARKED if knows_no_pastes(os.environ) else None
        reader, keys = InputReader(bursts, until), KeyReader()
        decode = getincrementaldecoder(input_encoding(os.environ))("replace").decode
        before, self._heard = self._heard.data, Heard()
        self._take(keys, reader.feed(decode(before), now))
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                wait = reader.wait(time.monotonic())
                if selector.select(_POLL if wait is None else min(wait, _POLL)):
                    data = self._read()
                    if not data:
                        # Textual would look at the closed line again and again, at full speed.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    self._take(keys, reader.feed(decode(data), time.monotonic()))
                else:
                    self._take(keys, reader.tick(time.monotonic()))

    def _take(self, keys: KeyReader, tokens: Iterable[Token]) -> None:
        rest: list[Token] = []
        for token in tokens:
            if isinstance(token, Sequence) and token.text == ANSWER:
                self._reports.hear()
            else:
                rest.append(token)
        for message in keys.messages(rest, time.monotonic()):
            self.process_message(message)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""
