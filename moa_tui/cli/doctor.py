"""`moa-tui doctor`: what there is to know when something is not as it should be."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui.cli.exits import Exit

if TYPE_CHECKING:
    from moa_tui.cli.doctoring.section import Section

_EPILOG = """\
Nothing here asks the network but --net, and nothing shows a key.
"""


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("doctor", help=summary, description=summary, epilog=_EPILOG)
    parser.add_argument("-c", "--config", type=Path, metavar="FILE", help="agents.yaml to look at")
    parser.add_argument("--json", action="store_true", help="print it as one object")
    parser.add_argument("--clipboard", action="store_true", help="try to copy a word")
    parser.add_argument("--keys", action="store_true", help="show the names of keys you press")
    parser.add_argument("--net", action="store_true", help="ask each provider, with times")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the report; return the exit code."""
    if options.keys:
        from moa_tui.cli.doctoring.keys import show_keys

        show_keys()
        return Exit.OK
    if options.json:
        report = {s.title: {**s.facts, "advice": s.advice} for s in _sections(options)}
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return Exit.OK
    for section in _sections(options):
        print("\n".join(section.lines()), flush=True)
    return Exit.OK


def _sections(options: argparse.Namespace) -> "Iterator[Section]":
    from moa_tui.cli.doctoring import clipboard, program, terminal

    yield terminal.terminal_section()
    if tmux := terminal.tmux_section():
        yield tmux
    yield clipboard.clipboard_section(tried=options.clipboard)
    yield program.program_section()
    yield program.folders_section()
    section, roster = program.roster_section(options.config)
    yield section
    yield program.keyring_section()
    yield program.model_section()
    if options.net and roster:
        from moa_tui.cli.doctoring.network import network_section

        print("asking the providers …", file=sys.stderr)
        yield network_section(roster)
