"""What every command does that takes the full screen."""

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.errors import MoaError

if TYPE_CHECKING:
    from moa_tui.settings.loading import Loaded

DEFAULT_THEME = "wafer"
_OVER_SSH = ("SSH_CONNECTION", "SSH_TTY")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how the screen is painted."""
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


def made_ready(options: argparse.Namespace, advice: str) -> tuple[str, bool]:
    """Make ready for Textual to be imported; return the theme, and if it has the mouse.

    Raises MoaError with `advice` where there is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MoaError("the full screen needs a terminal", advice)
    from moa_tui.settings.glimpse import glimpse
    from moa_tui.ui.remembered_theme import remembered_theme

    file = paths.user_config_dir() / "settings.yaml"
    seen = glimpse(file)
    options.theme = options.theme or remembered_theme(since="theme" in seen and file) or None
    theme = options.theme or seen.get("theme", DEFAULT_THEME)
    _calm(options, seen)
    if os.environ.get("NO_COLOR"):
        # Textual takes the colours out of the theme that it starts with and of no later one.
        os.environ["TEXTUAL_THEME"] = "ansi-dark"
        theme = ""
    return theme, seen.get("mouse") != "false" if options.mouse is None else options.mouse


def settings(options: argparse.Namespace) -> "Loaded":
    """Return the person's settings, with those that the command line has chosen."""
    from moa_tui.settings.loading import load_settings

    loaded = load_settings()
    return replace(loaded, settings=loaded.settings.model_copy(update=_chosen(options)))


def replay(file: Path, options: argparse.Namespace, *, speed: float = 1.0, at: float = 0.0) -> int:
    """Play the recording in `file` in the full screen; return the exit code. Raises MoaError."""
    from moa_tui.transcript.recording import read_recording

    recording = read_recording(file)  # before the screen is taken
    theme, mouse = made_ready(options, f"without one: moa-tui replay --plain {file}")
    from moa_tui.ui.launch import launch
    from moa_tui.ui.replay.app import ReplayApp

    dirs, prepare = paths.theme_dirs(), partial(settings, options)
    return launch(ReplayApp(recording, prepare, dirs, theme, speed=speed, play_at=at), mouse=mouse)


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
