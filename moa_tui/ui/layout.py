"""How panes share a room. Pure: cells in, columns and rows out."""

from typing import NamedTuple

MIN_COLUMN = 38
"""Cells below which a column of prose is no pleasure to read."""

MAX_COLUMNS = 4
MIN_ROW = 4
"""Rows of the smallest pane: its frame and two rows of text."""

ROOMY_ROW = 8
"""Rows of a pane that is read with pleasure."""


class Grid(NamedTuple):
    """A grid: its columns and rows; and the rows' heights, over and over, or () for even ones."""

    columns: int
    rows: int
    heights: tuple[int, ...]


def grid(count: int, width: int, height: int) -> Grid:
    """Return a grid for `count` panes in `width` by `height` cells, its rows as even as can be."""
    count = max(1, count)
    most = max(1, min(MAX_COLUMNS, width // MIN_COLUMN))
    rows = -(-count // most)
    columns = -(-count // rows)
    if not 0 < height < rows * MIN_ROW:
        return Grid(columns, rows, ())
    # Too low for all: they are scrolled, and those that are seen fill the height, none of them cut.
    seen = max(1, height // MIN_ROW)
    heights = [height // seen + (row < height % seen) for row in range(seen)]
    return Grid(columns, rows, tuple(max(MIN_ROW, each) for each in heights))


def is_roomy(count: int, width: int, height: int) -> bool:
    """Return whether `count` panes are read with pleasure in `width` by `height` cells."""
    return grid(count, width, height).rows * ROOMY_ROW <= height
