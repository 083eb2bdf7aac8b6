"""Characters that look like YAML's own and are not: named where they stand.

They come with text that was copied from a page or a chat, or typed on another keyboard. To YAML a
no-break space is a letter, so what it says about the line is of no help.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from moa_tui.roster.document import Document, Location, Position, Problem

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_UNSEEN = "\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_QUOTES = "\u2018-\u201f\u2039\u203a\u00ab\u00bb\uff02\uff07\u301d-\u301f\u0060\u00b4"
_DASHES = "\u2010-\u2015\u2212\u2022\u00b7\u2043\uff0d\ufe58\ufe63\u30fb"
_COLONS = "\uff1a\ufe55\ua789\u2236\ufe13"
_OTHERS = "\uff0c\u3001\ufe50\uff3b\uff3d\uff5b\uff5d\uff03"

_NAMES = {"\u00a0": "a no-break space", "\ufeff": "a byte order mark", "\t": "a tab"}
_ADVICE = (
    (re.compile(f"[{_SPACES}]"), "use ordinary spaces"),
    (re.compile("\t"), "indent with ordinary spaces"),
    (re.compile(f"[{_UNSEEN}]"), "it cannot be seen; remove it"),
    (re.compile(f"[{_QUOTES}]"), "use straight quotes, \" or '"),
    (re.compile(f"[{_DASHES}]"), "begin entries of a list with '- '"),
    (re.compile(f"[{_COLONS}]"), "use ':' and a space"),
    (re.compile(f"[{_OTHERS}]"), "use the ASCII character that it looks like"),
)

_BLANK = rf"[\s{_UNSEEN}]"
_ODD_BLANK = f"[{_SPACES}{_UNSEEN}]"
_KEY = r"[\w.-]+|\"[^\"]*\"|'[^']*'"
_STRUCTURE = re.compile(
    # In the indentation, or between it and the first word.
    rf"^(?:[ \t-]*)(?P<indent>{_ODD_BLANK})"
    rf"|^[ ]*(?P<dash>[{_DASHES}]){_BLANK}+\S"
    rf"|^[ ]*(?:-[ ]+)*(?P<quoted>[{_QUOTES}])[^:]*[:{_COLONS}]"
    rf"|^[ ]*(?:-[ ]+)*(?:{_KEY}){_BLANK}*(?P<colon>[{_COLONS}])"
    rf"|^[ ]*(?:-[ ]+)*(?:{_KEY})[ ]*(?P<before>{_ODD_BLANK}){_BLANK}*:"
    rf"|^[ ]*(?:-[ ]+)*(?:{_KEY})[ ]*:[ ]*(?P<after>{_ODD_BLANK})"
)
"""What changes the structure of a file wherever it stands."""

_ANYWHERE = re.compile(
    rf"^[ ]*(?P<tab>\t)|[{_SPACES}{_QUOTES.replace(chr(0x60), '')}{_COLONS}{_OTHERS}]"
)
_BLOCK = re.compile(r"(?:^|[:\-]\s+|:)[|>][+\-0-9]*\s*(?:#.*)?$")

_PROSE = frozenset({"system_prompt", "system", "expertise", "description", "prompts", "stop"})
_ODD_VALUE = re.compile(rf"^[{_QUOTES}]|[{_SPACES}]")


def name_lookalikes(document: Document, text: str) -> None:
    """Say what may be behind the problems of `document`, which is read from `text`.

    Where the structure itself is wrong, what else was said of the file comes of that, and is left
    out; on a line with a problem a lookalike is told beside it.
    """
    if not document.problems:
        return
    lines = list(enumerate(text.splitlines(), start=1))
    found = [problem for number, line in _outside_blocks(lines) for problem in _in(number, line)]
    if found:
        document.problems[:] = found
        return
    wrong = {problem.position.line for problem in document.problems}
    for number, line in lines:
        if number in wrong and (match := _ANYWHERE.search(line)):
            document.problems.append(_problem(number, match.end() - 1, line))


def report_odd_values(document: Document) -> None:
    """Report names and the like that are in curly quotes, or have an odd space in them.

    In straight quotes they are meant: somebody has written them as they are.
    """
    for location, value in _texts(document.data, ()):
        match = _ODD_VALUE.search(value) if location in document.unquoted else None
        if match and _PROSE.isdisjoint(location):
            document.report(location, _words(match[0]))


def _outside_blocks(lines: list[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the lines that are structure: no comments, and nothing of a text after `|` or `>`."""
    block: int | None = None
    for number, line in lines:
        indent = len(line) - len(line.lstrip(" "))
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if block is not None and indent > block:
            continue
        block = indent if _BLOCK.search(line) else None
        yield number, line


def _in(number: int, line: str) -> Iterator[Problem]:
    if match := _STRUCTURE.search(line):
        kind = match.lastgroup
        assert kind
        yield _problem(number, match.start(kind), line)


def _problem(number: int, at: int, line: str) -> Problem:
    return Problem(Position(number, at + 1), _words(line[at]))


def _words(char: str) -> str:
    name = _NAMES.get(char) or _named(char)
    advice = next(words for pattern, words in _ADVICE if pattern.match(char))
    return f"{name} (U+{ord(char):04X}) stands here: {advice}"


def _named(char: str) -> str:
    name = unicodedata.name(char, "character").lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _texts(data: Any, at: Location) -> Iterator[tuple[Location, str]]:
    match data:
        case str():
            yield at, data
        case list():
            for index, item in enumerate(data):
                yield from _texts(item, (*at, index))
        case dict():
            for key, item in data.items():
                yield from _texts(item, (*at, key))
