"""`moa-tui` itself: the full-screen app."""

import argparse
import os
import sys
from functools import partial
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.cli import choosing
from moa_tui.errors import MoaError

if TYPE_CHECKING:
    from moa_tui.ui.start import Start

_DEFAULT_THEME = "wafer"
_OVER_SSH = ("SSH_CONNECTION", "SSH_TTY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the app."""
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="asked at once")
    choosing.add_arguments(parser)
    parser.add_argument("--theme", metavar="NAME", help="colours, see docs/themes.md")
    parser.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    parser.add_argument("--low-bandwidth", action="store_true", help="paint at most 30 kB a second")
    parser.add_argument(
        "--file", action="append", default=[], metavar="FILE", help=choosing.FILE_HELP
    )
    parser.add_argument(
        "--max-cost",
        type=choosing.dollars,
        metavar="USD",
        help="what all questions together may cost",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Open the app and return its exit code."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MoaError(
            "the full screen needs a terminal", 'without one: moa-tui run "your question"'
        )
    if any(name in os.environ for name in _OVER_SSH):
        # Textual reads these when it is imported.
        os.environ.setdefault("TEXTUAL_FPS", "15")
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
    theme = options.theme or _DEFAULT_THEME
    if os.environ.get("NO_COLOR"):
        # Textual takes the colours out of the theme that it starts with and of no later one.
        os.environ["TEXTUAL_THEME"] = "ansi-dark"
        theme = ""
    if options.file:
        from moa_tui.attachments import attached

        attached("", options.file)  # what is wrong with them is said before the screen is taken
    from moa_tui.ui.launch import launch

    question = ""
    if options.question:
        from moa_tui.text import clean

        question = clean(options.question)
    return launch(
        partial(_prepare, options),
        theme,
        question,
        mouse=not options.no_mouse,
        low_bandwidth=options.low_bandwidth,
    )


def _prepare(options: argparse.Namespace) -> "Start":
    """Choose who answers; called from a thread once the screen is there."""
    from moa_tui.ui.start import Start

    choice = choosing.choose(options)
    return Start(
        roster=choice.roster,
        lineup=choice.lineup,
        server=choice.server,
        history=paths.history_file(),
        missing_keys=choice.missing_keys,
        embedded=choice.embedded,
        notes=(*choice.notes, *choice.warnings),
        files=tuple(options.file),
        max_cost=choice.roster.max_run_cost if options.max_cost is None else options.max_cost,
    )
