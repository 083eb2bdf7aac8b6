"""`moa-tui trust`: answers the question about an agents.yaml ahead of time, or takes it back."""

import argparse
from pathlib import Path

from moa_tui.cli.exits import Exit
from moa_tui.errors import MoaError
from moa_tui.text import clean_line

_EPILOG = """\
The command shows what the file would do and allows it, for this path and this content: when it
changes, you are asked again. The shipped file and those in your settings folder need no answer.
"""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("trust", help=summary, description=summary, epilog=_EPILOG)
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="an agents.yaml")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--show", action="store_true", help="only show what the file would do")
    what.add_argument("--decline", action="store_true", help="leave it unused, and do not ask")
    what.add_argument("--remove", action="store_true", help="forget the answers about the file")
    what.add_argument("--list", action="store_true", help="list all answers")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what was asked for."""
    if options.list:
        return _list()
    if options.file is None:
        raise MoaError("say which file", "moa-tui trust FILE, or moa-tui trust --list")
    return _remove(options.file) if options.remove else _decide(options)


def _decide(options: argparse.Namespace) -> int:
    from dataclasses import replace

    from moa_tui.roster.trust import answer, examine
    from moa_tui.roster.trust_words import described

    question = examine(options.file)
    if question is None:
        shown = clean_line(str(options.file), 4096)
        print(f"{shown} needs no answer: it is shipped, or in your settings folder")
        return Exit.OK
    print("\n".join(described(question)))
    if options.show:
        return Exit.OK
    answer(replace(question, offered=True), yes=not options.decline)
    print(f"\n{'declined' if options.decline else 'allowed'}: {question.shown_path}")
    print(f"to take that back: moa-tui trust --remove {question.quoted_path}")
    return Exit.OK


def _list() -> int:
    from moa_tui.roster.trust_records import TrustRecords

    records = TrustRecords().all()
    for record in records:
        print(f"{record.answer:<9}{clean_line(record.path, 4096)}  {record.digest[:12]}")
        for variable, place in record.pairs:
            print(f"         {clean_line(variable)} may go to {clean_line(place)}")
    if not records:
        print("no answers yet")
    return Exit.OK


def _remove(file: Path) -> int:
    from moa_tui.roster.trust_records import TrustRecords

    path = str(file.resolve())
    count = TrustRecords().forget(path)
    print(f"{clean_line(path, 4096)}: {f'forgot {count}' if count else 'there was no answer'}")
    return Exit.OK
