"""Signals that tell the process to go: by themselves they leave terminal and last words unsaved."""

import asyncio
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress

GO = ("SIGTERM", "SIGHUP")
"""What a process is told to go with, from outside or because its terminal is gone."""


def on_signals(names: Iterable[str], act: Callable[[int], object]) -> None:
    """Have `act(number)` called in the running event loop when one of the signals comes.

    Those that this system does not have are left out.
    """
    loop = asyncio.get_running_loop()
    for name in names:
        number = getattr(signal, name, None)
        # Windows cannot, and a thread that is not the main one may not.
        with suppress(NotImplementedError, ValueError, RuntimeError):
            if number is not None:
                loop.add_signal_handler(number, act, int(number))
