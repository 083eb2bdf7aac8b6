"""`moa-tui replay`: a recording in the full screen, as text, or as a cast."""

import argparse
import os
import sys
import time
from functools import partial
from pathlib import Path

from moa_tui import paths
from moa_tui.cli import full_screen, interrupts
from moa_tui.cli.exits import Exit
from moa_tui.cli.files import write_whole
from moa_tui.cli.recording import require_free

_SLOWEST, _FASTEST = 0.1, 1000.0


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("replay", help=summary, description=summary)
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="made by: moa-tui run --record FILE"
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="times as fast, 0.1 to 1000 (1)"
    )
    parser.add_argument(
        "--at", type=float, default=0.0, metavar="SECONDS", help="begin there, not at the start"
    )
    parser.add_argument(
        "--plain", action="store_true", help="print it as `moa-tui run` would, without the screen"
    )
    parser.add_argument(
        "--cast", type=Path, metavar="OUT", help="write a film for `asciinema play` instead"
    )
    parser.add_argument(
        "--size", type=_size, default=(120, 30), metavar="CxR", help="columns x rows of it (120x30)"
    )
    full_screen.add_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Play the recording; return the exit code."""
    if options.plain:
        return _print(options)
    if options.cast:
        return _cast(options)
    interrupts.raise_always()  # the terminal has to be given back
    return full_screen.replay(options.file, options, speed=options.speed, at=options.at)


def _speed(text: str) -> float:
    speed = float(text.removesuffix("x"))
    if not _SLOWEST <= speed <= _FASTEST:
        raise ValueError
    return speed


def _size(text: str) -> tuple[int, int]:
    columns, rows = map(int, text.lower().split("x"))
    if not (60 <= columns <= 500 and 15 <= rows <= 200):
        raise ValueError
    return columns, rows


def _cast(options: argparse.Namespace) -> int:
    from moa_tui.transcript.recording import read_recording

    require_free(options.cast, "--cast")
    recording = read_recording(options.file)
    # Textual reads it when it is imported: it is not this terminal that will show the film.
    os.environ.setdefault("TEXTUAL_COLOR_SYSTEM", "truecolor")
    from moa_tui.ui.replay.cast import CastApp, cast_lines

    prepare = partial(full_screen.settings, options)
    theme = options.theme if options.theme not in {None, "auto"} else full_screen.DEFAULT_THEME
    app = CastApp(recording, prepare, paths.theme_dirs(), theme, options.speed)
    write_whole(options.cast, cast_lines(app, options.size), replace=False)
    return Exit.OK


def _print(options: argparse.Namespace) -> int:
    from moa_tui.cli.printing import AnswerPrinter, ProgressPrinter
    from moa_tui.transcript.recording import header_of, read_recording

    events = read_recording(options.file).events
    header = header_of(events)
    models = ", ".join(header.models)
    print(f"recording of {header.day}, {models}: {header.title}", file=sys.stderr, flush=True)
    printers = (ProgressPrinter(sys.stderr), AnswerPrinter(sys.stdout))
    began = time.monotonic()
    for event in events:
        due = began + max(0.0, event.at - options.at) / options.speed
        time.sleep(max(0.0, due - time.monotonic()))
        for print_event in printers:
            print_event(event)
    return Exit.OK
