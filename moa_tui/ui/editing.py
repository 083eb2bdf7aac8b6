"""Writing in the person's own editor, while streams go on."""

import asyncio
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

from textual.app import App, SuspendNotSupported

from moa_tui.private_files import create_private
from moa_tui.text import clean

_VARIABLES = ("VISUAL", "EDITOR")


def editor(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command of $VISUAL, else of $EDITOR, as its words; empty if there is none.

    No shell reads it. Raises ValueError where its quotes do not close.
    """
    for name in _VARIABLES:
        if words := shlex.split(environ.get(name, "")):
            return words
    return []


class _NotEditedError(Exception):
    """Nothing came of it; says why."""


async def edited(app: App[None], text: str) -> str | None:
    """Let the person edit `text`; return what they saved, or None and say why there is nothing."""
    try:
        # Nobody else may read it, nor what the editor puts beside it.
        with tempfile.TemporaryDirectory(prefix="moa-tui-") as folder:
            return await _in_editor(app, _command(), text, Path(folder) / "question.md")
    except _NotEditedError as reason:
        said = str(reason)
    except SuspendNotSupported:
        said = "an editor cannot take this screen"
    except OSError as error:
        said = f"the editor cannot be used: {error.strerror}"
    app.notify(said, severity="warning", markup=False)
    return None


def _command() -> list[str]:
    try:
        command = editor()
    except ValueError as error:
        raise _NotEditedError(f"$VISUAL or $EDITOR cannot be read: {error}") from None
    if not command:
        raise _NotEditedError("no editor: set EDITOR, for example: export EDITOR=nano")
    return command


async def _in_editor(app: App[None], command: list[str], text: str, path: Path) -> str | None:
    with create_private(path) as file:
        file.write(text.encode("utf-8", "replace"))
    with app.suspend():
        # Not waited for in the loop: the streams of a running turn must be read meanwhile.
        process = await asyncio.create_subprocess_exec(*command, str(path))
        code = await process.wait()
    if code:
        raise _NotEditedError(f"{command[0]} ended with {code}: the question is as it was")
    written = await asyncio.to_thread(path.read_bytes)
    return clean(written.decode("utf-8", "replace")).rstrip("\n")
