"""The chrome in ASCII, for terminals and fonts that have nothing else."""

from collections.abc import Sequence

from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "○◌": ".",
    "◔◐": "~",
    "●•": "*",
    "✓": "+",
    "✂": "%",
    "■": "=",
    "↻": "@",
    "Σ": "S",
    "→❯▸": ">",
    "←": "<",
    "↑": "^",
    "↓▾": "v",
    "·": "-",
    "…": ".",
    "×": "x",
    "–": "-",
    "─━╌═": "-",
    "┄╳": "x",
    "▒": "~",
    "╵": "'",
    "│┃▏▎▌▐▍║": "|",
    "╭╮╰╯┌┐└┘├┤┬┴┼┏┓┗┛": "+",
    "█▇▆▀▔": "#",
    "▅▄": "=",
    "▃▂▁": "_",
    "⏎": "<",
}
"""One cell for one cell: nothing moves."""

TABLE = str.maketrans({sign: plain for signs, plain in _SIGNS.items() for sign in signs})


class InAscii(LineFilter):
    """Writes the chrome's signs in ASCII as rows are painted; what is copied stays as it was."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return the row in ASCII, but for text that has no counterpart there."""
        del background
        return _translated(segments)


def write_in_ascii(app: App[None]) -> None:
    """Paint everything in ASCII from now on."""
    app._filters.append(InAscii())  # noqa: SLF001 - Textual has no other way to add one
    app.refresh_css()


def _translated(segments: Sequence[Segment]) -> list[Segment]:
    return [
        Segment(text.translate(TABLE), style, control) if not text.isascii() else segment
        for segment in segments
        for text, style, control in (segment,)
    ]
