"""`moa-tui` itself: the full-screen app."""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
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
    parser.add_argument(
        "--layout", choices=("auto", "grid", "tabs", "focus"), help="how panes are arranged"
    )
    parser.add_argument(
        "--mouse",
        action=argparse.BooleanOptionalAction,
        help="have the mouse, or leave it to the terminal",
    )
    parser.add_argument(
        "--low-bandwidth",
        action=argparse.BooleanOptionalAction,
        help="paint at most 30 kB a second, or never spare a slow link",
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
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MoaError(
            "the full screen needs a terminal", 'without one: moa-tui run "your question"'
        )
    from moa_tui.settings.glimpse import glimpse

    seen = glimpse(paths.user_config_dir() / "settings.yaml")
    theme = options.theme or seen.get("theme", _DEFAULT_THEME)
    _calm(options, seen)
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
        mouse=seen.get("mouse") != "false" if options.mouse is None else options.mouse,
    )


def _calm(options: argparse.Namespace, seen: Mapping[str, str]) -> None:
    """Have fewer frames behind a slow link, and nothing that glides; Textual reads it early."""
    wanted = options.low_bandwidth
    if wanted is None:
        wanted = {"on": True, "off": False}.get(seen.get("low_bandwidth", ""))
    if wanted is None:
        wanted = any(name in os.environ for name in _OVER_SSH)
    if wanted:
        os.environ.setdefault("TEXTUAL_FPS", "15")
    if wanted or seen.get("animations") == "false":
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def _prepare(options: argparse.Namespace) -> "Start":
    """Choose who answers; called from a thread once the screen is there."""
    from moa_tui.settings.loading import load_settings
    from moa_tui.ui.start import Start

    loaded = load_settings()
    settings = loaded.settings.model_copy(update=_chosen(options))
    choice = choosing.choose(options)
    notes = (*choice.notes, *choice.warnings)
    if settings.preset and not (options.preset or choice.embedded):
        presets = choice.roster.presets
        if settings.preset in presets:
            choice = choosing.with_lineup(
                choice, choice.roster.lineup(settings.preset, options.agent)
            )
        else:
            known = ", ".join(sorted(presets)) or "none"
            notes += (f"{loaded.path}: no preset '{settings.preset}' here; presets: {known}",)
    return Start(
        roster=choice.roster,
        lineup=choice.lineup,
        server=choice.server,
        history=paths.history_file(),
        missing_keys=choice.missing_keys,
        embedded=choice.embedded,
        notes=notes,
        settings=replace(loaded, settings=settings),
        files=tuple(options.file),
        max_cost=choice.roster.max_run_cost if options.max_cost is None else options.max_cost,
    )


def _chosen(options: argparse.Namespace) -> dict[str, object]:
    """Return the settings that the command line, or the environment, has chosen."""
    chosen: dict[str, object] = {}
    for name in ("theme", "layout", "mouse"):
        if (value := getattr(options, name)) is not None:
            chosen[name] = value
    if options.low_bandwidth is not None:
        chosen["low_bandwidth"] = "on" if options.low_bandwidth else "off"
    if os.environ.get("NO_COLOR"):
        chosen["theme"] = ""
    return chosen
