"""Counting."""

from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.voting.tally import Tally, count_votes


def tally(*texts: str) -> Tally:
    return count_votes({f"s{number}": text for number, text in enumerate(texts, start=1)})


def test_most_votes_first_and_the_earlier_of_equal_ones() -> None:
    counted = tally("Answer: 41", "A: $42", "no idea at all\n\nreally", "42", "41.0", "7")
    assert [(c.answer, c.streams) for c in counted.counts] == [
        ("41", ("s1", "s5")),
        ("$42", ("s2", "s4")),
        ("7", ("s6",)),
    ]
    assert counted.without == ("s3",)
    assert counted.words == "2× 41 · 2× $42 · 1× 7 · 1 without an answer"
    assert [leader.answer for leader in counted.leaders] == ["41", "$42"]


def test_nothing_to_count() -> None:
    assert (tally().leaders, tally().words, tally().decided(0)) == ((), "", False)


@given(st.lists(st.sampled_from("abc"), max_size=7), st.integers(0, 4))
def test_decided_means_that_no_rest_can_change_the_winner(votes: list[str], rest: int) -> None:
    words = {"a": "ant", "b": "bee", "c": "cow"}
    counted = tally(*(words[vote] for vote in votes))
    if not counted.decided(rest):
        return
    for other in "abc":
        later = tally(*(words[vote] for vote in [*votes, *other * rest]))
        assert [leader.answer for leader in later.leaders] == [counted.counts[0].answer]
