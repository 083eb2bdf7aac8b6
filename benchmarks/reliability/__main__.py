"""What the program survives, in one table: python -m benchmarks.reliability [--write] [GROUP …]

Takes more than ten minutes, with --quick a few; --write puts the table into docs/reliability.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks import table
from benchmarks.reliability import (
    cancelling,
    faults,
    hostile,
    killing,
    leaving,
    outage,
    sharing,
)
from benchmarks.table import Figure

_GROUPS: dict[str, Callable[..., Iterator[Figure]]] = {
    "faults": faults.figures,
    "outage": outage.figures,
    "killing": killing.figures,
    "sharing": sharing.figures,
    "leaving": leaving.figures,
    "hostile": hostile.figures,
    "cancelling": cancelling.figures,
}


def main() -> int:
    """Find out, print each figure as it comes, then the table; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(_GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="less of everything")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(_GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    found: list[Figure] = []
    for group in options.groups or _GROUPS:
        for figure in _GROUPS[group](quick=options.quick):
            print(f"{figure.name}: {figure.value}", file=sys.stderr, flush=True)
            found.append(figure)
    text = table.render(found)
    print(f"{table.surroundings()}\n\n{text}")
    if options.write:
        table.RELIABILITY.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
