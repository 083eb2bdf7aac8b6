"""`moa-tui history`: the turns that were kept."""

import argparse
import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui import paths
from moa_tui.cli import exporting
from moa_tui.cli.exits import Exit
from moa_tui.cli.output import json_safe
from moa_tui.cli.parser import Parser
from moa_tui.errors import MoaError
from moa_tui.text import clean, clean_line

if TYPE_CHECKING:
    from moa_tui.transcript.history import TurnSummary

_NAMES_IT = "its name's beginning, or 'last'"
_EPILOG = """\
`moa-tui history` alone lists the newest turns, `moa-tui history TURN` shows one.
Times are UTC. A turn is named by the beginning of its name, or as 'last'.
"""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    # TURN may stand where a command stands, which argparse has no way to say: what follows is
    # taken as it is (no argument begins with NUL) and parsed in `run`.
    parser = subparsers.add_parser("history", help=summary, add_help=False, prefix_chars="\0")
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what was asked for: list, show, search, export, delete or recover."""
    parser, commands = _parser()
    arguments: list[str] = options.arguments
    first = arguments[0] if arguments else ""
    if first not in {*commands, "-h", "--help"}:
        arguments = ["list" if not first or first.startswith("-") else "show", *arguments]
    chosen = parser.parse_args(arguments)
    return int(chosen.run(chosen))


def _parser() -> tuple[argparse.ArgumentParser, Iterable[str]]:
    parser = Parser(
        prog="moa-tui history",
        description="The turns that were kept: those that ended, and those that were cut off.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    command = commands.add_parser("list", help="list the newest turns")
    _add_list_options(command)
    command.set_defaults(run=_list)
    command = commands.add_parser("show", help="show a turn")
    command.add_argument("turn", metavar="TURN", help=_NAMES_IT)
    command.add_argument("--json", action="store_true", help="print the turn as JSON")
    command.set_defaults(run=_show)
    command = commands.add_parser("search", help="list the turns that hold all of the words")
    command.add_argument("words", nargs="+", metavar="WORD", help="the beginning of a word")
    _add_list_options(command)
    command.set_defaults(run=_search)
    command = commands.add_parser("export", help="write turns to a file, or print them")
    exporting.add_arguments(command)
    command = commands.add_parser("delete", help="delete turns for good")
    command.add_argument("turns", nargs="*", metavar="TURN", help=_NAMES_IT)
    command.add_argument("--before", metavar="DATE", help="all that began before 2026-01-31")
    command.add_argument("--all", action="store_true", help="all turns")
    command.add_argument("-y", "--yes", action="store_true", help="do not ask")
    command.set_defaults(run=_delete)
    command = commands.add_parser("recover", help="bring back turns of a damaged history")
    command.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="all that were set aside, without"
    )
    command.set_defaults(run=_recover)
    return parser, commands.choices


def _add_list_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "-n", "--limit", type=_count, default=20, metavar="N", help="how many to list (20)"
    )
    command.add_argument("--json", action="store_true", help="print the list as JSON")


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError
    return number


def _list(options: argparse.Namespace) -> int:
    from moa_tui.transcript.history import list_turns

    turns = list_turns(paths.history_file(), options.limit)
    _print_list(turns, "no turns yet: ask something with moa-tui", as_json=options.json)
    _tell_of_interrupted({turn.turn for turn in turns})
    return Exit.OK


def _search(options: argparse.Namespace) -> int:
    from moa_tui.transcript.search import search_turns

    turns = search_turns(paths.history_file(), " ".join(options.words), options.limit)
    sought = clean_line(" ".join(options.words))
    _print_list(turns, f"no turn holds: {sought}", as_json=options.json)
    return Exit.OK


def _show(options: argparse.Namespace) -> int:
    from moa_tui.transcript.export import as_markdown
    from moa_tui.transcript.history import load_turn

    record = load_turn(paths.history_file(), options.turn)
    if options.json:
        print(json_safe(json.dumps(record, ensure_ascii=False, indent=2)))
    else:
        print(as_markdown(record))
    _tell_of_interrupted({str(record["turn"])})
    return Exit.OK


def _tell_of_interrupted(listed: set[str]) -> None:
    """Say on standard error what can be taken up again, and how."""
    from moa_tui.transcript.history import interrupted_turns

    for turn in interrupted_turns(paths.history_file()):
        if turn.turn in listed:
            how = f"moa-tui run --resume {turn.turn}"
            print(f"{turn.turn} was interrupted, {turn.words}; go on: {how}", file=sys.stderr)


def _delete(options: argparse.Namespace) -> int:
    from moa_tui.transcript.deletion import delete_turns, turns_before

    path = paths.history_file()
    if sum((bool(options.turns), options.before is not None, options.all)) != 1:
        raise MoaError("say what to delete", "moa-tui history delete TURN…, --before DATE or --all")
    if options.turns:
        turns = exporting.found(options.turns)
    else:
        turns = turns_before(path, _moment(options.before) if options.before else None)
        if turns and not (options.yes or _confirmed(len(turns))):
            print("nothing was deleted")
            return Exit.FAILED
    delete_turns(path, turns)
    print(f"deleted {_turns(len(turns))}")
    return Exit.OK


def _recover(options: argparse.Namespace) -> int:
    from moa_tui.transcript.salvage import damaged_histories, salvage

    path = paths.history_file()
    aside = damaged_histories(path)
    # The history itself may have been the damaged one, and have been set aside just now.
    named = options.file if options.file and not _is(options.file, path) else None
    files = [named] if named else aside
    if not files:
        print(f"{clean(str(path))} is sound, and nothing was set aside from it")
        return Exit.OK
    for file in files:
        found = salvage(file, path)
        parts = [f"{_turns(found.turns)} came back"]
        if found.interrupted:
            parts.append(f"{found.interrupted:,} of them interrupted")
        if found.known:
            parts.append(f"{found.known:,} were in the history already")
        if found.unread:
            parts.append(f"{found.unread:,} rows could not be read")
        print(f"{clean(str(file))}: {', '.join(parts)}")
    print("What was read is left as it is: delete it when nothing is missing")
    return Exit.OK


def _is(file: Path, path: Path) -> bool:
    return file.absolute() == path.absolute()


def _moment(date: str) -> str:
    """Return a date, or date and time, as records write it; UTC unless it says otherwise."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        raise MoaError(f"'{clean_line(date)}' is no date", "write it like 2026-01-31") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _confirmed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise MoaError(f"this deletes {_turns(count)}", "add --yes if that is meant")
    try:
        return input(f"Delete {_turns(count)} for good? [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False


def _turns(count: int) -> str:
    return f"{count:,} turn{'' if count == 1 else 's'}"


def _print_list(turns: "Sequence[TurnSummary]", nothing: str, *, as_json: bool) -> None:
    if as_json:
        lines = [{name: getattr(turn, name) for name in turn.__slots__} for turn in turns]
        print(json_safe(json.dumps(lines, ensure_ascii=False, indent=2)))
        return
    if not turns:
        print(nothing)
    # Cut for eyes alone: what reads a pipe wants the question whole.
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 10_000
    for turn in turns:
        when = turn.started_at[:16].replace("T", " ")
        line = f"{turn.turn}  {when}  {turn.outcome:<11} {turn.seconds:6.1f} s  "
        print(line + clean_line(turn.question, max(20, width - len(line))))
