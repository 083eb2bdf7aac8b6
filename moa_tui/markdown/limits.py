"""How much of a text is read as Markdown: known before the work begins, and never its square."""

import re

MAX_PARTS = 12_000
"""Lines, cells and marks that are parsed in one go: a part takes about 5 µs, a mark three times."""

MAX_INLINE = 8_000
MAX_MARKS = 1_000
"""Of a paragraph; beyond these it stays as it was written: brackets cost the square of them."""

_LEADING = re.compile(r"^[ \t]*([-+*>#\[\d][-+*>#.)\d \t]*)", re.MULTILINE)
_MARK = re.compile(r">|#+|\[|[-+*](?=\s|$)|\d[.)](?=\s|$)")
_DEEPEST = 20
_MARKS = (*"[]!*_`~<&\\\n", *("$", r"\(", r"\[") * 8)
"""A formula takes as long as several of the others."""


def has_too_many_parts(source: str) -> bool:
    """Whether the blocks of `source` would take too long to find."""
    marks = sum(min(_DEEPEST, len(_MARK.findall(start))) for start in _LEADING.findall(source))
    return source.count("\n") + source.count("|") + 3 * marks > MAX_PARTS


def has_too_many_marks(paragraph: str) -> bool:
    """Whether what is marked in a paragraph would take too long to find."""
    if len(paragraph) > MAX_INLINE:
        return True
    return sum(paragraph.count(mark) for mark in _MARKS) > MAX_MARKS
