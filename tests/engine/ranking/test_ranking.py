"""Ballots and their count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.ranking.ballots import Ballot, ballot_for, ranking_messages, ranking_schema
from moa_tui.engine.ranking.borda import borda
from tests.engine.scripted import agent


def test_borda_counts_places() -> None:
    ranking = borda(["x", "y", "z"], {"v": ["y", "x", "z"], "w": ["y", "z", "x"]})
    assert [(s.stream, s.points, s.most, s.ballots) for s in ranking.standings] == [
        ("y", 4, 4, 2),
        ("x", 1, 4, 2),
        ("z", 1, 4, 2),
    ]
    assert ranking.voters == 2


def test_nobody_votes_for_themselves_or_twice() -> None:
    ranking = borda(["x", "y", "z"], {"x": ["x", "y", "y", "z", "q"], "y": ["z"], "z": []})
    assert {s.stream: (s.points, s.most) for s in ranking.standings} == {
        "y": (1, 1),
        "x": (0, 0),
        "z": (0, 1),
    }
    assert ranking.voters == 1


@given(st.dictionaries(st.sampled_from("xyzv"), st.lists(st.sampled_from("xyzvw"), max_size=6)))
def test_every_answer_has_a_standing_within_its_limits(ballots: dict[str, list[str]]) -> None:
    standings = borda("xyz", ballots).standings
    assert sorted(s.stream for s in standings) == ["x", "y", "z"]
    assert all(0 <= s.points <= s.most for s in standings)
    assert [s.share for s in standings] == sorted((s.share for s in standings), reverse=True)


BALLOT = Ballot({"A": "s2", "B": "s5", "C": "s1"})


@pytest.mark.parametrize(
    ("text", "ranked"),
    [
        ('{"ranking": ["B", "A", "C"], "why": "C"}', ["s5", "s2", "s1"]),
        ('```json\n{"ranking": ["Answer B", "(A)"]}\n```', ["s5", "s2"]),
        ("I like A, but:\nB > C > A", ["s5", "s1", "s2"]),
        ("1. Answer C\n2. Answer B\n3. Answer A", ["s1", "s5", "s2"]),
        ('{"ranking": ["B", "B", "Z", 3]}', ["s5"]),
        ('{"ranking": "B"}', ["s5"]),
        ("no idea", []),
        ('{"ranking": "B > C > A"}', ["s5", "s1", "s2"]),
        ('{"ranking": ["b", "a"]}', ["s5", "s2"]),
        ('{"ranking": [{"answer": "C", "score": 9}, {"answer": "A", "score": 2}]}', ["s1", "s2"]),
        ('{"ranking": ["A", "B", "A"]}', ["s2", "s5"]),
        ('{"ranking": [["A", "B"], "C"]}', []),
        ('{"ranking": "A = B = C"}', []),
        ('{"ranking": {"A": 1}}', []),
        ('{"ranking": []}', []),
        ("I cannot rank A or B here, because A is no worse.", []),
        ("A good answer. I would say that B is one too.", []),
        ("Worst first: C < B < A", []),
        ("**Final ranking:** Answer B > Answer C, then Answer A.", ["s5", "s1", "s2"]),
        ("A > " * 50_000, ["s2"]),
        ("", []),
    ],
)
def test_a_ballot_is_read(text: str, ranked: list[str]) -> None:
    assert BALLOT.read(text) == ranked


@given(st.text('ABCDE >,.\n(){}[]":ranking', max_size=80))
def test_a_ballot_names_answers_that_are_on_it_once(text: str) -> None:
    ranked = BALLOT.read(text)
    assert len(set(ranked)) == len(ranked)
    assert set(ranked) <= set(BALLOT.letters.values())


def test_each_reviewer_has_an_order_of_their_own() -> None:
    others = [f"s{number}" for number in range(1, 9)]
    orders = {tuple(ballot_for(name, others, 7).letters.values()) for name in "abc"}
    assert len(orders) == 3
    assert ballot_for("a", others, 7) == ballot_for("a", others, 7)


def test_the_prompt_has_letters_and_no_names() -> None:
    texts = {"s1": "one", "s2": "two", "s5": "five"}
    (message,) = ranking_messages(agent("q"), "Why {x}?", BALLOT, texts)
    assert "Answer A:\ntwo\n\nAnswer B:\nfive\n\nAnswer C:\none" in message.content
    assert "Why {x}?" in message.content
    assert '"ranking": ["A", "B", "C"]' in message.content
    assert "Agent" not in message.content
    schema = ranking_schema(BALLOT)
    assert "'enum': ['A', 'B', 'C']" in str(schema)
