"""`moa-tui history export`: kept turns as a document, a page, or a recording."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from moa_tui import paths
from moa_tui.cli.exits import Exit
from moa_tui.cli.files import write_whole
from moa_tui.cli.output import json_safe

FORMATS = ("md", "json", "jsonl", "html", "recording")
_BY_SUFFIX = {"md", "json", "jsonl", "html"}


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the options of the command."""
    command.add_argument("turns", nargs="*", metavar="TURN", help="those to export; all without")
    command.add_argument("-o", "--output", default="-", metavar="FILE", help="'-' prints it")
    command.add_argument("-f", "--format", choices=FORMATS, help="else by FILE's name, or md")
    command.add_argument("--force", action="store_true", help="replace FILE if it is there")
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the document, or write it to a file."""
    from moa_tui.transcript.documents import document

    suffix = Path(options.output).suffix.lstrip(".")
    form = options.format or (suffix if suffix in _BY_SUFFIX else "md")
    pieces = document(paths.history_file(), found(options.turns), form)
    if options.output == "-":
        for piece in pieces:
            sys.stdout.write(piece if form in {"md", "html"} else json_safe(piece))
        return Exit.OK
    write_whole(Path(options.output), pieces, replace=options.force)
    return Exit.OK


def found(names: Sequence[str]) -> list[str]:
    """Return the whole names of the turns that begin with `names`, each once."""
    from moa_tui.transcript.history import find_turn

    path = paths.history_file()
    return list(dict.fromkeys(find_turn(path, name) for name in names))
