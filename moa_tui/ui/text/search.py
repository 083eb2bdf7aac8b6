"""Finding words in rows as they stand on the screen, also where a row broke between two of them.

Rows that have been looked at are kept: of a text that grows, only what is new is looked at again.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import NamedTuple

_LOOK_BACK = 3
"""Rows before a changed one in which something may begin that goes on in it."""


class Match(NamedTuple):
    """Where something was found: rows and characters in them, the end not included."""

    row: int
    start: int
    end_row: int
    end: int


def pattern(words: str) -> re.Pattern[str] | None:
    """Return what `words` look for: a capital among them tells capitals apart; None for nothing.

    A blank also matches the end of a row, and what indents the next one.
    """
    if not words.strip():
        return None
    # Rows end without blanks, so those around the words cannot be asked for.
    parts = (re.escape(part) for part in words.split())
    return re.compile(r"\s+".join(parts), 0 if any(map(str.isupper, words)) else re.IGNORECASE)


class RowSearch:
    """What is found in a list of rows that changes at its end."""

    def __init__(self, words: str) -> None:
        self.words = words
        self._pattern = pattern(words)
        self._text = ""
        self._starts: list[int] = []
        self._spans: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._spans)

    @property
    def rows(self) -> int:
        """Rows that have been looked at."""
        return len(self._starts)

    def forget(self) -> None:
        """Look at all rows again: they are others now."""
        self._text, self._starts, self._spans = "", [], []

    def look(self, count: int, rows: Callable[[int, int], Sequence[str]]) -> None:
        """Look at what is new among `count` rows; `rows` gives those from one to before another."""
        first = max(0, min(self.rows, count) - 1)  # the last one may have grown
        self._text = self._text[: self._starts[first]] if first < self.rows else self._text
        del self._starts[first:]
        parts, length = [self._text], len(self._text)
        for row in rows(first, count):
            self._starts.append(length)
            parts += [row, "\n"]
            length += len(row) + 1
        self._text = "".join(parts)
        if self._pattern is None:
            return
        begin = self._starts[max(0, first - _LOOK_BACK)] if self._starts else 0
        del self._spans[bisect_left(self._spans, (begin, 0)) :]
        begin = max(begin, self._spans[-1][1] if self._spans else 0)
        self._spans += (match.span() for match in self._pattern.finditer(self._text, begin))

    def match(self, number: int) -> Match:
        """Return what was found as `number`, counted from 0."""
        start, end = self._spans[number]
        row, last = self._row_at(start), self._row_at(end - 1)
        return Match(row, start - self._starts[row], last, end - self._starts[last])

    def first_from(self, row: int) -> int:
        """Return the number of the first match from `row` on; of the very first where none is."""
        if row >= self.rows:
            return 0
        found = bisect_left(self._spans, (self._starts[row], 0))
        return found if found < len(self._spans) else 0

    def in_row(self, row: int) -> list[tuple[int, int, int]]:
        """Return number, first character and end of what is found in `row`, or reaches into it."""
        if not self._spans or row >= self.rows:
            return []
        begin = self._starts[row]
        end = self._starts[row + 1] - 1 if row + 1 < self.rows else len(self._text) - 1
        first = bisect_right(self._spans, begin, key=lambda span: span[1])
        after = bisect_left(self._spans, end, key=lambda span: span[0])
        return [
            (
                number,
                max(0, self._spans[number][0] - begin),
                min(self._spans[number][1], end) - begin,
            )
            for number in range(first, after)
        ]

    def _row_at(self, offset: int) -> int:
        return bisect_right(self._starts, offset) - 1
