"""Bringing text to the clipboard of the machine that the person sits at.

Terminals take it by OSC 52 (xterm, ctlseqs). tmux as it comes does not pass that on from a program,
and neither what is wrapped for it; it does set the clipboard for `tmux load-buffer -w` (3.2).
"""

import asyncio
import base64
import shutil
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from moa_tui.ui.terminal.environment import in_tmux, over_ssh

MOST_ENCODED = 64 * 1024
"""Bytes of base64 that terminals are known to take; some drop longer ones without a word."""

SECONDS = 2.0
"""What a program may take that is given the text."""

_NO_SEQUENCES = ("linux", "dumb", "screen")
"""Terminals by TERM that do not know OSC 52; GNU screen does not pass it on."""


@dataclass(frozen=True, slots=True)
class Way:
    """A program that takes the text from its standard input, and one that gives it back."""

    name: str
    command: tuple[str, ...]
    read_back: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ways:
    """What may bring a text to the clipboard: all `programs`, else `sequence`, which is OSC 52."""

    programs: tuple[Way, ...]
    sequence: bool


_TMUX = Way("tmux", ("tmux", "load-buffer", "-w", "-"), ("tmux", "show-buffer"))
_MAC = Way("pbcopy", ("pbcopy",), ("pbpaste",))
_WAYLAND = Way("wl-copy", ("wl-copy",), ("wl-paste", "--no-newline"))
_X11 = (
    Way(
        "xclip",
        ("xclip", "-selection", "clipboard"),
        ("xclip", "-selection", "clipboard", "-out"),
    ),
    Way("xsel", ("xsel", "--clipboard", "--input"), ("xsel", "--clipboard", "--output")),
)


def ways(
    environ: Mapping[str, str],
    found: Callable[[str], object] = shutil.which,
    platform: str = sys.platform,
) -> Ways:
    """Return what can be tried here; a program counts if it is `found`.

    Over SSH the programs of this machine would fill a clipboard that nobody sits at.
    """
    wanted: list[Way] = []
    if in_tmux(environ):
        wanted.append(_TMUX)
    if not over_ssh(environ):
        if platform == "darwin":
            wanted.append(_MAC)
        elif environ.get("WAYLAND_DISPLAY") and found("wl-copy"):
            wanted.append(_WAYLAND)
        elif environ.get("DISPLAY"):
            wanted += [way for way in _X11 if found(way.command[0])][:1]
    term = environ.get("TERM", "")
    screen = term.startswith("screen") and not in_tmux(environ)
    deaf = term in _NO_SEQUENCES[:2] or screen or "STY" in environ
    return Ways(tuple(way for way in wanted if found(way.command[0])), not deaf)


def osc52(text: str) -> str | None:
    """Return what has a terminal put `text` on its clipboard; None if it is too long for that."""
    encoded = base64.b64encode(text.encode("utf-8", "replace"))
    return None if len(encoded) > MOST_ENCODED else f"\x1b]52;c;{encoded.decode()}\x07"


async def copied_by(programs: tuple[Way, ...], text: str) -> list[str]:
    """Give `text` to all `programs` at once; return the names of those that took it."""
    took = await asyncio.gather(*(_took(way.command, text) for way in programs))
    return [way.name for way, done in zip(programs, took, strict=True) if done]


async def _took(command: tuple[str, ...], text: str) -> bool:
    quiet = asyncio.subprocess.DEVNULL
    try:
        # xclip and wl-copy stay to serve the text: a pipe for their output would stay open.
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(SECONDS):
            await process.communicate(text.encode("utf-8", "replace"))
    except (TimeoutError, OSError):
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        return False
    return process.returncode == 0
