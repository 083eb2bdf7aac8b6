"""All figures in one table: python -m benchmarks [--quick] [--write] [GROUP …]

--quick takes less than a minute; --write puts the table into docs/performance.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks import growth, keys, layers, parsing, peers, start, streaming, table
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, ServerUnavailable

Group = Callable[..., Iterator[Figure]]

_ON_SERVER: dict[str, Group] = {
    "streaming": streaming.figures,
    "unpaced": streaming.unpaced,
    "parsing": parsing.figures,
    "keys": keys.figures,
    "growth": growth.figures,
    "layers": layers.figures,
    "peers": peers.figures,
}
_GROUPS = ("start", *_ON_SERVER)


def main() -> int:
    """Measure, print each figure as it comes, then the table; return the exit code."""
    options = _parsed()
    groups = options.groups or _GROUPS
    figures: list[Figure] = []
    try:
        with ReplayServer() as server:
            for group in groups:
                server.reset()
                measure = _ON_SERVER.get(group)
                found = (
                    measure(server, quick=options.quick)
                    if measure
                    else start.figures(quick=options.quick)
                )
                for figure in found:
                    print(f"{figure.name}: {figure.value}", file=sys.stderr, flush=True)
                    figures.append(figure)
    except ServerUnavailable as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return 2
    text = table.render(figures)
    print(f"{table.surroundings()}\n\n{text}")
    if options.write:
        table.PERFORMANCE.write(text)
    return 0


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(_GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="less work, less exact")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(_GROUPS):
        parser.error(f"no such group: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
