"""Panes share a room: none too small to read, rows as even as can be."""

import pytest

from moa_tui.ui.layout import MAX_COLUMNS, MIN_COLUMN, MIN_ROW, grid, is_roomy

ROOMS = [(200, 50), (120, 40), (120, 30), (120, 16), (80, 24), (30, 10), (1, 1), (0, 0)]


@pytest.mark.parametrize(("width", "height"), ROOMS)
def test_every_pane_has_a_place_and_room_to_be_read(width: int, height: int) -> None:
    for count in range(1, 17):
        columns, rows, heights = grid(count, width, height)
        assert columns * rows >= count > columns * (rows - 1)
        assert 1 <= columns <= MAX_COLUMNS
        assert columns == 1 or width // columns >= MIN_COLUMN
        if heights:
            # Too low for all: the grid scrolls, and no pane is cut.
            assert height < rows * MIN_ROW
            assert min(heights) >= MIN_ROW
            assert sum(heights) == max(height, MIN_ROW)
        else:
            assert height == 0 or height // rows >= MIN_ROW


@pytest.mark.parametrize(
    ("count", "expected"),
    [(1, (1, 1)), (3, (3, 1)), (4, (4, 1)), (5, (3, 2)), (6, (3, 2)), (7, (4, 2)), (9, (3, 3))],
)
def test_rows_are_even(count: int, expected: tuple[int, int]) -> None:
    assert grid(count, 200, 50)[:2] == expected


def test_no_pane_at_all_is_a_grid_of_one() -> None:
    assert grid(0, 80, 24) == (1, 1, ())


def test_two_layers_are_shown_together_where_both_can_be_read() -> None:
    assert is_roomy(12, 120, 44)
    assert not is_roomy(12, 120, 20)
