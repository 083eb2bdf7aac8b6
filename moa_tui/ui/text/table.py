"""Tables: as wide as their text asks for, and no wider than the pane."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.segment import Segment
from rich.style import Style

from moa_tui.ui.text.runs import Look, Rows, Runs, width_of, wrap_runs

MIN_COLUMN = 4
"""Cells below which a column is no column: such a table stays as it was written."""

_BETWEEN = " │ "


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text, and to which side it goes."""

    runs: Runs
    align: str = ""


def fits(columns: int, width: int) -> bool:
    """Return whether a table of so many columns can be read at `width` cells."""
    return columns * (MIN_COLUMN + len(_BETWEEN)) - len(_BETWEEN) <= width


def table_rows(table: Sequence[Sequence[Cell]], width: int, look: Look) -> Rows:
    """Return the rows of a table, of which the first row is the header."""
    natural = [0] * len(table[0])
    for row in table:
        for column, cell in enumerate(row):
            natural[column] = max(natural[column], _cell_width(cell))
        yield None
    widths = share(natural, width - len(_BETWEEN) * (len(natural) - 1))
    line = look.styles.quote
    for number, row in enumerate(table):
        style = look.styles.strong if number == 0 else Style.null()
        yield from _table_row(row, widths, style, line)
        if number == 0:
            yield [Segment("─┼─".join("─" * cells for cells in widths), line)]


def share(natural: Sequence[int], room: int) -> list[int]:
    """Return widths for columns: what they ask for, or `room` shared so that the narrow keep it."""
    widths = [max(1, cells) for cells in natural]
    left, waiting = room, sorted(range(len(widths)), key=lambda column: widths[column])
    while waiting:
        fair = left // len(waiting)
        column = waiting.pop(0)
        widths[column] = max(1, min(widths[column], fair))
        left -= widths[column]
    return widths


def _table_row(cells: Sequence[Cell], widths: Sequence[int], style: Style, line: Style) -> Rows:
    columns = [
        [_aligned(row, cell.align, width, style) for row in wrap_runs(cell.runs, width)]
        for cell, width in zip(cells, widths, strict=True)
    ]
    blanks = [[Segment(" " * width, style)] for width in widths]
    for parts in zip_longest(*columns):
        row: Runs = []
        for part, blank in zip(parts, blanks, strict=True):
            row += [Segment(_BETWEEN, line)] if row else []
            row += part if part is not None else blank
        yield row


def _aligned(row: Runs, align: str, width: int, style: Style) -> Runs:
    missing = max(0, width - width_of(row))
    before = {"right": missing, "center": missing // 2}.get(align, 0)
    styled = [Segment(segment.text, style + (segment.style or style)) for segment in row]
    edges = Segment(" " * before), Segment(" " * (missing - before))
    return [edges[0], *styled, edges[1]]


def _cell_width(cell: Cell) -> int:
    return max(width_of(row) for row in wrap_runs(cell.runs, 1_000))
