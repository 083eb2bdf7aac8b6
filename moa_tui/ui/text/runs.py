"""Styled text as runs, and its rows: wrapped the same way as while it streamed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from moa_tui.ui.text.breaking import rows
from moa_tui.ui.text.light import LightStyles

Runs = list[Segment]
"""Text in the order it is read; a new line is a character of it."""

Rows = Iterator[Runs | None]
"""Rows as they are made; None where none is ready, but enough was done to give way."""


@dataclass(frozen=True, slots=True)
class Look:
    """What rendered text is painted with."""

    styles: LightStyles
    dark: bool


def width_of(runs: Sequence[Segment]) -> int:
    """Return the cells that `runs` take in one row."""
    return sum(cell_len(segment.text) for segment in runs)


def wrap_runs(runs: Sequence[Segment], width: int) -> Iterator[Runs]:
    """Return the rows of `runs`, each at most `width` cells, without the blanks at its end."""
    index = begins = 0
    for start, end in _bounds("".join(segment.text for segment in runs), width):
        while index < len(runs) and begins + len(runs[index].text) <= start:
            begins += len(runs[index].text)
            index += 1
        yield _between(runs, index, start - begins, end - begins)


def padded(row: Runs, width: int, style: Style) -> Runs:
    """Return `row` with blanks in `style` after it, as far as `width`."""
    missing = width - width_of(row)
    return [*row, Segment(" " * missing, style)] if missing > 0 else row


def _bounds(plain: str, width: int) -> Iterator[tuple[int, int]]:
    offset = 0
    for line in plain.split("\n"):
        for start, end in rows(line, width):
            yield offset + start, offset + start + len(line[start:end].rstrip())
        offset += len(line) + 1


def _between(runs: Sequence[Segment], index: int, start: int, end: int) -> Runs:
    """Return what stands from `start` to `end`, counted from where the run at `index` begins."""
    row: Runs = []
    position = 0
    while position < end:
        text, style, _ = runs[index]
        if part := text[max(0, start - position) : end - position]:
            row.append(Segment(part, style))
        position += len(text)
        index += 1
    return row
