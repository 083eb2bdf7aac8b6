"""The command line of moa-tui: parses it, runs one command, turns errors into exit codes.

What a command needs is imported when it runs: `--version` must not wait for a terminal library, nor
for anything else.
"""

import _signal  # type: ignore[import-not-found] # built in: signal's own costs as much to import as `--version` may take
import os
import sys

from moa_tui import __version__

TYPE_CHECKING = False  # typing's own costs as much to import as `--version` may take
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from moa_tui.cli.exits import Exit
    from moa_tui.errors import MoaError

_COMMANDS = {
    "run": "answer one question without the full screen",
    "auth": "store the key of a provider, list or remove stored keys",
    "trust": "allow an agents.yaml that is not in your settings folder",
    "init": "write a settings.yaml and an agents.yaml of your own, to edit",
    "models": "list the models that the providers serve",
    "replay": "play a recorded turn, with its true timing",
    "history": "list, show, search, export or delete the kept turns",
    "import": "make an agents.yaml from the JSON of the workshop's app",
    "schema": "print the JSON schema of agents.yaml",
    "local": "set up the embedded model, or say how it is",
    "doctor": "say what there is to know of this terminal and this installation",
}
"""Each is a module of this folder."""

_MODULES = {"import": "import_json"}
"""Those whose name Python keeps for itself."""

_EPILOG = """\
keys:
  A provider's key is read from its environment variable, for Cerebras CEREBRAS_API_KEY, or stored
  once: `moa-tui auth`.
  Without one, moa-tui runs on a small embedded model: see `moa-tui local setup`.

exit codes:
  0 ok · 1 the turn failed · 2 configuration or usage · 3 no key · 70 moa-tui broke
  124 timeout · 130 interrupted
"""


def main(argv: "Sequence[str] | None" = None) -> int:
    """Run the command line `argv` and return the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None:
        _go_at_once_on_interrupt()
    if arguments == ["--version"]:
        print(f"moa-tui {__version__}")
        return 0
    return _run(arguments)


def _go_at_once_on_interrupt() -> None:
    """End on Ctrl+C while modules are imported: there is nothing to undo, nor a traceback to show.

    A command that runs has KeyboardInterrupt again, or handlers of its own.
    """
    if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
        _signal.signal(_signal.SIGINT, _go)


def _go(_number: int, _frame: object) -> None:
    os._exit(130)


def _run(arguments: list[str]) -> int:
    from moa_tui.cli.exits import Exit
    from moa_tui.errors import CrashError, MissingKeyError, MoaError

    command = arguments[0] if arguments and arguments[0] in _COMMANDS else ""
    parser = _command(command) if command else _app()
    options = parser.parse_args(arguments)
    try:
        if _signal.getsignal(_signal.SIGINT) is _go:
            _signal.signal(_signal.SIGINT, _signal.default_int_handler)
        return int(options.run(options))
    except CrashError as error:
        return _fail(error, Exit.CRASHED)
    except MissingKeyError as error:
        return _fail(error, Exit.NO_KEY)
    except MoaError as error:
        return _fail(error, Exit.CONFIGURATION)
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; the interpreter must not complain when it flushes.
        sys.stderr.close()
        return Exit.FAILED
    except Exception as error:  # noqa: BLE001 - the outermost boundary: a traceback shows too much
        from moa_tui.crashes import crash

        return _fail(crash(error), Exit.CRASHED)


def _app() -> "argparse.ArgumentParser":
    import argparse
    from importlib import import_module

    from moa_tui.cli.parser import Parser

    commands = "".join(f"  {name:<10} {what}\n" for name, what in _COMMANDS.items())
    parser = Parser(
        prog="moa-tui",
        description="Ask a mixture of language models, watch every one of them, read one answer.",
        epilog=f"commands (each has --help):\n{commands}\n{_EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="moa-tui [options] [QUESTION]\n       moa-tui COMMAND …",
    )
    parser.add_argument("--version", action="version", version=f"moa-tui {__version__}")
    import_module("moa_tui.cli.app").add_arguments(parser)
    return parser


def _command(name: str) -> "argparse.ArgumentParser":
    from importlib import import_module

    from moa_tui.cli.parser import Parser

    parser = Parser(prog="moa-tui")
    subparsers = parser.add_subparsers(required=True)
    import_module(f"moa_tui.cli.{_MODULES.get(name, name)}").add_parser(subparsers, _COMMANDS[name])
    return parser


def _fail(error: "MoaError", code: "Exit") -> int:
    print(f"moa-tui: {error}", file=sys.stderr)
    return code
