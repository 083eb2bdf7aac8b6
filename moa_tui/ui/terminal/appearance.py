"""Which theme suits the terminal, where the person has not chosen one."""

import re
from collections.abc import Mapping, Sequence

from moa_tui.ui.terminal.environment import Colors, colors

AUTO = "auto"

_BACKGROUND = re.compile(r"11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_DARK_INDEXES = frozenset({"0", "1", "2", "3", "4", "5", "6", "8"})
_NO_ANSWERS = ("", "dumb", "linux", "unknown")


def is_worth_asking(environ: Mapping[str, str]) -> bool:
    """Return whether the terminal may know the colour of its background."""
    return environ.get("TERM", "") not in _NO_ANSWERS


def background(answers: Sequence[str]) -> tuple[float, float, float] | None:
    """Return red, green and blue from 0 to 1, if the terminal has told."""
    for answer in answers:
        if match := _BACKGROUND.match(answer):
            red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in match.groups())
            return red, green, blue
    return None


def is_dark(answers: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Return whether the background is dark: as the terminal says, as COLORFGBG says, else yes."""
    if rgb := background(answers):
        return sum(weight * part for weight, part in zip(_LUMINANCE, rgb, strict=True)) < 0.5
    index = environ.get("COLORFGBG", "").rpartition(";")[2]
    return index in _DARK_INDEXES if index.isdigit() else True


def suitable(answers: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the name of a shipped theme: with 16 colours, one of the terminal's own."""
    dark = is_dark(answers, environ)
    if colors(environ) in {Colors.TRUE, Colors.MANY}:
        return "wafer" if dark else "paper"
    return "terminal-dark" if dark else "terminal-light"
