"""Opens the app."""

import gc
import sys

from moa_tui import paths
from moa_tui.ui.app import MoaApp, Prepare
from moa_tui.uncaught import catch_in_threads


def launch(
    prepare: Prepare,
    theme: str,
    question: str = "",
    *,
    mouse: bool = True,
) -> int:
    """Run the app and return the exit code; `prepare` is called behind the first paint.

    Raises the MoaError that `prepare` raised, or CrashError, once the terminal is as it was.
    """
    app = MoaApp(prepare, paths.theme_dirs(), theme, question)
    # Painting makes and drops thousands of rows a second: with the usual thresholds, looking for
    # cycles among them takes a third of all CPU while agents stream.
    gc.set_threshold(50_000, 20, 100)
    catch_in_threads(app.stumble)
    app.run(mouse=mouse)
    for told in app.stumbles:
        sys.stderr.write(f"moa-tui: {told}\n")
    if app.crash:
        app.abandon()
        raise app.crash
    if app.refusal:
        raise app.refusal
    return app.return_code or 0
