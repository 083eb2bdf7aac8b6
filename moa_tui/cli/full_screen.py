"""What every command does that takes the full screen."""

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.errors import MoaError

if TYPE_CHECKING:
    from moa_tui.settings.loading import Loaded
    from moa_tui.ui.shell import Shell
    from moa_tui.ui.terminal.answers import Heard
    from moa_tui.ui.terminal.rescue import Rescue

DEFAULT_THEME = "wafer"


@dataclass(frozen=True, slots=True)
class Ready:
    """The theme to begin with, if the app has the mouse and paints ASCII, what was heard before.

    `rescue` gives the terminal back where the app cannot.
    """

    theme: str
    mouse: bool
    in_ascii: bool
    heard: "Heard"
    rescue: "Rescue | None" = None

    def launch(self, app: "Shell") -> int:
        """Run `app` and return the exit code; raises MoaError."""
        from moa_tui.ui.launch import launch

        app.rescue = self.rescue
        return launch(app, mouse=self.mouse, in_ascii=self.in_ascii, heard=self.heard)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how the screen is painted."""
    parser.add_argument(
        "--theme",
        metavar="NAME",
        help="colours, see docs/themes.md; auto: light or dark as the terminal is",
    )
    parser.add_argument(
        "--ascii", action="store_true", default=None, help="paint nothing but ASCII"
    )
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


def made_ready(options: argparse.Namespace, advice: str) -> Ready:
    """Make ready for Textual, import it, and ask the terminal meanwhile what it looks like.

    Raises MoaError with `advice` where there is no terminal.
    """
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MoaError("the full screen needs a terminal", advice)
    from moa_tui.ui.terminal.environment import ascii_only, shows_no_screen

    _restore_locale()
    if shows_no_screen(os.environ):
        told = f"TERM={os.environ['TERM']} cannot show a full screen"
        raise MoaError(told, f"{advice}; or say what the terminal is: TERM=xterm-256color")
    rescue = _rescue()
    from moa_tui.settings.glimpse import glimpse
    from moa_tui.ui.remembered_theme import remembered_theme
    from moa_tui.ui.terminal.appearance import AUTO

    file = paths.user_config_dir() / "settings.yaml"
    seen = glimpse(file)
    options.theme = options.theme or remembered_theme(since="theme" in seen and file) or None
    theme = options.theme or seen.get("theme", AUTO)
    _calm(options, seen)
    os.environ.pop("TEXTUAL_THEME", None)  # Textual ends on one that it does not have
    if os.environ.get("NO_COLOR"):
        # Textual takes the colours out of the theme that it starts with and of no later one.
        os.environ["TEXTUAL_THEME"] = "ansi-dark"
        theme = ""
    else:
        # Textual would take an empty one for a wish, which it is not (no-color.org).
        os.environ.pop("NO_COLOR", None)
    theme, heard = _imported(theme)
    in_ascii = options.ascii or seen.get("ascii") == "true" or ascii_only(os.environ)
    mouse = seen.get("mouse") != "false" if options.mouse is None else options.mouse
    return Ready(theme, mouse, in_ascii, heard, rescue)


def _restore_locale() -> None:
    """Have LC_CTYPE as the person has it: in the C locale Python says UTF-8 instead (PEP 538)."""
    with suppress(OSError):
        source = Path("/proc/self/environ").read_bytes()
        at_start = [line[9:] for line in source.split(b"\0") if line.startswith(b"LC_CTYPE=")]
        os.environ.pop("LC_CTYPE", None)
        if at_start:
            os.environ["LC_CTYPE"] = os.fsdecode(at_start[0])


def _rescue() -> "Rescue | None":
    """Be able to give the terminal back from now on, before anything of it is changed."""
    if sys.platform == "win32":
        return None
    from moa_tui.signals import GO
    from moa_tui.ui.terminal.rescue import Rescue

    rescue = Rescue()
    rescue.leave_on(("SIGINT", "SIGQUIT", *GO))
    rescue.free_keys()
    return rescue


def _imported(theme: str) -> "tuple[str, Heard]":
    """Import the app; return the theme to begin with, and what came from the terminal meanwhile.

    The terminal answers while the app is imported: nothing waits for it.
    """
    from moa_tui.ui.terminal.answers import Heard
    from moa_tui.ui.terminal.appearance import AUTO, is_worth_asking, suitable

    if theme != AUTO:
        return theme, Heard()
    heard = Heard()
    if is_worth_asking(os.environ) and sys.platform != "win32":
        from moa_tui.ui.terminal.asking import BACKGROUND, Asked

        with Asked(BACKGROUND) as asked:
            import_module("moa_tui.ui.app")
            heard = asked.heard()
    return suitable(heard.answers, os.environ), heard


def settings(options: argparse.Namespace) -> "Loaded":
    """Return the person's settings, with those that the command line has chosen."""
    from moa_tui.settings.loading import load_settings

    loaded = load_settings()
    return replace(loaded, settings=loaded.settings.model_copy(update=_chosen(options)))


def replay(file: Path, options: argparse.Namespace, *, speed: float = 1.0, at: float = 0.0) -> int:
    """Play the recording in `file` in the full screen; return the exit code. Raises MoaError."""
    from moa_tui.transcript.recording import read_recording

    recording = read_recording(file)  # before the screen is taken
    ready = made_ready(options, f"without one: moa-tui replay --plain {file}")
    from moa_tui.ui.replay.app import ReplayApp

    dirs, prepare = paths.theme_dirs(), partial(settings, options)
    app = ReplayApp(recording, prepare, dirs, ready.theme, speed=speed, play_at=at)
    return ready.launch(app)


def _calm(options: argparse.Namespace, seen: Mapping[str, str]) -> None:
    """Have fewer frames behind a slow link, and nothing that glides; Textual reads it early."""
    wanted = options.low_bandwidth
    if wanted is None:
        wanted = {"on": True, "off": False}.get(seen.get("low_bandwidth", ""))
    if wanted is None:
        from moa_tui.ui.terminal.environment import over_ssh

        wanted = over_ssh(os.environ)
    if wanted:
        os.environ.setdefault("TEXTUAL_FPS", "15")
    if wanted or seen.get("animations") == "false":
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")


def _chosen(options: argparse.Namespace) -> dict[str, object]:
    """Return the settings that the command line, or the environment, has chosen."""
    chosen: dict[str, object] = {}
    for name in ("theme", "layout", "mouse", "ascii"):
        if (value := getattr(options, name)) is not None:
            chosen[name] = value
    if options.low_bandwidth is not None:
        chosen["low_bandwidth"] = "on" if options.low_bandwidth else "off"
    if os.environ.get("NO_COLOR"):
        chosen["theme"] = ""
    return chosen
