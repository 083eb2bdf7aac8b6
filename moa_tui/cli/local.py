"""`moa-tui local`: sets the embedded model up and says whether it can be used.

The command tree is built at every start of the program, so what the commands need is imported
inside them.
"""

import argparse
import importlib.metadata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers returns.
    from argparse import _SubParsersAction

NOT_USABLE = 3
"""Exit status of `status` when engine or weights are missing or damaged."""


def add_parser(subparsers: "_SubParsersAction[argparse.ArgumentParser]", summary: str) -> None:
    """Add `local` with `setup` and `status`; each sets `run`, from arguments to exit status."""
    local = subparsers.add_parser(
        "local",
        help=summary,
        description="The embedded model: a small language model served on this machine only.",
    )
    commands = local.add_subparsers(title="commands", metavar="COMMAND", required=True)
    setup = commands.add_parser("setup", help="fetch the model's weights (93 MB) once")
    setup.set_defaults(run=_setup)
    status = commands.add_parser("status", help="say whether engine and weights are there")
    status.set_defaults(run=_status)


def _setup(_arguments: argparse.Namespace) -> int:
    from moa_tui.local.setup import engine_available, install_weights
    from moa_tui.signals import leaving_by_signal

    with leaving_by_signal():
        install_weights(print)
    if not engine_available():
        from moa_tui.local.process import ENGINE_ADVICE

        print(f"The engine is not installed yet; {ENGINE_ADVICE}")
    return 0


def _status(_arguments: argparse.Namespace) -> int:
    from moa_tui.local.setup import tidy

    tidy()
    engine, weights = _engine_usable(), _weights_usable()
    return 0 if engine and weights else NOT_USABLE


def _engine_usable() -> bool:
    from moa_tui.local.process import ENGINE_ADVICE
    from moa_tui.local.setup import engine_available

    if not engine_available():
        print(f"engine   not installed; {ENGINE_ADVICE}")
        return False
    print(f"engine   xllamacpp {importlib.metadata.version('xllamacpp')}")
    return True


def _weights_usable() -> bool:
    from moa_tui.errors import LocalModelError
    from moa_tui.local.weights import (
        DEFAULT_WEIGHTS,
        SETUP_ADVICE,
        find_weights,
        verify_weights,
    )
    from moa_tui.text import clean_line

    path = find_weights()
    if path is None:
        print(f"weights  {DEFAULT_WEIGHTS.name} is missing; {SETUP_ADVICE}")
        return False
    try:
        verify_weights(path)
    except LocalModelError as error:
        print(f"weights  {error}")
        return False
    print(f"weights  {DEFAULT_WEIGHTS.name}, {path.stat().st_size / 1e6:.1f} MB, SHA-256 right")
    print(f"         {clean_line(str(path), 4096)}")
    return True
