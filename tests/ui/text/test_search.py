"""Looking for words in rows that grow: nothing found twice, nothing missed, only news looked at."""

import re

from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.text.search import Match, RowSearch

ROWS = ["The quick brown", "  fox jumps over", "the lazy dog", "", "the fox"]


def look(words: str, rows: list[str]) -> RowSearch:
    search = RowSearch(words)
    search.look(len(rows), lambda first, after: rows[first:after])
    return search


def matches(search: RowSearch) -> list[Match]:
    return [search.match(number) for number in range(len(search))]


def test_a_match_may_go_on_in_the_next_row() -> None:
    assert matches(look("brown fox", ROWS)) == [Match(0, 10, 1, 5)]
    search = look("over the", ROWS)
    assert search.in_row(1) == [(0, 12, 16)]
    assert search.in_row(2) == [(0, 0, 3)]


def test_a_capital_asks_for_capitals() -> None:
    assert len(look("the", ROWS)) == 3
    assert matches(look("The", ROWS)) == [Match(0, 0, 0, 3)]
    assert len(look("FOX", ROWS)) == 0


def test_signs_are_no_patterns_and_nothing_finds_nothing() -> None:
    assert len(look("f.x", ROWS)) == 0
    assert len(look("(", ["f(x)"])) == 1
    assert [len(look(words, ROWS)) for words in ("", "  ")] == [0, 0]
    assert look("the", []).in_row(0) == []


def test_the_first_match_is_the_next_one_from_where_the_reader_is() -> None:
    search = look("the", ROWS)
    assert [search.first_from(row) for row in (0, 1, 3, 4, 9)] == [0, 1, 2, 2, 0]


@given(
    rows=st.lists(st.text("ab ", max_size=6).map(str.rstrip), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=4),
    words=st.sampled_from(["a", "ab", "a b", "b a b", "bb"]),
)
def test_rows_that_come_bit_by_bit_give_what_all_at_once_give(
    rows: list[str], cuts: list[int], words: str
) -> None:
    whole, grown = look(words, rows), RowSearch(words)
    asked: list[int] = []

    def give(first: int, after: int) -> list[str]:
        asked.append(after - first)
        return rows[first:after]

    for count in [*sorted(cut for cut in cuts if cut <= len(rows)), len(rows)]:
        grown.look(count, give)
    assert sum(asked) <= len(rows) + len(cuts) + 1
    found = matches(grown)
    # Which of two that overlap counts may differ, where one of them came later.
    if not re.search(r"bbb|b\s+a\s+b\s+a\s+b|(a\s+b){2}", "\n".join(rows)):
        assert found == matches(whole)
    for number, match in enumerate(found):
        assert (number, match.start) in [hit[:2] for hit in grown.in_row(match.row)]
