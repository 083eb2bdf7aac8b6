"""Keys as the app sees them, one line for each that is pressed."""

import os
import select
import sys
import termios
import tty

from moa_tui.errors import MoaError

_KITTY_ON, _KITTY_OFF = "\x1b[>25u", "\x1b[<u"  # the flags that Textual asks for: 1, 8 and 16
_WAIT = 0.1


def show_keys() -> None:
    """Print the name of every key until `q`; raises MoaError where there is no terminal."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MoaError("the key test needs a terminal", "run it in one, without a pipe")
    from textual._xterm_parser import XTermParser
    from textual.events import Key

    print("Press keys to see their names; q ends.", file=sys.stderr)
    before = termios.tcgetattr(sys.stdin)
    parser = XTermParser()
    try:
        tty.setcbreak(sys.stdin)
        mode = termios.tcgetattr(sys.stdin)
        mode[3] &= ~termios.ISIG
        mode[0] &= ~(termios.IXON | termios.ICRNL)
        termios.tcsetattr(sys.stdin, termios.TCSANOW, mode)
        _write(_KITTY_ON)
        while True:
            ready = select.select([sys.stdin], [], [], _WAIT)[0]
            data = os.read(sys.stdin.fileno(), 1024) if ready else b""
            if ready and not data:
                return
            events = [*parser.feed(data.decode("utf-8", "replace"))] if data else []
            for event in [*events, *parser.tick()]:
                if isinstance(event, Key):
                    _write(f"{event.key:<24} {event.character!r}\r\n")
                    if event.key == "q":
                        return
    finally:
        _write(_KITTY_OFF)
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()
