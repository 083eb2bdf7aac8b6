"""All figures in one table: python -m benchmarks [--quick] [--write] [GROUP …]

--quick takes less than a minute; --write puts the table into docs/performance.md.
"""

import argparse
import sys
from collections.abc import Callable, Iterator

from benchmarks import (
    growth,
    hostile,
    keys,
    layers,
    parsing,
    peers,
    prefixes,
    start,
    streaming,
    table,
)
from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, ServerUnavailable

Group = Callable[..., Iterator[Figure]]

_ALONE: dict[str, Group] = {
    "start": start.figures,
    "prefixes": prefixes.figures,
    "hostile": hostile.figures,
}
_ON_SERVER: dict[str, Group] = {
    "streaming": streaming.figures,
    "unpaced": streaming.unpaced,
    "parsing": parsing.figures,
    "keys": keys.figures,
    "growth": growth.figures,
    "layers": layers.figures,
    "peers": peers.figures,
}
_GROUPS = (*_ALONE, *_ON_SERVER)


def main() -> int:
    """Measure, print each figure as it comes, then the table; return the exit code."""
    options = _parsed()
    groups = options.groups or _GROUPS
    figures: list[Figure] = []
    try:
        with ReplayServer() as server:
            for group in groups:
                server.reset()
                for figure in _measured(group, server, quick=options.quick):
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


def _measured(group: str, server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    if group in _ALONE:
        return _ALONE[group](quick=quick)
    return _ON_SERVER[group](server, quick=quick)


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
