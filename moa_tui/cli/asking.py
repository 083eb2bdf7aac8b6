"""Asks the person about a file that is not theirs, on the terminal, if there is one."""

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, TypeVar

if TYPE_CHECKING:
    from moa_tui.roster.trust_question import TrustQuestion

_T = TypeVar("_T")


def until_answered(call: Callable[[], _T]) -> _T:
    """Return what `call` returns, asking the person whenever it says that they have to be.

    Without a terminal its UntrustedError, which names the command to allow the file, is raised.
    """
    from moa_tui.roster.trust import answer
    from moa_tui.roster.trust_question import UntrustedError

    while True:
        try:
            return call()
        except UntrustedError as error:
            terminal = _terminal()
            if terminal is None:
                raise
            with terminal:
                answer(error.question, yes=_asked(error.question, terminal))


def whether_along(files: str) -> bool:
    """Return whether the person, at a terminal, wants the `files` that a question names along."""
    terminal = _terminal()
    if terminal is None:
        return False
    with terminal:
        _forget_typed(terminal)
        question = f"The question names {files}. Send along? [y/N] "
        print(question, end="", file=sys.stderr, flush=True)
        return terminal.readline().strip().lower() in {"y", "yes"}


def _terminal() -> TextIO | None:
    """Return where the person types; standard input may be a pipe that holds the question."""
    if not sys.stderr.isatty():
        return None
    try:
        return Path("/dev/tty").open(encoding="utf-8", errors="replace")
    except OSError:
        return None


def _asked(question: "TrustQuestion", terminal: TextIO) -> bool:
    from moa_tui.roster.trust_words import described

    _forget_typed(terminal)
    print("\n".join(described(question)), file=sys.stderr)
    print("\nUse it? [y/N] ", end="", file=sys.stderr, flush=True)
    return terminal.readline().strip().lower() in {"y", "yes"}


def _forget_typed(terminal: TextIO) -> None:
    """What was typed before the question was there is no answer to it."""
    with suppress(ImportError, OSError):
        import termios

        with suppress(termios.error):
            termios.tcflush(terminal, termios.TCIFLUSH)
