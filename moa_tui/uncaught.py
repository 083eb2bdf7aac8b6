"""What is raised where nobody catches it: kept as a crash, told in a sentence, never printed whole.

What it takes to keep a crash is imported when there is one.
"""

import sys
import threading

TYPE_CHECKING = False  # typing's own costs as much to import as `--version` may take
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable
    from typing import Any

    from moa_tui.errors import CrashError


def catch_all(loop: "AbstractEventLoop", tell: "Callable[[CrashError], object]") -> None:
    """Have `tell` hear of what breaks in the threads and in `loop`."""
    catch_in_threads(tell)
    catch_in_loop(loop, tell)


def catch_in_threads(tell: "Callable[[CrashError], object]") -> None:
    """Have `tell` hear of what ends a thread, in that thread; keep what breaks while tidying up."""

    def in_thread(args: threading.ExceptHookArgs) -> None:
        from moa_tui.crashes import crash  # noqa: PLC0415 - as the module says

        if args.exc_value is not None and args.exc_type is not SystemExit:
            tell(crash(args.exc_value, f"the thread {args.thread.name if args.thread else '?'}"))

    def tidying_up(args: "sys.UnraisableHookArgs") -> None:
        from moa_tui.crashes import crash  # noqa: PLC0415 - as the module says

        # Nothing that the person does depends on it: it is kept, but not told.
        if isinstance(args.exc_value, Exception):
            crash(args.exc_value, args.err_msg or "tidying up")

    threading.excepthook = in_thread
    sys.unraisablehook = tidying_up


def catch_in_loop(loop: "AbstractEventLoop", tell: "Callable[[CrashError], object]") -> None:
    """Have `tell` hear of what breaks callbacks of `loop`, and tasks that nobody waits for."""

    def handle(_loop: "AbstractEventLoop", context: "dict[str, Any]") -> None:
        from moa_tui.crashes import crash  # noqa: PLC0415 - as the module says

        # Without an error asyncio only grumbles, of a client session that was not closed, say.
        if isinstance(error := context.get("exception"), Exception):
            tell(crash(error, str(context.get("message", ""))))

    loop.set_exception_handler(handle)
