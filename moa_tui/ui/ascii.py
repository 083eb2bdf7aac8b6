"""The screen in ASCII, cell by cell, for terminals and fonts that have nothing else."""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

from rich.cells import get_character_cell_size
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_BEYOND = re.compile(r"[^\x00-\x7f]")
_SIGNS = {
    ".": "○…",
    ",": "◌",
    ":": "◔",
    "o": "◐",
    "*": "●•",
    "@": "↻",
    "+": "✓",
    "%": "✂",
    "=": "■▅▄",
    "S": "Σ",
    ">": "→❯▸»≥",
    "<": "←⏎«≤",
    "^": "↑",
    "v": "↓▾",
    "-": "·–—−─━╌╍┅┈┉═",
    "x": "×┄╳",
    "~": "≈▒",
    '"': "“”„",
    "'": "‘’‚╵",
    "|": "│┃║╎╏┆┇┊┋▎▏▌▐▍▊▋▉▕",
    "#": "█▇▆▀▔",
    "_": "▃▂▁",
    " ": "\xa0",
}
"""One cell for one cell: nothing moves. Every state of a stream has a sign of its own."""

_TABLE = {sign: plain for plain, signs in _SIGNS.items() for sign in signs}


class InAscii(LineFilter):
    """Writes rows in ASCII as they are painted; what is copied stays as it was."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the row in ASCII."""
        del background
        return _translated(segments)


def write_in_ascii(app: App[None]) -> None:
    """Paint everything in ASCII from now on."""
    if not any(isinstance(each, InAscii) for each in app._filters):  # noqa: SLF001 - as below
        app._filters.append(InAscii())  # noqa: SLF001 - Textual has no other way to add one
        if app.is_running:
            app.refresh_css()


def to_ascii(text: str) -> str:
    """Return `text` in ASCII, as many cells wide; what has no likeness becomes `?`."""
    return text if text.isascii() else _BEYOND.sub(lambda match: _likeness(match.group()), text)


@cache
def _likeness(char: str) -> str:
    if char in _TABLE:
        return _TABLE[char]
    if "\u2500" <= char <= "\u257f":
        return "+"
    width = get_character_cell_size(char)
    base = unicodedata.normalize("NFD", char)[0]
    return base if width == 1 and base.isascii() else "?" * width


def _translated(segments: Sequence[Segment]) -> list[Segment]:
    return [
        segment if text.isascii() else Segment(to_ascii(text), style, control)
        for segment in segments
        for text, style, control in (segment,)
    ]
