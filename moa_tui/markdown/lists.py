"""Lists whose sub-items stand less far to the right than CommonMark asks for.

Below `10. Ten`, whose text begins in column 4, models indent by 2 or 3 as they do below `9.`: that
would be a list of its own. What is indented by 2 or more below an item belongs to it.
"""

import re
from dataclasses import dataclass

from moa_tui.markdown.fences import is_end

_ITEM = re.compile(r"(?P<mark>[-*+]|\d{1,9}[.)])(?P<gap> {1,4})(?=\S)")
_FENCE = re.compile(r" *(`{3,}(?=[^`]*$)|~{3,})")
_LEAST = 2
_DEEPEST = 20


@dataclass(slots=True)
class _Item:
    """An item: where its mark stands as it was written, and where its text begins now.

    `shift` is how far what belongs to it is moved; None as long as nothing has come.
    """

    column: int
    content: int
    before: int
    shift: int | None = None


def aligned(text: str) -> str:
    """Return `text` with what belongs to items of lists moved to where their text begins."""
    if not re.search(r"^ *\d{1,9}[.)] ", text, re.MULTILINE):
        return text
    lines: list[str] = []
    items: list[_Item] = []
    fence = ""
    for line in text.split("\n"):
        column = len(line) - len(line.lstrip(" "))
        if len(line) == column:
            lines.append(line)
            continue
        while items and not fence and column < items[-1].column + _LEAST:
            items.pop()
        shift = _shift(items, column)
        lines.append(" " * shift + line)
        if fence:
            fence = "" if is_end(line, fence) else fence
        elif found := _FENCE.match(line):
            fence = found[1]
        elif (item := _ITEM.match(line, column)) and len(items) < _DEEPEST:
            items.append(_Item(column, column + shift + len(item[0]), shift))
    return "\n".join(lines)


def _shift(items: list[_Item], column: int) -> int:
    """Return how far a line that stands at `column` is moved."""
    if not items:
        return 0
    last = items[-1]
    if last.shift is None:
        last.shift = last.before + max(0, last.content - column - last.before)
    return last.shift
