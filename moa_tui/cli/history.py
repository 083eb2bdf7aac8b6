"""`moa-tui history`: the turns that were kept."""

import argparse
import json
import shutil

from moa_tui import paths
from moa_tui.cli.exits import Exit
from moa_tui.text import clean_line


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("history", help=summary, description=summary)
    parser.add_argument("turn", nargs="?", help="show this turn: its name's beginning, or 'last'")
    parser.add_argument("-n", "--limit", type=int, default=20, help="how many to list")
    parser.add_argument("--json", action="store_true", help="print the turn as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the list, or the turn asked for."""
    from moa_tui.transcript.history import list_turns, load_turn

    path = paths.history_file()
    if options.turn:
        record = load_turn(path, options.turn)
        print(json.dumps(record, ensure_ascii=False, indent=2) if options.json else _page(record))
        return Exit.OK
    turns = list_turns(path, options.limit)
    if options.json:
        lines = [{name: getattr(t, name) for name in t.__slots__} for t in turns]
        print(json.dumps(lines, ensure_ascii=False, indent=2))
        return Exit.OK
    if not turns:
        print("no turns yet: ask something with moa-tui")
    width = max(40, shutil.get_terminal_size().columns)
    for turn in turns:
        when = turn.started_at[:16].replace("T", " ")
        line = f"{turn.turn}  {when}  {turn.outcome:<8} {turn.seconds:6.1f} s  "
        print(line + clean_line(turn.question, width - len(line)))
    return Exit.OK


def _page(record: dict[str, object]) -> str:
    lines = [f"# {record['question']}", "", str(record["answer"]) or "(no answer)", ""]
    streams = record["streams"]
    assert isinstance(streams, list)
    for stream in streams:
        figures = f"{stream['outcome']}, {stream['output_tokens']} tok, {stream['seconds']:.2f} s"
        lines += [f"## {stream['agent']} ({stream['model']}: {figures})", ""]
        lines += [stream["text"] or stream["failure"] or "(nothing)", ""]
    lines.append(f"{record['turn']} · {record['started_at']} · {record['outcome']}")
    return "\n".join(lines)
