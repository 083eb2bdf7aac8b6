"""`moa-tui` itself: the full-screen app."""

import argparse
from functools import partial
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.cli import choosing, full_screen, interrupts

if TYPE_CHECKING:
    from pathlib import Path

    from moa_tui.ui.start import Start


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the app."""
    parser.add_argument("question", nargs="?", metavar="QUESTION", help="asked at once")
    choosing.add_arguments(parser)
    full_screen.add_arguments(parser)
    parser.add_argument(
        "--demo", action="store_true", help="watch a recorded turn; needs no key and no network"
    )
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
    interrupts.raise_always()  # the terminal has to be given back
    if options.demo:
        return full_screen.replay(paths.demonstration(), options)
    ready = full_screen.made_ready(options, 'without one: moa-tui run "your question"')
    if options.file:
        from moa_tui.attachments import attached

        attached(options.file)  # what is wrong with them is said before the screen is taken
    from moa_tui.ui.app import MoaApp

    question = ""
    if options.question:
        from moa_tui.text import clean

        question = clean(options.question)
    app = MoaApp(partial(_prepare, options), paths.theme_dirs(), ready.theme, question)
    return ready.launch(app)


def _prepare(options: argparse.Namespace) -> "Start":
    """Choose who answers; called from a thread once the screen is there."""
    from moa_tui.ui.start import Start

    loaded = full_screen.settings(options)
    settings = loaded.settings
    choice = choosing.choose(options)
    notes = choice.notes
    if settings.preset and not (options.preset or choice.embedded):
        presets = choice.roster.presets
        if settings.preset in presets:
            choice = choosing.with_lineup(
                choice, choice.roster.lineup(settings.preset, options.agent)
            )
        else:
            known = ", ".join(sorted(presets)) or "none"
            notes += (f"{loaded.path}: no preset '{settings.preset}' here; presets: {known}",)
    notes += choice.warnings()
    return Start(
        roster=choice.roster,
        lineup=choice.lineup,
        server=choice.server,
        history=paths.history_file(),
        missing_keys=choice.missing_keys,
        embedded=choice.embedded,
        notes=notes,
        settings=loaded,
        files=tuple(options.file),
        max_cost=choice.roster.max_run_cost if options.max_cost is None else options.max_cost,
        file=choice.file or choice.roster.path,
        wanting=choice.wanting,
        again=partial(_prepare_again, options),
    )


def _prepare_again(options: argparse.Namespace, file: "Path | None") -> "Start":
    """Do so from what the files are now; with another `file` what was chosen in it goes."""
    if file is None:
        return _prepare(options)
    from moa_tui.roster.loading import EMBEDDED

    chosen = {"config": file, "preset": "", "agent": [], "strategy": None}
    local = {"local": file == EMBEDDED, "model_path": None}
    return _prepare(argparse.Namespace(**{**vars(options), **chosen, **local}))
