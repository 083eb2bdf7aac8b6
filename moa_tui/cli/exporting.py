"""`moa-tui history export`: kept turns as a document, a page, or a recording."""

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from moa_tui import paths
from moa_tui.cli.exits import Exit
from moa_tui.cli.files import write_whole
from moa_tui.errors import MoaError, RecordingError

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
    suffix = Path(options.output).suffix.lstrip(".")
    form = options.format or (suffix if suffix in _BY_SUFFIX else "md")
    document = _document(form, found(options.turns))
    if options.output == "-":
        for piece in document:
            sys.stdout.write(piece)
        return Exit.OK
    write_whole(Path(options.output), document, replace=options.force)
    return Exit.OK


def found(names: Sequence[str]) -> list[str]:
    """Return the whole names of the turns that begin with `names`, each once."""
    from moa_tui.transcript.history import find_turn

    path = paths.history_file()
    return list(dict.fromkeys(find_turn(path, name) for name in names))


def _document(form: str, turns: Sequence[str]) -> Iterable[str]:
    from moa_tui.transcript.export import exported
    from moa_tui.transcript.history import each_record
    from moa_tui.transcript.kept_events import kept_events

    path = paths.history_file()
    if form == "recording":
        return _recording(path, turns)
    records = each_record(path, turns or None)
    if form == "html":
        from moa_tui.transcript.page import as_page

        return as_page((record, kept_events(path, str(record["turn"]))) for record in records)
    return exported(records, form)


def _recording(path: Path, turns: Sequence[str]) -> Iterable[str]:
    from moa_tui.transcript.kept_events import kept_events
    from moa_tui.transcript.recording import recorded

    if len(turns) != 1:
        raise MoaError("a recording is of one turn", "name it: moa-tui history export TURN …")
    events = kept_events(path, turns[0])
    if not events:
        raise RecordingError(
            f"the turn {turns[0]} was kept without its times, by an earlier version",
            "turns from now on have them; or: moa-tui run --record FILE",
        )
    return recorded(events)
