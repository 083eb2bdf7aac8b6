"""`moa-tui schema`: the JSON schema of agents.yaml, for editors."""

import argparse
import json

from moa_tui.cli.exits import Exit


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("schema", help=summary, description=summary)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the schema."""
    from moa_tui.roster.schema import json_schema

    del options
    print(json.dumps(json_schema(), indent=2))
    return Exit.OK
