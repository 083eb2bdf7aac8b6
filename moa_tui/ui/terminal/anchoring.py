"""Columns that hold whatever a terminal makes of a text: each is addressed after what is in doubt.

How many cells an emoji of several parts or a syllable of Devanagari takes is seen differently by
terminals, by tmux, and by Textual. Whatever stands behind it in its row, such as the line between
two panes, would move or be wiped out. So a row with such a text is blanked, then written, and where
there are blanks enough to take up the difference the cursor is put to where Textual takes it to be.
Words keep the terminal's own distances that way: none is written over another. Rows of one opinion
are written as they come. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category, east_asian_width

from rich.cells import cell_len, get_character_cell_size

_SAFE = (
    "\x00-\u02ff\u0300-\u05ff\u0600-\u06ff\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u27bf"
    "\u2900-\u2bff\u2e80-\u2fdf\u3000-\u30ff\u3100-\u312f\u3190-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\ue000-\uf8ff\ufffd"
)
"""Letters, marks and signs that take one or two cells, or none, wherever they are shown."""

_ODD = re.compile(f"[^{_SAFE}]")
"""What makes a text one of several opinions; what changes the letter before it is among it."""

_EDGES = "│┃║▌▐▏▕╎┆"
_PIECE = re.compile(f" +|[{_EDGES}]|[^ {_EDGES}]+")
_TOKEN = re.compile(
    r"\x1b\[(?P<row>\d{1,5});(?P<column>\d{1,5})H"
    r"|\x1b\[[\d;:]*(?P<style>m)|(?P<other>\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*"
    r"(?:\x07|\x1b\\)?|\x1b.?|[\n\r\b\t]+)"
    r"|(?P<text>[^\x1b\n\r\b\t]+)",
    re.DOTALL,
)
_Row = list[tuple[str, bool]]
"""Parts of a row in their order, and whether each is text; the others are styles."""


def anchored(data: str) -> str:
    """Return `data`, about to be written, with the cursor put right after what is in doubt."""
    if data.isascii() or _ODD.search(data) is None:
        return data
    parts: list[str] = []
    place: tuple[int, int] | None = None
    row: _Row = []

    def end_row() -> None:
        if place:
            parts.extend(_written(row, *place))
        else:
            parts.extend(part for part, _ in row)
        row.clear()

    for token in _TOKEN.finditer(data):
        if token["text"] or token["style"]:
            row.append((token[0], bool(token["text"])))
            continue
        end_row()
        # Where the cursor is after anything else is not known here.
        place = (int(token["row"]), int(token["column"])) if token["row"] else None
        parts.append(token[0])
    end_row()
    return "".join(parts)


def _written(row: _Row, line: int, column: int) -> Iterator[str]:
    """Yield what writes `row` from `column` on, where the cursor is."""
    if not any(is_text and _ODD.search(part) for part, is_text in row):
        yield from (part for part, _ in row)
        return
    yield from (" " * cell_len(part) if is_text else part for part, is_text in row)
    yield f"\x1b[{line};{column}H"
    pieces = list(_pieces(row, column))
    spare: int | None = None  # how far the cursor may be beyond its place; None: it is there
    for number, piece in enumerate(pieces):
        text = piece.text
        if piece.is_style:
            yield text
        elif text in _EDGES:
            yield text if spare is None else f"\x1b[{line};{piece.start}H{text}"
            spare = None
        elif not text.isspace():
            yield text
            if _ODD.search(text):
                spare = (spare or 0) + _spare(text)
        elif spare is not None and len(text) >= spare + (not _is_last(pieces[number + 1 :])):
            yield f"\x1b[{line};{piece.end}H"  # it is blank already
            spare = None
        else:
            yield text
    if spare is not None:
        yield f"\x1b[{line};{pieces[-1].end}H"


class _Piece(NamedTuple):
    """A word, blanks, an edge, or a style, and the columns that it takes."""

    text: str
    start: int
    end: int
    is_style: bool = False


def _pieces(row: _Row, column: int) -> Iterator[_Piece]:
    for part, is_text in row:
        if not is_text:
            yield _Piece(part, column, column, is_style=True)
            continue
        for found in _PIECE.finditer(part):
            start, end = cell_len(part[: found.start()]), cell_len(part[: found.end()])
            yield _Piece(found[0], column + start, column + end)
        column += cell_len(part)


def _is_last(rest: Sequence[_Piece]) -> bool:
    """Whether nothing but an edge follows."""
    following = next((piece.text for piece in rest if not piece.is_style), "│")
    return following in _EDGES


@lru_cache(maxsize=2_048)
def _spare(word: str) -> int:
    """Return how many cells more than Textual says some terminal may use for a word."""
    return max(0, sum(map(_most, word)) - cell_len(word))


def _most(char: str) -> int:
    if "\U0001f000" <= char <= "\U0001faff" or east_asian_width(char) in "WF":
        return 2
    kind = category(char)
    if kind in {"Mc", "Lo"} or char == "\ufe0f":
        return 1
    return get_character_cell_size(char)
