"""The terminal as Textual's driver: never blocks, counts what is under way, notices a hang-up."""

import os
import selectors
import signal
import time
from codecs import getincrementaldecoder
from typing import Any

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from moa_tui.ui.terminal.anchoring import anchored
from moa_tui.ui.terminal.answers import Heard, LateAnswers
from moa_tui.ui.terminal.odd_keys import as_typed
from moa_tui.ui.terminal.output import TerminalOutput
from moa_tui.ui.terminal.pacing import Link
from moa_tui.ui.terminal.reports import StatusReports

_FAREWELL = (
    # Paste, mouse and focus reports off, keyboard and wrapping as usual, main screen, cursor.
    "\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1004l\x1b[<u\x1b[?7h"
    "\x1b[?1049l\x1b[?25h"
)
_STDERR = 2
"""Where Textual paints, so that what a program prints can still be piped."""

_GRACE = 1.0
_POLL = 0.1


class Terminal(LinuxDriver):
    """Textual's driver for Linux and macOS, with an output that the event loop never waits for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._output = TerminalOutput(_STDERR)
        self._reports = StatusReports()
        self._asked_after = 0
        # The shell's alone to know: Textual makes its driver itself.
        self._heard: Heard = getattr(self._app, "heard", Heard())

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

    def type(self, text: str) -> None:
        """Take `text` as if it had been typed now."""
        for event in XTermParser(self._debug).feed(text):
            self.process_message(as_typed(event))

    def write(self, data: str) -> None:
        """Have `data` written; returns at once."""
        self._output.write(anchored(data))

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        self._output = TerminalOutput(_STDERR)
        self._output.start()
        # What was asked before a shell or an editor had the terminal is not answered any more.
        self._reports, self._asked_after = StatusReports(), 0
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        """Give the terminal back, once it has answered: its answer is not meant for the shell."""
        waited = time.monotonic() + _GRACE / 2
        while self._reports.unanswered and time.monotonic() < waited:
            time.sleep(0.01)
        super().stop_application_mode()

    def close(self) -> None:
        """End the threads, whether or not the terminal takes what is left."""
        self._output.stop(_GRACE, _FAREWELL)
        super().close()

    def _run_input_thread(self) -> None:
        """Let the app end with its keyboard, as with whatever else breaks."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001 - the boundary of the thread
            self._app.call_later(self._app._handle_exception, error)  # noqa: SLF001 - Textual's way to end

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into messages, until the app leaves or the terminal does."""
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        late = LateAnswers(expected=self._heard.late, now=time.monotonic())
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_POLL):
                    data = self._read()
                    if not data:
                        # Textual would look at the closed line again and again, at full speed.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    typed = self._reports.hear(late.hear(decode(data), time.monotonic()))
                else:
                    typed = self._reports.hear(late.let_go()) + self._reports.let_go()
                # An empty text would tell the parser that nothing more will come.
                for event in parser.feed(typed) if typed else ():
                    self.process_message(as_typed(event))
                for event in parser.tick():
                    self.process_message(as_typed(event))

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""
