"""Where one line of text breaks into rows: between words, and between the wide characters of CJK.

Rows are broken greedily; a word longer than a row is cut. Spaces at the end of a row hang over its
edge, unseen.
"""

from collections.abc import Iterator

from rich.cells import cell_len

_CHARACTERS_PER_CELL = 12
"""More than real scripts and emoji need: a row of characters that take no room ends somewhere."""

_EMOJI_STYLE = "\ufe0f"
_JOINER = "\u200d"


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
    fits, end = start, min(len(text), start + width * _CHARACTERS_PER_CELL)
    beyond = min(end, start + width)
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


def _last_break(text: str, start: int, limit: int) -> int:
    """Return the last place before `limit` where a row may end; `start` where there is none."""
    space = text.rfind(" ", start, limit) + 1
    if text[start : limit + 1].isascii():
        return max(space, start)
    for at in range(limit, max(space, start), -1):
        before, after = cell_len(text[at - 1]), cell_len(text[at])
        if after and max(before, after) == 2 and text[at - 1] != _JOINER:
            return at
    return max(space, start)
