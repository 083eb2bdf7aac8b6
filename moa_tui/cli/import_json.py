"""`moa-tui import`: the JSON of the workshop's app and its ancestors → an agents.yaml."""

import argparse
import stat
import sys
from pathlib import Path

from moa_tui.cli.exits import Exit
from moa_tui.cli.files import write_whole
from moa_tui.errors import MoaError
from moa_tui.text import clean_line


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("import", help=summary, description=summary)
    parser.add_argument("file", metavar="FILE", help="the JSON file; '-' reads standard input")
    parser.add_argument(
        "-o", "--output", default="-", metavar="FILE", help="where to; '-' prints it (default)"
    )
    parser.add_argument("--force", action="store_true", help="replace the output if it is there")
    parser.add_argument("-q", "--quiet", action="store_true", help="no notes on standard error")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the roster; say on standard error what is different in it."""
    from moa_tui.roster.importing import import_json

    name = "standard input" if options.file == "-" else Path(options.file).name
    imported = import_json(_source(options.file), name)
    if options.output == "-":
        _print(imported.text)
    else:
        write_whole(Path(options.output), [imported.text], replace=options.force)
    if not options.quiet:
        for note in imported.notes:
            print(f"moa-tui: {note}", file=sys.stderr)
        if options.output != "-":
            where = clean_line(options.output)
            print(f"moa-tui: written to {where}; try it: moa-tui -c {where}", file=sys.stderr)
    return Exit.OK


def _source(file: str) -> bytes:
    from moa_tui.roster.importing.reading import MAX_BYTES

    if file == "-":
        from moa_tui.cli.piped import read_piped_bytes

        return read_piped_bytes(MAX_BYTES + 1, "give the path of the file")
    path, shown = Path(file), clean_line(file, 4096)
    try:
        # Looked at before it is opened: opening a pipe waits for somebody to write into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise MoaError(f"{shown} is not a file", "give the path of a file, or '-'")
        with path.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or clean_line(str(error))
        raise MoaError(f"{shown} cannot be read: {reason}", "check the path") from None


def _print(text: str) -> None:
    """Print in UTF-8 whatever the terminal's encoding is: it is about to be a file."""
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
