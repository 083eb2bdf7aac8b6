"""Counting."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.voting.tally import Tally, count_votes, is_decided


def by_stream(texts: Sequence[str]) -> dict[str, str]:
    return {f"s{number}": text for number, text in enumerate(texts, start=1)}


def tally(*texts: str) -> Tally:
    return count_votes(by_stream(texts))


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


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["30 seconds", "30 minutes", "2 hours"], "1× 30 seconds · 1× 30 minutes · 1× 2 hours"),
        (["5", "5 g", "5 grams", "6"], "3× 5 g · 1× 6"),
        (["5 g", "5", "5 mg"], "1× 5 g · 1× 5 · 1× 5 mg"),
        (["5 g", "5", "5 mg", "5", "5 g"], "2× 5 g · 2× 5 · 1× 5 mg"),
        (["$5", "€5", "5 dollars"], "2× $5 · 1× €5"),
        (["(B)", "B. Paris", "B. London"], "1× (B) · 1× B. Paris · 1× B. London"),
    ],
)
def test_what_names_no_unit_counts_for_the_one_that_is_named(texts: list[str], words: str) -> None:
    assert tally(*(f"Final answer: {text}" for text in texts)).words == words


def test_prose_that_ends_in_different_units_is_no_majority() -> None:
    long = "One has to look at this from several sides before one can say anything at all. " * 3
    ends = (
        "it takes 30 seconds.",
        "it takes 30 minutes.",
        "so on March 5, 2024.",
        "so on May 7, 2024.",
    )
    assert [count.votes for count in tally(*(long + end for end in ends)).counts] == [1] * 4


@given(st.lists(st.sampled_from("abc"), max_size=7), st.integers(0, 4))
def test_decided_means_that_no_rest_can_change_the_winner(votes: list[str], rest: int) -> None:
    words = {"a": "ant", "b": "bee", "c": "cow"}
    counted = tally(*(words[vote] for vote in votes))
    if not counted.decided(rest):
        return
    for other in "abc":
        later = tally(*(words[vote] for vote in [*votes, *other * rest]))
        assert [leader.answer for leader in later.leaders] == [counted.counts[0].answer]


@given(
    st.lists(st.sampled_from(["5", "5 g", "5 mg", "6", "6 m"]), max_size=7),
    st.lists(st.sampled_from(["5", "5 g", "5 mg", "6", "6 m"]), max_size=3),
)
def test_decided_counts_with_units_to_come(votes: list[str], rest: list[str]) -> None:
    if is_decided(by_stream(votes), len(rest)):
        counted = tally(*votes)
        (leader,) = tally(*votes, *rest).leaders
        assert leader.answer[0] == counted.counts[0].answer[0]
        assert set(leader.streams) & set(counted.counts[0].streams)
