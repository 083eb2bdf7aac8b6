"""A think block is told apart from the answer, whatever pieces both arrive in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.wire.think_tags import ThinkTagSplitter


def split(*pieces: str) -> tuple[str, str]:
    splitter = ThinkTagSplitter()
    parts = [splitter.split(piece) for piece in pieces] + [splitter.flush()]
    return "".join(reasoning for reasoning, _ in parts), "".join(text for _, text in parts)


@pytest.mark.parametrize(
    ("answer", "reasoning", "text"),
    [
        ("<think>why</think>because", "why", "because"),
        ("<think>why</think>\n\nbecause\n", "why", "because\n"),
        ("\n <think>\nwhy\n</think>\nbecause", "\nwhy\n", "because"),
        ("<think></think>because", "", "because"),
        ("<think>why</think>", "why", ""),
        # The block is not closed: no text, and no reasoning is lost.
        ("<think>why", "why", ""),
        ("<think>why</thi", "why</thi", ""),
        ("<think>1 </ 2 <</think>because", "1 </ 2 <", "because"),
        # Only at the very beginning, and only once.
        ("Use <think>why</think>", "", "Use <think>why</think>"),
        ("<thinking>why</thinking>", "", "<thinking>why</thinking>"),
        ("<think>a</think>b<think>c</think>", "a", "b<think>c</think>"),
        ("</think>because", "", "</think>because"),
        ("<", "", "<"),
        ("<thin", "", "<thin"),
        ("\n\n", "", "\n\n"),
        ("  two spaces", "", "  two spaces"),
        ("", "", ""),
    ],
)
def test_blocks(answer: str, reasoning: str, text: str) -> None:
    assert split(answer) == (reasoning, text)
    assert split(*answer) == (reasoning, text)


_PIECES = st.lists(
    st.sampled_from(["<think>", "</think>", "<thi", "nk>", "</", "think>", "\n", " ", "a", "<"])
    | st.text(max_size=4),
    max_size=12,
)


@given(_PIECES)
def test_any_split_gives_the_same_reasoning_and_text(pieces: list[str]) -> None:
    whole = "".join(pieces)
    assert split(*pieces) == split(whole) == split(*whole)


@given(_PIECES)
def test_without_a_block_nothing_is_changed(pieces: list[str]) -> None:
    whole = "".join(pieces)
    if not whole.lstrip().startswith("<think>"):
        assert split(*pieces) == ("", whole)


@given(st.text(), st.text(alphabet="ab <>/thinkx"), st.integers(1, 5))
def test_a_block_is_taken_out_whole(reasoning: str, text: str, size: int) -> None:
    answer = f"<think>{reasoning}</think>{text}"
    pieces = [answer[i : i + size] for i in range(0, len(answer), size)]
    if "</think>" not in reasoning:
        assert split(*pieces) == (reasoning, text)


def test_an_ordinary_answer_is_not_held_back() -> None:
    splitter = ThinkTagSplitter()
    assert splitter.split("Yes") == ("", "Yes")
    assert splitter.split(" <thi") == ("", " <thi")


def test_reasoning_is_not_held_back_until_its_end() -> None:
    splitter = ThinkTagSplitter()
    assert splitter.split("<think>so") == ("so", "")
    assert splitter.split(" far </") == (" far ", "")
    assert splitter.split("b>") == ("</b>", "")
