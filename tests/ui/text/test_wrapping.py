"""A text in pieces is laid out as it is whole, nothing of it is lost, and appending is cheap."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from moa_tui.ui.text import breaking, wrapping
from moa_tui.ui.text.wrapping import TAB, LogicalLine, VisualLine, WrappedText
from tests.ui.text.looks import HARD_TEXTS

WIDTHS = st.integers(1, 30)


def lines_of(wrapped: WrappedText) -> list[VisualLine]:
    return [wrapped.line(row) for row in range(wrapped.height)]


def texts(wrapped: WrappedText) -> list[str]:
    return [line.text for line in lines_of(wrapped)]


def layout(wrapped: WrappedText) -> list[tuple[str, int, str, str, tuple[int, int]]]:
    return [
        (line.text, line.start, line.source.text, line.source.fence, wrapped.offset_of(row))
        for row, line in enumerate(lines_of(wrapped))
    ]


def sources(wrapped: WrappedText) -> list[LogicalLine]:
    unique = {id(line.source): line.source for line in lines_of(wrapped)}
    return list(unique.values())


@settings(deadline=None)
@given(text=HARD_TEXTS, cuts=st.lists(st.integers(0, 400)), width=WIDTHS)
@example(text="x" * 20 + " y", cuts=[20, 21], width=10)
@example(text="x" * 9 + "❤\ufe0f!", cuts=[10, 11], width=10)
@example(text="ab   " + " " * 30 + "c", cuts=[3, 9, 30], width=4)
def test_pieces_are_laid_out_like_the_whole(text: str, cuts: list[int], width: int) -> None:
    grown = WrappedText(width)
    for start, end in pairwise([0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]):
        grown.append(text[start:end])
    assert layout(grown) == layout(WrappedText(width, text))


@settings(deadline=None)
@given(text=HARD_TEXTS, width=st.integers(2, 30))
def test_no_row_is_wider_than_the_width(text: str, width: int) -> None:
    assert [row for row in texts(WrappedText(width, text)) if cell_len(row) > width] == []


@settings(deadline=None)
@given(text=HARD_TEXTS, width=WIDTHS)
def test_nothing_is_lost(text: str, width: int) -> None:
    wrapped = WrappedText(width, text)
    expanded = text.replace("\t", TAB)
    # A final newline is there, but begins no row yet.
    assert "\n".join(line.text for line in sources(wrapped)) == expanded.removesuffix("\n")
    for line, following in pairwise([*lines_of(wrapped), None]):
        assert line
        same = following and following.source is line.source
        end = following.start if following and same else len(line.source.text)
        assert line.text == line.source.text[line.start : end].rstrip()
        assert line.start < end or not line.source.text


@settings(deadline=None)
@given(text=HARD_TEXTS, width=WIDTHS, other=WIDTHS)
def test_places_survive_another_width(text: str, width: int, other: int) -> None:
    wrapped = WrappedText(width, text)
    again = wrapped.rewrapped(other)
    assert layout(again) == layout(WrappedText(other, text))
    for row in range(wrapped.height):
        place = wrapped.offset_of(row)
        assert wrapped.row_of(place) == row
        here = again.row_of(place)
        # The row that shows it begins at it or before it, and the next one after it.
        assert again.offset_of(here) <= place
        assert here + 1 >= again.height or again.offset_of(here + 1) > place


def test_words_stay_whole_where_they_fit() -> None:
    assert texts(WrappedText(10, "one two three four")) == ["one two", "three four"]
    assert texts(WrappedText(10, "a verylongwordindeed b")) == ["a", "verylongwo", "rdindeed b"]
    assert texts(WrappedText(8, "    indented-word")) == ["    inde", "nted-wor", "d"]


def test_spaces_hang_over_the_edge_and_start_no_row() -> None:
    assert texts(WrappedText(4, "four    five")) == ["four", "five"]
    assert texts(WrappedText(4, "four ")) == ["four"]


def test_cjk_breaks_anywhere_and_emoji_stay_whole() -> None:
    assert texts(WrappedText(6, "说ab你好世界")) == ["说ab你", "好世界"]
    family = "👩\u200d👩\u200d👧"
    assert texts(WrappedText(4, family * 3)) == [family * 2, family]
    pair = "👩\u200d👩\u0301"
    assert texts(WrappedText(4, pair + "abc")) == [pair + "ab", "c"]
    assert texts(WrappedText(4, "abc❤\ufe0f")) == ["abc", "❤\ufe0f"]
    assert texts(WrappedText(3, "ae\u0301ie\u0301o")) == ["ae\u0301i", "e\u0301o"]


def test_an_empty_text_has_no_row_and_a_final_newline_begins_none() -> None:
    heights = {text: WrappedText(9, text).height for text in ("", "\n", "a", "a\n", "a\n\n", "\na")}
    assert heights == {"": 0, "\n": 1, "a": 1, "a\n": 1, "a\n\n": 2, "\na": 2}


FENCES = {
    "closed": ("```py\nx\n```\nafter", ["", "```", "```", ""]),
    "unclosed": ("```\nx\n\ny", ["", "```", "```", "```"]),
    "tildes inside": ("```\n~~~\nx\n```\ny", ["", "```", "```", "```", ""]),
    "backticks inside": ("~~~\n```\nx\n~~~\ny", ["", "~~~", "~~~", "~~~", ""]),
    "shorter inside": ("````\n```\nx\n````\ny", ["", "````", "````", "````", ""]),
    "longer closes": ("```\nx\n`````\ny", ["", "```", "```", ""]),
    "info does not close": ("```\n```py\nx\n```\ny", ["", "```", "```", "```", ""]),
    "in a list": ("1. x\n   ```py\n   y\n   ```\nz", ["", "", "```", "```", ""]),
    "code in a line": ("```x``` is code\ny", ["", ""]),
    "two are none": ("``\ny", ["", ""]),
}


@pytest.mark.parametrize(("text", "fences"), FENCES.values(), ids=FENCES)
def test_fences(text: str, fences: list[str]) -> None:
    assert [line.fence for line in sources(WrappedText(40, text))] == fences


@pytest.fixture
def wrapped_sizes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many characters each call of `wrap` was given."""
    sizes: list[int] = []

    def counting(text: str, width: int) -> list[int]:
        sizes.append(len(text))
        return breaking.wrap(text, width)

    monkeypatch.setattr(wrapping, "wrap", counting)
    return sizes


LONG_LINES = {
    "words": "word ",
    "one word": "wxyz",
    "spaces": "    ",
    "tabs": "\t",
    "cjk": "你好",
    "marks": "e" + "\u0301" * 3,
    "joiners": "\u200d\u200d",
}


@pytest.mark.parametrize("piece", LONG_LINES.values(), ids=LONG_LINES)
def test_a_line_of_50_kilobytes_costs_what_is_appended(
    wrapped_sizes: list[int], piece: str
) -> None:
    width = 60
    wrapped = WrappedText(width)
    for _ in range(50_000 // len(piece)):
        wrapped.append(piece)
    # The last row and the piece: a row of characters without a width is cut at 12 to the cell.
    assert max(wrapped_sizes) <= 12 * width + len(piece) * len(TAB)
    assert wrapped.height > 50


def test_50_000_deltas_wrap_the_last_row_only(wrapped_sizes: list[int]) -> None:
    width = 80
    wrapped = WrappedText(width)
    for number in range(50_000):
        wrapped.append("delta\n" if number % 20 == 0 else "delta ")
    assert max(wrapped_sizes) <= width + len("delta ") + 1
    assert len(wrapped_sizes) <= 50_000 + 2_501
    assert sum(wrapped_sizes) <= 50_000 * (width + 6)
