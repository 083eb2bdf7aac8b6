"""Opens the app."""

import gc
import sys

from moa_tui.ui.shell import Shell
from moa_tui.ui.terminal.answers import Heard
from moa_tui.uncaught import catch_in_threads

_NOTHING = Heard()


def launch(
    app: Shell, *, mouse: bool = True, in_ascii: bool = False, heard: Heard = _NOTHING
) -> int:
    """Run `app` and return the exit code; `heard` is what came from the terminal before it.

    Raises the MoaError for which it did not open, or CrashError, once the terminal is as it was.
    """
    app.heard = heard
    if in_ascii:
        from moa_tui.ui.ascii import write_in_ascii  # noqa: PLC0415 - seldom wanted

        write_in_ascii(app)
    collect_rarely()
    catch_in_threads(app.stumble)
    try:
        app.run(mouse=mouse)
    finally:
        if app.rescue:
            app.rescue.give_back()
    for told in app.stumbles:
        sys.stderr.write(f"moa-tui: {told}\n")
    if app.crash:
        app.abandon()
        raise app.crash
    if app.refusal:
        raise app.refusal
    return app.return_code or 0


def collect_rarely() -> None:
    """Have the collector of cycles look seldom enough, and at little enough whenever it looks.

    Painting makes and drops thousands of rows a second: with the usual thresholds, looking among
    them takes a third of all CPU while agents stream. With higher ones than these, a look can take
    longer than a frame.
    """
    gc.set_threshold(20_000, 10, 500)
