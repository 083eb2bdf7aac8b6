"""What was typed is told from what came from elsewhere, whatever is done to the text."""

from hypothesis import given
from hypothesis import strategies as st

from moa_tui.ui.typed_text import TypedText, Written

# Typed text and pasted text have letters of their own: what is marked can be read off.
edits = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.floats(0, 0.3),
        st.one_of(
            st.tuples(st.just(True), st.sampled_from("abc @")),
            st.tuples(st.just(False), st.text("XYZ@~", max_size=6)),
        ),
    ),
    max_size=40,
)


def typed_part(written: Written) -> str:
    return "".join(written.text[start:end] for start, end in written.typed)


@given(edits)
def test_what_is_typed_is_marked_and_nothing_else(
    edits: list[tuple[float, float, tuple[bool, str]]],
) -> None:
    text, typed = TypedText(), 0
    for where, share, (by_hand, put_in) in edits:
        start = int(where * len(text.text))
        end = min(len(text.text), start + int(share * len(text.text)))
        text.became(text.text[:start] + put_in + text.text[end:], by_hand=by_hand)
        typed += by_hand
    written = text.written
    assert not set(typed_part(written)) & set("XYZ~")
    ats = sum(end - start for start, end in written.typed)
    assert ats <= typed
    if "@" not in text.text:
        assert typed_part(written) == "".join(c for c in written.text if c in "abc ")


@given(st.text("ab", max_size=8), st.text("XY", max_size=8), st.integers(0, 8))
def test_undone_and_done_again_the_marks_are_the_same(mine: str, theirs: str, at: int) -> None:
    text = TypedText()
    for count in range(1, len(mine) + 1):
        text.became(mine[:count], by_hand=True)
    before = text.written
    both = mine[:at] + theirs + mine[at:]
    text.became(both)
    after = text.written
    text.restored(mine)
    assert text.written == before
    text.restored(both)
    assert text.written == after


def test_a_text_that_was_both_typed_and_pasted_counts_as_pasted() -> None:
    text = TypedText()
    text.became("a", by_hand=True)
    text.became("")
    text.became("a")
    text.became("")
    text.restored("a")
    assert text.written == Written("a")


def test_a_question_comes_back_with_what_was_typed_of_it() -> None:
    text = TypedText()
    text.know(Written("see @a.py", ((4, 9),)))
    text.restored("see @a.py")
    assert text.written == Written("see @a.py", ((4, 9),))
    text.restored("something from elsewhere")
    assert text.written.typed == ()


def test_blanks_around_it_are_left_out() -> None:
    text = TypedText()
    text.became("  pasted ")
    text.became("  pasted x ", by_hand=True)
    assert text.written == Written("pasted x", ((7, 8),))


def test_a_long_text_is_no_work() -> None:
    text, long = TypedText(), "word " * 400_000
    text.became(long)
    for _ in range(20):
        text.became(text.text + "x", by_hand=True)
    assert typed_part(text.written) == "x" * 20
