"""How panes share a room. Pure: cells in, columns and rows out."""

from typing import NamedTuple

MIN_COLUMN = 38
"""Cells below which a column of prose is no pleasure to read."""

MAX_COLUMNS = 4
MIN_ROW = 5
"""Rows of the smallest pane: its frame and three rows of text."""


class Grid(NamedTuple):
    """A grid: its columns, its rows, and the height of a row; 0 shares the height evenly."""

    columns: int
    rows: int
    row_height: int


def grid(count: int, width: int, height: int) -> Grid:
    """Return a grid for `count` panes in `width` by `height` cells, its rows as even as can be."""
    count = max(1, count)
    most = max(1, min(MAX_COLUMNS, width // MIN_COLUMN))
    rows = -(-count // most)
    columns = -(-count // rows)
    tight = 0 < height < rows * MIN_ROW
    return Grid(columns, rows, MIN_ROW if tight else 0)
