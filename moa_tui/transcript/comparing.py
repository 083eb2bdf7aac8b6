"""What is different between two answers: by lines, and by words where lines are alike. Pure.

difflib's time grows with the pairs that are the same on both sides, over and over: what is there
most often, such as blank lines, is not looked for once there are too many of them.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

LONGEST = 60_000
"""Characters of an answer that are compared."""

MOST_LINES = 1_500
_MOST_WORDS = 600
_MOST_PAIRS = 20_000
_MOST_PAIRS_OF_WORDS = 2_000
_ALIKE = 0.35
"""Share of words from which two lines count as one that was changed."""

_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line of the difference: mark ` `, `-` (only left) or `+` (only right), and its parts.

    A part is a text, and whether it is what makes the line different.
    """

    mark: str
    parts: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        """The line without its mark."""
        return "".join(text for text, _ in self.parts)


@dataclass(frozen=True, slots=True)
class Difference:
    """The lines of both answers, and how much of their words is the same, from 0 to 1.

    `cut` says that what is beyond the limits was not compared.
    """

    lines: tuple[DiffLine, ...]
    same: float
    cut: bool = False


def difference(left: str, right: str) -> Difference:
    """Return what has to be changed in `left` to get `right`."""
    (first, cut_left), (second, cut_right) = _bounded(left), _bounded(right)
    before, after = _around(first, second)
    lines = [DiffLine(" ", ((text, False),)) for text in first[:before]]
    shared_end = first[len(first) - after :]
    first, second = first[before : len(first) - after], second[before : len(second) - after]
    matcher = _matcher(first, second, _MOST_PAIRS)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            lines += [DiffLine(" ", ((text, False),)) for text in first[a:b]]
        else:
            lines += _changed(first[a:b], second[c:d])
    lines += [DiffLine(" ", ((text, False),)) for text in shared_end]
    return Difference(tuple(lines), _share_of_same(lines), cut_left or cut_right)


def _around(first: Sequence[str], second: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are the same at the beginning, and how many at the end."""
    fewer = min(len(first), len(second))
    before = next((n for n in range(fewer) if first[n] != second[n]), fewer)
    rest = range(1, fewer - before + 1)
    after = next((n - 1 for n in rest if first[-n] != second[-n]), fewer - before)
    return before, after


def _matcher(
    first: Sequence[str], second: Sequence[str], most: int
) -> difflib.SequenceMatcher[str]:
    """Return what finds the same parts, beginning with none of what would make too many pairs."""
    there = Counter(second)
    pairs = {part: count * there[part] for part, count in Counter(first).items() if part in there}
    total = sum(pairs.values())
    often: set[str] = set()
    for part in sorted(pairs, key=lambda part: -pairs[part]):
        if total <= most:
            break
        often.add(part)
        total -= pairs[part]
    return difflib.SequenceMatcher(often.__contains__, first, second, autojunk=False)


def _bounded(text: str) -> tuple[list[str], bool]:
    lines = text[:LONGEST].splitlines()
    return lines[:MOST_LINES], len(text) > LONGEST or len(lines) > MOST_LINES


def _changed(left: Sequence[str], right: Sequence[str]) -> Iterator[DiffLine]:
    """Pair the lines of a passage in order: whatever is not alike is taken out, or put in."""
    for old, new in zip_longest(left, right):
        if old is not None and new is not None and (parts := _by_words(old, new)):
            yield DiffLine("-", parts[0])
            yield DiffLine("+", parts[1])
            continue
        if old is not None:
            yield DiffLine("-", ((old, False),))
        if new is not None:
            yield DiffLine("+", ((new, False),))


_Parts = tuple[tuple[str, bool], ...]


def _by_words(old: str, new: str) -> tuple[_Parts, _Parts] | None:
    """Return both lines with what is different in them; None where they have little in common."""
    first, second = _WORD.findall(old), _WORD.findall(new)
    if max(len(first), len(second)) > _MOST_WORDS:
        return None
    if _likeness(first, second) < _ALIKE:
        return None
    matcher = _matcher(first, second, _MOST_PAIRS_OF_WORDS)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        for parts, words in ((left, first[a:b]), (right, second[c:d])):
            if words:
                parts.append(("".join(words), kind != "equal"))
    return tuple(left), tuple(right)


def _likeness(first: Sequence[str], second: Sequence[str]) -> float:
    """Return the share of words that are in both, in whatever order; spaces are no words."""
    old, new = ([word for word in words if not word.isspace()] for words in (first, second))
    return difflib.SequenceMatcher(None, old, new, autojunk=False).quick_ratio()


def _share_of_same(lines: Sequence[DiffLine]) -> float:
    """Return the share of characters, of both answers together, that are in both."""
    total = same = 0
    for line in lines:
        words_differ = any(differs for _, differs in line.parts)
        for text, differs in line.parts:
            twice = 2 if line.mark == " " else 1
            total += twice * len(text)
            if line.mark == " " or (words_differ and not differs):
                same += twice * len(text)
    return same / total if total else 1.0
