"""Ctrl+C at any moment: no traceback, exit code 130.

A KeyboardInterrupt that is raised while a module is imported can be turned into another error, or
be printed and forgotten, by whatever runs there. Nothing has been begun then: the process leaves.
"""

# What `signal` is made from: that one imports enum first, for ten milliseconds without this.
import _signal as signal  # type: ignore[import-not-found]  # it has no stub of its own
import os

TYPE_CHECKING = False  # typing's own costs as much to import as `--version` may take
if TYPE_CHECKING:
    from types import FrameType

_INTERRUPTED = 130
_IMPORTING = "<frozen importlib"


def leave_while_importing() -> None:
    """Have SIGINT end the process where it is importing, and raise KeyboardInterrupt elsewhere."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def raise_always() -> None:
    """Have SIGINT raise KeyboardInterrupt: from here on there is something to tidy up."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def end_at_once() -> None:
    """Have SIGINT end the process: everything is done, and its modules are being torn down."""
    if signal.getsignal(signal.SIGINT) in {_leave, signal.default_int_handler}:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _leave(_number: int, frame: "FrameType | None") -> None:
    while frame:
        if frame.f_code.co_filename.startswith(_IMPORTING):
            os._exit(_INTERRUPTED)
        frame = frame.f_back
    raise KeyboardInterrupt
