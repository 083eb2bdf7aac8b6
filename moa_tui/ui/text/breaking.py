"""Where one line of text breaks into rows: between words, and between the wide characters of CJK.

Rows are broken greedily; a word longer than a row is cut. Spaces at the end of a row hang over its
edge, unseen.
"""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate
from unicodedata import category

from rich.cells import cell_len, get_character_cell_size

_CHARACTERS_PER_CELL = 12
"""More than real scripts and emoji need: a row of characters that take no room ends somewhere."""

_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_SKIN_TONES = frozenset(map(chr, range(0x1F3FB, 0x1F400)))


class _Sizes(dict[str, int]):
    """Cells that characters take at most, of as many as real texts are made of.

    Terminals disagree on what is put together from several: what some draw onto the character
    before it takes cells of its own in others. A row has room for either.
    """

    def __missing__(self, character: str) -> int:
        size = get_character_cell_size(character)
        if character in _SKIN_TONES:
            size = 2
        elif not size and category(character) == "Mc":
            size = 1
        if len(self) < _REMEMBERED:
            self[character] = size
        return size


_REMEMBERED = 20_000
_SIZES = _Sizes()


def wrap(text: str, width: int) -> list[int]:
    """Return where the rows of one line of text begin; each takes at most `width` cells."""
    return [start for start, _ in rows(text, width)]


def rows(text: str, width: int) -> Iterator[tuple[int, int]]:
    """Return where each row of one line of text begins and ends, as they are asked for."""
    start, end = 0, _end_of_row(text, 0, width)
    yield start, end
    while end < len(text):
        start, end = end, _end_of_row(text, end, width)
        yield start, end


def _end_of_row(text: str, start: int, width: int) -> int:
    """Return where the row ends that begins at `start`, its hanging spaces included."""
    limit = _fitting(text, start, width)
    if limit == len(text):
        return limit
    if text[limit] == " ":
        # As many as fill one more row hang here; endless spaces must not be one endless row.
        last = min(len(text), limit + width)
        return next((at for at in range(limit, last) if text[at] != " "), last)
    cut = _last_break(text, start, limit)
    return limit if text[start:cut].isspace() or cut == start else cut


def _fitting(text: str, start: int, width: int) -> int:
    """Return the end of the longest part of `text` from `start` that fits into `width` cells."""
    if text[start : start + width + 1].isascii():
        return min(len(text), start + width)
    end = min(len(text), start + width * _CHARACTERS_PER_CELL)
    part = text[start:end]
    if _JOINER in part or _EMOJI_STYLE in part:
        return _fitting_emoji(text, start, end, width)
    at, room = start, width
    while at < end:
        # As many as may fit at a time, were they wide: few rows have all that they might.
        sums = list(accumulate(map(_SIZES.__getitem__, text[at : min(end, at + room // 2 + 8)])))
        if sums[-1] > room:
            return _whole(text, start, max(at + bisect_right(sums, room), start + 1))
        at, room = at + len(sums), room - sums[-1]
    return end


def _fitting_emoji(text: str, start: int, end: int, width: int) -> int:
    """Return the same for a text whose characters may take more or less cells together."""
    fits, beyond = start, min(end, start + width)
    while cell_len(text[start:beyond]) <= width:
        if beyond == end:
            return end
        fits, beyond = beyond, min(end, beyond + width)
    fits = max(fits, start + 1)
    while beyond - fits > 1:
        middle = (fits + beyond) // 2
        if cell_len(text[start:middle]) <= width:
            fits = middle
        else:
            beyond = middle
    # A character and the mark that makes an emoji of it stay together.
    alone = text[fits : fits + 1] == _EMOJI_STYLE and fits - 1 > start
    return fits - 1 if alone else fits


def _whole(text: str, start: int, cut: int) -> int:
    """Return the last place up to `cut` where no emoji is cut in two; `cut` where there is none."""
    for at in range(cut, start, -1):
        if at == len(text) or not _belongs(text[at - 1], text[at]):
            return at
    return cut


def _belongs(before: str, after: str) -> bool:
    """Whether two characters are parts of one that is drawn."""
    return before == _JOINER or after in {_JOINER, _EMOJI_STYLE} or after in _SKIN_TONES


def _last_break(text: str, start: int, limit: int) -> int:
    """Return the last place before `limit` where a row may end; `start` where there is none."""
    if _may_break(text[limit - 1], text[limit]):
        return limit
    after_space = max(text.rfind(" ", start, limit) + 1, start)
    part = text[after_space : limit + 1]
    if not part.isascii() and 2 in map(_SIZES.__getitem__, part):
        for at in range(len(part) - 2, 0, -1):
            if _may_break(part[at - 1], part[at]):
                return after_space + at
    return after_space


def _may_break(before: str, after: str) -> bool:
    """Whether a row may end between two characters: beside a wide one, and not within an emoji."""
    sizes = _SIZES[before], _SIZES[after]
    return sizes[1] > 0 and 2 in sizes and not _belongs(before, after)
