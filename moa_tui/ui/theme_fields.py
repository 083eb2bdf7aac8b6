"""The fields of a theme file, each checked as it is asked for: colours, text styles and names."""

import difflib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from textual.color import Color, ColorParseError
from textual.css.constants import VALID_STYLE_FLAGS

from moa_tui.errors import ThemeError
from moa_tui.roster.document import Document, Location
from moa_tui.text import clean_line

AGENT_COLORS = 8

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


def theme_error(path: Path, reason: str, advice: str, line: int | None = None) -> ThemeError:
    """Return the error of a theme file, as `file:line: reason`."""
    name = clean_line(str(path), 500)
    return ThemeError(f"{name}:{line}: {reason}" if line else f"{name}: {reason}", advice)


class ThemeFields:
    """The fields of one theme file, each checked as it is asked for."""

    def __init__(self, path: Path, document: Document) -> None:
        self._path, self._document = path, document
        for position, text in document.problems[:1]:
            raise theme_error(path, text, "correct that line", position.line)
        if not isinstance(document.data, dict):
            self._refuse((), "no 'key: value' lines", "begin with 'name:' and 'colors:'")
        self.ansi = self.flag("ansi", default=False)

    def keys(self, at: Location, known: Sequence[str], required: Sequence[str] = ()) -> list[str]:
        """Return the keys of a mapping, all of them known and the required ones among them."""
        value = self._at(at)
        if value is None and not required:
            return []
        if not isinstance(value, dict):
            self._refuse(at, f"{_dotted(at)} has no 'key: value' lines", "write one below another")
        for key in value:
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                advice = f"did you mean '{close[0]}'?" if close else "remove it"
                self._refuse((*at, key), f"unknown key '{_dotted((*at, key))}'", advice)
        for key in required:
            if key not in value:
                self._refuse(at, f"'{_dotted((*at, key))}' is missing", "add it")
        return list(value)

    def name(self) -> str:
        """Return the name a person chooses the theme by."""
        name = self._text("name")
        if not _NAME.fullmatch(name):
            advice = "use lower-case letters, digits and hyphens, at most 40"
            self._refuse(("name",), f"'{clean_line(name, 60)}' cannot be a name", advice)
        return name

    def description(self) -> str:
        """Return what the theme is like, in a line; it may be empty."""
        return "" if self._at(("description",)) is None else clean_line(self._text("description"))

    def flag(self, key: str, *, default: bool) -> bool:
        """Return a key that is true or false."""
        value = self._at((key,))
        if value is not None and not isinstance(value, bool):
            self._refuse((key,), f"{key} is neither true nor false", "write true or false")
        return default if value is None else value

    def agents(self) -> tuple[str, ...]:
        """Return the colours of the agents; none where the file has none."""
        value = self._at(("agents",))
        if value is None:
            return ()
        if not isinstance(value, list) or not 1 <= len(value) <= AGENT_COLORS:
            advice = f'write one to {AGENT_COLORS} lines like: - "#8bd8ab"'
            self._refuse(("agents",), "agents is not a list of colours", advice)
        return tuple(self.color("agents", index) for index in range(len(value)))

    def variable(self, key: str) -> str:
        """Return a variable: a colour, or for some the style of text."""
        if not key.endswith("-style"):
            return self.color("variables", key)
        style = self._text("variables", key)
        if not style or not VALID_STYLE_FLAGS.issuperset(style.split(" ")):
            what = f"{_dotted(('variables', key))}: '{clean_line(style, 60)}' is no text style"
            self._refuse(("variables", key), what, "use words such as bold, underline, none")
        return style

    def color(self, *at: str | int) -> str:
        """Return a colour, spelt in a way that Textual reads everywhere."""
        text = self._text(*at)
        shown = f"{_dotted(at)}: '{clean_line(text, 60)}'"
        try:
            color = Color.parse(text)
        except ColorParseError:
            self._refuse(at, f"{shown} is no colour", 'write it like "#1b232c"')
        if color.ansi is not None and not self.ansi:
            self._refuse(at, f"{shown} is a colour of the terminal", "add the line 'ansi: true'")
        # Textual's css does not read every spelling that Color.parse does; this one it reads.
        return color.hex

    def _text(self, *at: str | int) -> str:
        value = self._at(at)
        if value is None:
            # YAML takes an unquoted #1b232c for a comment.
            self._refuse(at, f"{_dotted(at)} is empty", 'a colour needs quotes: "#1b232c"')
        if not isinstance(value, str):
            self._refuse(at, f"{_dotted(at)} is not text", "put the value in quotes")
        return value

    def _at(self, at: Location) -> Any:
        value = self._document.data
        for part in at:
            value = value.get(part) if isinstance(value, dict) else value[part]
        return value

    def _refuse(self, at: Location, reason: str, advice: str) -> NoReturn:
        raise theme_error(self._path, reason, advice, self._document.position(at).line)


def _dotted(at: Location) -> str:
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in at)
    return clean_line("".join(parts).lstrip("."), 80)
