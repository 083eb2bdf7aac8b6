"""Following the end, leaving it, and staying where one reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.text.position import ReadingPosition


def view(rows: int = 100, height: int = 10) -> ReadingPosition:
    return ReadingPosition(rows=rows, height=height)


def test_it_follows_the_end_from_the_start() -> None:
    position = view()
    assert (position.top, position.following, position.below) == (90, True, 0)
    position.rows = 150
    assert (position.top, position.below) == (140, 0)


def test_scrolling_up_lets_go_and_the_top_stays_while_the_text_grows() -> None:
    position = view()
    position.go_to(position.top - 3)
    assert (position.top, position.following, position.below) == (87, False, 3)
    position.rows = 150
    assert (position.top, position.below) == (87, 53)


@pytest.mark.parametrize("top", [140, 141, 1_000])
def test_reaching_the_end_follows_it_again(top: int) -> None:
    position = view(rows=150)
    position.go_to(20)
    position.go_to(top)
    assert position.following
    position.rows = 200
    assert position.top == 190


def test_a_page_down_at_the_end_keeps_following() -> None:
    position = view()
    for _ in range(3):
        position.go_to(position.top + 9)
    assert position.following


def test_no_one_goes_above_the_first_row() -> None:
    position = view()
    position.go_to(-5)
    assert (position.top, position.following) == (0, False)


def test_a_text_that_fits_is_always_followed() -> None:
    position = view(rows=3)
    position.go_to(-1)
    assert (position.top, position.below) == (0, 0)
    position.go_to(0)
    assert position.following


def test_a_large_view_does_not_make_the_reader_follow() -> None:
    position = view()
    position.go_to(40)
    position.height = 200
    position.keep(position.kept)
    assert (position.top, position.following) == (0, False)
    position.height = 10
    assert position.top == 40


@given(rows=st.integers(0, 500), height=st.integers(0, 60), top=st.integers(-10, 600))
def test_the_thumb_stays_within_the_view(rows: int, height: int, top: int) -> None:
    position = ReadingPosition(rows=rows, height=height)
    position.go_to(top)
    thumb = position.thumb()
    assert bool(thumb) == (rows > height > 0)
    assert not thumb or 0 <= thumb.start < thumb.stop <= height
    if thumb and position.following:
        assert thumb.stop == height
    if thumb and position.top == 0:
        assert thumb.start == 0
