"""Differences of answers: nothing is lost, whatever is compared, and it stays within limits."""

from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.transcript.comparing import LONGEST, MOST_LINES, DiffLine, difference

LINES = st.lists(st.text("ab c.é", max_size=8), max_size=6)


@settings(max_examples=100, deadline=None)
@given(LINES, LINES)
def test_both_answers_can_be_read_from_it(left: list[str], right: list[str]) -> None:
    found = difference("\n".join(left), "\n".join(right))
    kept = [line.text for line in found.lines if line.mark != "+"]
    new = [line.text for line in found.lines if line.mark != "-"]
    assert kept == "\n".join(left).splitlines()
    assert new == "\n".join(right).splitlines()
    assert 0 <= found.same <= 1


def test_changed_words_are_marked_within_their_line() -> None:
    found = difference("same\nthe quick brown fox", "same\nthe quick red fox\nmore")
    assert found.lines == (
        DiffLine(" ", (("same", False),)),
        DiffLine("-", (("the quick ", False), ("brown", True), (" fox", False))),
        DiffLine("+", (("the quick ", False), ("red", True), (" fox", False))),
        DiffLine("+", (("more", False),)),
    )


def test_lines_with_little_in_common_are_whole() -> None:
    found = difference("alpha beta gamma", "one two three")
    assert [(line.mark, line.parts) for line in found.lines] == [
        ("-", (("alpha beta gamma", False),)),
        ("+", (("one two three", False),)),
    ]


def test_equal_answers_are_all_the_same() -> None:
    assert difference("a\nb", "a\nb").same == 1.0
    assert difference("", "").same == 1.0
    assert difference("abc", "xyz").same == 0.0


def test_it_is_bounded_and_says_so() -> None:
    assert difference("x" * (LONGEST + 1), "y").cut
    found = difference("\n" * (MOST_LINES + 5), "a")
    assert found.cut
    assert len(found.lines) <= MOST_LINES + 1
