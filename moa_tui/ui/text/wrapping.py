"""Wrapping of a text that grows: only the last visual line is ever wrapped again.

Where a row ends depends on nothing but the text from where it begins, and no row changes once the
next one has begun: so appending costs what is appended, however long the text already is.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from moa_tui.ui.text.breaking import wrap

TAB = "    "
SHORT = 4 * 1024
"""Characters of a text that anything may be done with on the event loop: it takes milliseconds."""

_FENCE = re.compile(r" {0,24}(`{3,}+(?=[^`]*$)|~{3,}+)")


@dataclass(slots=True)
class LogicalLine:
    """A line of the source: its text, and where its visual lines begin.

    `fence` is the mark of the code fence that it stands inside, or is empty; `first` is its first
    visual line's number.
    """

    text: str
    starts: list[int]
    fence: str
    first: int

    @property
    def is_code(self) -> bool:
        """Whether this is a line of code, or the fence around one."""
        return bool(self.fence) or _FENCE.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class VisualLine:
    """A row of the screen: its text, the source line it is part of, and where in it it begins."""

    text: str
    source: LogicalLine
    start: int


class WrappedText:
    """A growing text wrapped to `width` cells."""

    __slots__ = ("_firsts", "_lines", "width")

    def __init__(self, width: int, text: str = "") -> None:
        self.width = max(1, width)
        self._lines = [LogicalLine("", [0], "", 0)]
        self._firsts = [0]
        if text:
            self.append(text)

    @property
    def height(self) -> int:
        """Number of visual lines; a text without any characters has none."""
        last = self._lines[-1]
        # The empty line after a final newline is not there until something is written on it.
        return last.first + (len(last.starts) if last.text else 0)

    def append(self, text: str) -> None:
        """Add `text` at the end."""
        first, *rest = text.replace("\t", TAB).split("\n")
        self._extend_last(first)
        self._begin_lines(rest)

    def line(self, row: int) -> VisualLine:
        """Return visual line number `row`, 0 ≤ row < height."""
        source = self._lines[bisect_right(self._firsts, row) - 1]
        index = row - source.first
        start = source.starts[index]
        end = source.starts[index + 1] if index + 1 < len(source.starts) else len(source.text)
        return VisualLine(source.text[start:end].rstrip(), source, start)

    def offset_of(self, row: int) -> tuple[int, int]:
        """Return the place in the source where visual line `row` begins: line, character."""
        index = max(0, bisect_right(self._firsts, row) - 1)
        source = self._lines[index]
        return index, source.starts[min(row - source.first, len(source.starts) - 1)]

    def row_of(self, offset: tuple[int, int]) -> int:
        """Return the visual line that holds the place `offset` of the source."""
        index, character = offset
        source = self._lines[min(index, len(self._lines) - 1)]
        return source.first + bisect_right(source.starts, character) - 1

    def rewrapped(self, width: int) -> "WrappedText":
        """Return the same text wrapped to another width."""
        wrapped = WrappedText(width)
        wrapped._take_over(self._lines)
        return wrapped

    def _take_over(self, lines: Sequence[LogicalLine]) -> None:
        """Hold `lines`, wrapped to this width; what stands inside a fence is known."""
        first = 0
        self._lines, self._firsts = [], []
        for line in lines:
            fits = len(line.text) <= self.width and line.text.isascii()
            # One that takes one row in either width, and the same one, stays the object it is.
            if not fits or line.first != first or len(line.starts) != 1 or line is lines[-1]:
                line = LogicalLine(line.text, self._wrap(line.text), line.fence, first)  # noqa: PLW2901 - see above
            self._lines.append(line)
            self._firsts.append(first)
            first += len(line.starts)

    def _wrap(self, text: str) -> list[int]:
        # Most lines fit, and a text may be nothing but ends of lines.
        return [0] if len(text) <= self.width and text.isascii() else wrap(text, self.width)

    def _begin_lines(self, texts: Sequence[str]) -> None:
        # In one loop, and with as little as can be in it: a text may be nothing but ends of lines,
        # sixty thousand of them in one read, in every pane.
        last = self._lines[-1]
        joined = "\n".join((last.text, *texts))
        fences = "```" in joined or "~~~" in joined
        lines, firsts, width = self._lines, self._firsts, self.width
        fence, first = last.fence, last.first + len(last.starts)
        for text in texts:
            if fences:
                fence = _fence_after(lines[-1])
            starts = [0] if len(text) <= width and text.isascii() else wrap(text, width)
            lines.append(LogicalLine(text, starts, fence, first))
            firsts.append(first)
            first += len(starts)

    def _extend_last(self, piece: str) -> None:
        if not piece:
            return
        line = self._lines[-1]
        line.text += piece
        start = line.starts.pop()
        line.starts += [start + offset for offset in self._wrap(line.text[start:])]


def _fence_after(line: LogicalLine) -> str:
    """Return the fence that the line after `line` stands inside."""
    maybe = "```" in line.text or "~~~" in line.text
    found = _FENCE.match(line.text) if maybe else None
    if found is None:
        return line.fence
    if not line.fence:
        return found[1]
    # Only a bare fence of the same kind, and no shorter, closes.
    closes = found[1].startswith(line.fence) and not line.text[found.end() :].strip()
    return "" if closes else line.fence
