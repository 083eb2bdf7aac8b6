"""SIGTERM and SIGHUP: by themselves they leave the terminal raw and the last words unsaved."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress

_FIRST = 128
"""A shell's exit code for a process that a signal ended is this plus the signal's number."""


def on_leave_signals(leave: Callable[[int], object]) -> None:
    """Have `leave(exit code)` called in the event loop when the process is told to go."""
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # Windows has neither; a thread that is not the main one may not listen.
        with suppress(NotImplementedError, ValueError, RuntimeError):
            if number is not None:
                loop.add_signal_handler(number, leave, _FIRST + number)
