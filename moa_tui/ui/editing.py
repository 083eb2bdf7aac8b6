"""Writing in the person's own editor, while streams go on."""

import asyncio
import os
import shlex
import shutil
import tempfile
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from textual.app import SuspendNotSupported

from moa_tui.private_files import create_private
from moa_tui.text import clean
from moa_tui.ui.leaving import Leaving

_T = TypeVar("_T")

_VARIABLES = ("VISUAL", "EDITOR")
_USUAL = ("editor", "sensible-editor", "nano", "vim", "vi")
"""Editors to look for where no variable names one; `editor` is the system's choice on Debian."""
_PLUS_LINE = {
    *("vi", "vim", "nvim", "view", "kak", "hx", "helix", "emacs", "emacsclient", "mg", "jed"),
    *("nano", "pico", "micro", "joe", "ne"),
}
_GOTO = {"code", "code-insiders", "codium", "cursor", "windsurf"}
"""Editors that open a file at a line, and how they are told."""


def editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command of $VISUAL, else of $EDITOR, else an editor that is installed, as words.

    Empty if there is none. No shell reads it. Raises ValueError where its quotes do not close.
    """
    for name in _VARIABLES:
        if words := shlex.split(environ.get(name, "")):
            return words
    found = (shutil.which(name, path=environ.get("PATH")) for name in _USUAL)
    return next(([path] for path in found if path), [])


def at_line(command: Sequence[str], path: Path, line: int) -> list[str]:
    """Return `command` with what opens `path` at `line`, where it is known how to say that."""
    name = Path(command[0]).name.removesuffix(".exe")
    if line > 1 and name in _PLUS_LINE:
        return [*command, f"+{line}", str(path)]
    if line > 1 and name in _GOTO:
        return [*command, "--goto", f"{path}:{line}"]
    return [*command, str(path)]


class _NotEditedError(Exception):
    """Nothing came of it; says why, unless that is of no interest."""


async def edited(app: Leaving, text: str) -> str | None:
    """Let the person edit `text`; return what they saved, or None and say why there is nothing."""

    async def edit() -> str | None:
        # Nobody else may read it, nor what the editor puts beside it.
        with tempfile.TemporaryDirectory(prefix="moa-tui-") as folder:
            return await _in_editor(app, _command(), text, Path(folder) / "question.md")

    return await _telling(app, edit())


async def edit_file(app: Leaving, path: Path, line: int = 1) -> None:
    """Let the person edit the file at `path`, beginning at `line`, or say why that is not so."""

    async def edit() -> None:
        command = _command()
        if code := await _lend_screen(app, at_line(command, path, line)):
            raise _NotEditedError(f"{command[0]} ended with {code}")

    await _telling(app, edit())


async def run_in_screen(app: Leaving, command: Sequence[str]) -> None:
    """Let another program have the screen until it ends, or say why that is not so."""
    await _telling(app, _lend_screen(app, command))


async def _telling(app: Leaving, doing: Coroutine[None, None, _T]) -> _T | None:
    try:
        return await doing
    except _NotEditedError as reason:
        said = str(reason)
    except SuspendNotSupported:
        said = "another program cannot take this screen"
    except OSError as error:
        said = f"the editor cannot be used: {error.strerror}"
    if said:
        app.notify(said, severity="warning", markup=False)
    return None


async def _lend_screen(app: Leaving, command: Sequence[str]) -> int:
    if app.lent:  # the key came twice in one read: what is given away cannot be given again
        raise _NotEditedError
    app.lent = True
    try:
        return await _run_in_screen(app, command)
    finally:
        app.lent = False


async def _run_in_screen(app: Leaving, command: Sequence[str]) -> int:
    with app.suspend():
        # What is raised in here would leave the screen given away: Textual takes it back only
        # where nothing is.
        try:
            # Not waited for in the loop: the streams of a running turn must be read meanwhile.
            process = await asyncio.create_subprocess_exec(*command)
            return await process.wait()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
    raise _NotEditedError(f"{command[0]} cannot be started: {reason}")


def _command() -> list[str]:
    try:
        command = editor()
    except ValueError as error:
        raise _NotEditedError(f"$VISUAL or $EDITOR cannot be read: {error}") from None
    if not command:
        raise _NotEditedError("There is no editor: set EDITOR, for example: export EDITOR=nano")
    return command


async def _in_editor(app: Leaving, command: list[str], text: str, path: Path) -> str | None:
    with create_private(path) as file:
        file.write(text.encode("utf-8", "replace"))
    if code := await _lend_screen(app, [*command, str(path)]):
        raise _NotEditedError(f"{command[0]} ended with {code}: the question is as it was")
    written = await asyncio.to_thread(path.read_bytes)
    return clean(written.decode("utf-8", "replace")).rstrip("\n")
