"""Signals that tell the process to go: by themselves they leave terminal and last words unsaved."""

import asyncio
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

GO = ("SIGTERM", "SIGHUP")
"""What a process is told to go with, from outside or because its terminal is gone."""


@contextmanager
def leaving_by_signal() -> Iterator[None]:
    """Have the signals of GO raise SystemExit, once, so that what was begun is tidied up."""

    def leave(number: int, _frame: object) -> None:
        for name in before:
            signal.signal(name, signal.SIG_IGN)
        raise SystemExit(128 + number)

    before = {}
    for name in GO:
        number = getattr(signal, name, None)
        # A signal that is ignored is so by somebody's wish: nohup.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


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
