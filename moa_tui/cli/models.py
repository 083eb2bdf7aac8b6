"""`moa-tui models`: what the providers of the roster serve."""

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

from moa_tui.cli import asking, choosing
from moa_tui.cli.exits import Exit
from moa_tui.errors import MissingKeyError, MoaError

if TYPE_CHECKING:
    from moa_tui.cli.choosing import Choice


def add_parser(
    subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]", summary: str
) -> None:
    """Add the command."""
    parser = subparsers.add_parser("models", help=summary, description=summary)
    choosing.add_arguments(parser)
    parser.add_argument(
        "--provider", action="append", default=[], metavar="NAME", help="only this provider"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print each provider's models; a provider that cannot be asked is named on stderr."""
    choice = asking.until_answered(lambda: choosing.choose(options))
    names = options.provider or sorted({agent.provider for agent in choice.lineup.agents})
    for name in names:
        if name not in choice.roster.providers:
            known = ", ".join(choice.roster.providers)
            raise MoaError(f"there is no provider '{name}'", f"known: {known}")
    return asyncio.run(_list(choice, names))


async def _list(choice: "Choice", names: list[str]) -> int:
    from moa_tui.engine.connections import Connections
    from moa_tui.uncaught import catch_in_loop

    catch_in_loop(
        asyncio.get_running_loop(), lambda told: print(f"moa-tui: {told}", file=sys.stderr)
    )
    connections = Connections(choice.roster.providers, choice.server)
    code = Exit.OK
    try:
        for name in names:
            try:
                provider = await connections.connect(name)
                for model in await provider.models():
                    print(f"{name}  {model}")
            except MoaError as error:
                print(f"{name}: {error}", file=sys.stderr)
                code = Exit.NO_KEY if isinstance(error, MissingKeyError) else Exit.FAILED
    finally:
        await connections.aclose()
    return code
