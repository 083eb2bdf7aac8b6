"""The colours of the first frame, picked out of a theme file without reading it as YAML.

Reading and checking the file takes as long as a tenth of the whole start: that is done behind the
first frame, and what is found there then replaces this.
"""

import re
from collections.abc import Sequence
from pathlib import Path

from textual.theme import Theme

NAME = "first"

PLAIN = {"dim-text": "ansi_default"}
"""What only our own themes define, for the first frame of one of Textual's."""

_COLOR = re.compile(r'^  ([a-z][a-z-]*): "(#[0-9a-fA-F]{6})"$', re.MULTILINE)
_LIGHT = re.compile(r"^dark: false$", re.MULTILINE)
_COLORS = ("primary", "secondary", "accent", "foreground", "background", "surface", "panel")
_MOST = 64 * 1024


def glimpse(folders: Sequence[Path], name: str) -> Theme | None:
    """Return what can be seen at once of the theme `name`; None where that is not enough."""
    for folder in reversed(folders):
        try:
            with (folder / f"{name}.yaml").open(encoding="utf-8") as file:
                text = file.read(_MOST)
        except (OSError, ValueError):
            continue
        found = dict(_COLOR.findall(text))
        if not found.keys() >= {*_COLORS, "dim-text"}:
            return None
        colors = {key: found.pop(key) for key in _COLORS}
        return Theme(NAME, **colors, dark=not _LIGHT.search(text), variables=found)
    return None
