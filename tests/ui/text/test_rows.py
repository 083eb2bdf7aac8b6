"""Rows of a text: painted once, when they are seen, and again only where they changed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.segment import Segment
from textual.strip import Strip

from moa_tui.ui.text import light
from moa_tui.ui.text.light import LightStyles
from moa_tui.ui.text.rows import TextRows
from moa_tui.ui.text.wrapping import VisualLine
from tests.ui.text.looks import BASE, HARD_TEXTS, STYLES

WIDTH = 20


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The text of every row that was painted."""
    texts: list[str] = []
    paint = light.paint

    def counting(line: VisualLine, styles: LightStyles, width: int) -> list[Segment]:
        texts.append(line.text)
        return paint(line, styles, width)

    monkeypatch.setattr(light, "paint", counting)
    return texts


def rows_with(text: str) -> TextRows:
    rows = TextRows(WIDTH)
    rows.extend(text)
    return rows


def texts(rows: TextRows, width: int = WIDTH) -> list[str]:
    return [rows.strip(row, width, STYLES).text.rstrip() for row in range(len(rows))]


def test_a_row_is_painted_once_and_again_when_it_grows(painted: list[str]) -> None:
    rows = rows_with("one\ntwo")
    assert texts(rows) == texts(rows) == ["one", "two"]
    assert painted == ["one", "two"]
    rows.extend(" more\nthree")
    assert texts(rows) == ["one", "two more", "three"]
    assert painted == ["one", "two", "two more", "three"]


def test_what_is_after_the_end_is_blank() -> None:
    assert rows_with("one").strip(5, WIDTH, STYLES) == Strip.blank(WIDTH, BASE)


def test_new_styles_paint_anew(painted: list[str]) -> None:
    rows = rows_with("one")
    texts(rows)
    rows.repaint()
    texts(rows)
    assert painted == ["one", "one"]


def test_memory_does_not_grow_with_what_was_seen() -> None:
    rows = rows_with("\n".join(str(number) for number in range(2_000)))
    assert texts(rows) == [str(number) for number in range(2_000)]
    assert len(rows._painted) <= 400


@settings(deadline=None)
@given(text=HARD_TEXTS, width=st.integers(2, 40), row=st.integers(0, 20))
def test_a_strip_is_exactly_as_wide_as_asked(text: str, width: int, row: int) -> None:
    rows = TextRows(width)
    rows.extend(text)
    for cells in (width, width + 1, max(1, width - 1)):
        strip = rows.strip(row, cells, STYLES)
        assert strip.cell_length == cells == sum(segment.cell_length for segment in strip)


def test_rewrapping_keeps_the_top_row_through_any_number_of_widths() -> None:
    rows = rows_with("\n".join(f"line {number} " + "word " * 12 for number in range(40)))
    top = next(row for row, text in enumerate(texts(rows)) if text.startswith("line 25"))
    for width in (31, 7, 64, 12, 200, 9, 33, 80):
        top = rows.rewrap(width, top)
        assert rows.strip(top, width, STYLES).text.startswith("line 25")


def test_rewrapping_back_and_forth_does_not_drift() -> None:
    rows = rows_with(" ".join(f"word{number:03}" for number in range(400)))
    top = rows.rewrap(21, 90)
    for width in (33, 170, 12, 47, 200, 21) * 3:
        top = rows.rewrap(width, top)
        assert "word180" in rows.strip(top, width, STYLES).text
    assert top == 90


def test_rewrapping_keeps_the_row_that_was_scrolled_to_since() -> None:
    rows = rows_with("\n".join(f"line {number}" for number in range(40)))
    assert rows.rewrap(5, 20) == 40
    assert rows.rewrap(WIDTH, 11) == 5


def test_rendered_rows_stand_in_for_the_text_until_they_are_taken_away() -> None:
    rows = rows_with("# heading")
    rows.show_rendered([Strip.blank(5, BASE), Strip.blank(5, BASE)])
    assert len(rows) == 2
    assert rows.strip(1, WIDTH, STYLES).cell_length == WIDTH
    assert rows.rewrap(10, 1) == 1
    rows.show_rendered(None)
    assert texts(rows) == ["heading"]


def test_the_plain_text_is_that_of_the_screen() -> None:
    rows = rows_with("# Title\n- **bold** item\n\nend")
    assert rows.plain(0, 99, STYLES) == ["Title", "• bold item", "", "end"]
    assert rows.plain(1, 1, STYLES) == ["• bold item"]
    assert rows.plain(9, 12, STYLES) == []
