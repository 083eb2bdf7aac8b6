"""The look while it streams: marks become styles, and what only resembles marks stays."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from moa_tui.ui.text import light
from moa_tui.ui.text.wrapping import WrappedText
from tests.ui.text.looks import BASE, HARD_TEXTS, MARKDOWN, STYLES


def parts(text: str, width: int = 40) -> list[list[tuple[str, Style | None]]]:
    """Return every row as (text, style), blanks at the end of the row left out."""
    wrapped = WrappedText(width, text)
    strips = [light.paint(wrapped.line(row), STYLES, width) for row in range(wrapped.height)]
    return [[(part.text, part.style) for part in strip if part.text.strip()] for strip in strips]


def row(text: str) -> list[tuple[str, Style | None]]:
    return parts(text)[-1]


def test_headings() -> None:
    assert row("## Two") == [("Two", STYLES.heading)]
    assert row("# # 1 thing") == [("# 1 thing", STYLES.heading)]
    assert row("#hashtag") == [("#hashtag", BASE)]
    assert row("####### seven") == [("####### seven", BASE)]
    wrapped = parts("# a heading that is wrapped", 12)
    assert wrapped == [[(text, STYLES.heading)] for text in ("a heading", "that is", "wrapped")]


@pytest.mark.parametrize("mark", ["-", "*", "+"])
def test_bullets(mark: str) -> None:
    assert row(f"  {mark} item") == [("  • ", STYLES.marker), ("item", BASE)]


def test_numbers_and_what_is_no_bullet() -> None:
    assert row("12. item") == [("12. ", STYLES.marker), ("item", BASE)]
    assert row("-item") == [("-item", BASE)]
    assert row("3.14 is pi") == [("3.14 is pi", BASE)]


def test_quotes() -> None:
    assert row("> said **he**") == [("> said **he**", STYLES.quote)]


def test_bold_code_and_emphasis() -> None:
    assert row("a **b** `c*d` *e* f") == [
        *(("a ", BASE), ("b", STYLES.strong)),
        *(("c*d", STYLES.code), ("e", STYLES.emphasis), (" f", BASE)),
    ]


LITERAL = (
    *("a **b", "a `b", "a * b * c", "2*3*4", "** a **", "a*", "``", "snake_case_name"),
    *("[bold]", "[/]", "x[0]", "[@click=app.quit]x[/]", "[a=b: c]", "$var", ":smile:", "\\[x]"),
)


@pytest.mark.parametrize("text", LITERAL)
def test_what_is_not_closed_or_only_looks_like_markup_is_literal(text: str) -> None:
    assert row(text) == [(text, BASE)]


def test_code_in_fences_is_code_until_it_is_closed() -> None:
    fenced = parts("```py\n# no heading **x**\n~~~\n- y\n```\n- z")
    assert [styles for _, styles in (part for line in fenced[:5] for part in line)] == (
        [STYLES.code] * 5
    )
    assert fenced[1] == [("# no heading **x**", STYLES.code)]
    assert fenced[5] == [("• ", STYLES.marker), ("z", BASE)]
    assert parts("```\nopen\n\n# end")[3] == [("# end", STYLES.code)]


@settings(deadline=None)
@given(text=HARD_TEXTS | MARKDOWN, width=st.integers(2, 40))
def test_a_row_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    wrapped = WrappedText(width, text)
    for number in range(wrapped.height):
        strip = light.paint(wrapped.line(number), STYLES, width + 1)
        assert sum(part.cell_length for part in strip) == width + 1
        assert all(segment.style is None or not segment.style.link for segment in strip)


@settings(deadline=None)
@given(text=st.text("ab *`#>-1.[]()", max_size=40))
def test_only_marks_are_left_out(text: str) -> None:
    letters = "".join(char for char in text if char in "ab")
    shown = "".join(segment for line in parts(text, 60) for segment, _ in line)
    assert "".join(char for char in shown if char in "ab") == letters
