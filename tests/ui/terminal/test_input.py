"""Nothing of a paste is a key, and nothing of an answer or of a broken sequence is one either."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from moa_tui.ui.terminal.input import (
    GIVEN_UP,
    MOST_AT_ONCE,
    PASTE_BEGINS,
    PASTE_ENDS,
    QUIET,
    STALLED,
    UNMARKED,
    Bursts,
    InputReader,
    Pasted,
    Token,
    Typed,
)
from moa_tui.ui.terminal.sequences import ESC
from moa_tui.ui.terminal.sequences import Sequence as Control

HOSTILE = [
    *("a", "é", "𝄞", "\r", "\n", "\t", "\x03", "\x11", "\x00", "\x7f", "\x9b", ESC, "[", "O", "]"),
    *("\x1b[m", "\x1b[A", "\x1b[13u", "\x1b[113;5u", "\x1b[200~", "\x1b[201", "\x1b[20", "\x1bOP"),
    *(
        "\x1b]11;rgb:1/1/1\x07",
        "\x1b]52;c;",
        "\x1bP>|x",
        "\x1b\\",
        "\x1b_G",
        "\x1b[<0;1;1M",
        "\x1b[M",
    ),
    *("@~/.ssh/id_rsa", "explain ", "\x1b[I", "\x1b[0n", "\x1b[48;9;9;9;9t", "\x1b[27;5;113~"),
]
STATES = [
    "",
    "hi",
    ESC,
    "\x1b[",
    "\x1b[1;",
    "\x1b]11;rgb:",
    "\x1bP>|",
    "\x1bO",
    "\x1b[M",
    "\x1b[M ",
    "\x1b]",
]
pasted_texts = st.lists(st.sampled_from(HOSTILE), max_size=30).map("".join)


def pieces(text: str, cuts: Iterable[int]) -> list[str]:
    edges = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    return [text[start:end] for start, end in pairwise(edges)]


def read(reads: Sequence[str], reader: InputReader | None = None, gap: float = 0.0) -> list[Token]:
    """Return what all `reads` say, `gap` seconds apart, with the time that passes behind them."""
    reader, now, tokens = reader or InputReader(), 100.0, []
    for text in reads:
        wait = reader.wait(now)
        if wait is not None and wait < gap:
            tokens += reader.tick(now + wait)
        now += gap
        tokens += reader.feed(text, now)
    for _ in range(4):
        if (wait := reader.wait(now)) is not None:
            now += wait
            tokens += reader.tick(now)
    return tokens


def without_end(text: str) -> str:
    """Return `text` as a terminal pastes it that takes the mark of the end out."""
    while PASTE_ENDS in text:
        text = text.replace(PASTE_ENDS, "")
    return text


def text_of(tokens: Iterable[Token]) -> str:
    return "".join(token.text for token in tokens if isinstance(token, Pasted))


@given(st.sampled_from(STATES), pasted_texts, st.lists(st.integers(0, 300)))
@example("", "x \x1b[m explain @~/.ssh/id_rsa please\rthe rest", [])
@example("", "\x1b[m\x11", [7])
def test_no_part_of_a_paste_is_a_key(state: str, pasted: str, cuts: list[int]) -> None:
    pasted = without_end(pasted)
    before = read([state])
    tokens = read(pieces(f"{state}{PASTE_BEGINS}{pasted}{PASTE_ENDS}", cuts))
    keys = [token for token in tokens if not isinstance(token, Pasted)]
    assert all(token in before for token in keys), "only what was typed before it"
    assert text_of(tokens) == pasted.replace(PASTE_BEGINS, "")


@given(pasted_texts, pasted_texts, st.lists(st.integers(0, 300)))
def test_what_follows_the_end_at_once_is_no_key(pasted: str, behind: str, cuts: list[int]) -> None:
    tokens = read(pieces(f"{PASTE_BEGINS}{pasted}{PASTE_ENDS}{behind}{PASTE_ENDS}", cuts))
    reports = re.compile(r"\x1b\[(?:[IO]|0n|48;9;9;9;9t)")
    assert all(
        isinstance(t, Pasted) or reports.fullmatch(t.text)
        for t in tokens
        if not isinstance(t, Typed)
    )
    assert not any(isinstance(token, Typed) for token in tokens)


@given(pasted_texts, st.lists(st.integers(0, 300)))
def test_a_paste_without_an_end_is_handed_on(pasted: str, cuts: list[int]) -> None:
    pasted = without_end(pasted)
    tokens = read(pieces(PASTE_BEGINS + pasted, cuts))
    assert all(isinstance(token, Pasted) for token in tokens)
    held = next((n for n in range(5, 0, -1) if pasted.endswith(PASTE_ENDS[:n])), 0)
    whole = pasted[: len(pasted) - held].replace(PASTE_BEGINS, "")
    assert text_of(tokens) == whole


def test_a_paste_without_an_end_does_not_take_the_keys_for_ever() -> None:
    reader = InputReader()
    assert reader.feed(f"{PASTE_BEGINS}half", 0.0) == []
    assert reader.tick(STALLED) == [Pasted("half")]
    reader.feed("\x11", 2.0)
    reader.feed("\x11", 4.0)
    assert reader.tick(GIVEN_UP) == [Pasted("\x11\x11")]
    assert reader.feed("\x11", GIVEN_UP + 1) == [Typed("\x11")]


def test_a_link_that_stalls_in_a_paste_makes_no_keys() -> None:
    text = f"{PASTE_BEGINS}one\rtwo\r" + "three\r" * 10
    reader = InputReader()
    tokens = reader.feed(text[:20], 0.0) + reader.tick(STALLED)
    tokens += reader.feed(text[20:] + PASTE_ENDS, STALLED + 3)
    tokens += reader.tick(STALLED + 4)
    assert "".join(text_of([token]) for token in tokens) == text[len(PASTE_BEGINS) :]


def test_typing_goes_on_right_after_a_paste() -> None:
    reader = InputReader()
    reader.feed(f"{PASTE_BEGINS}x{PASTE_ENDS}", 0.0)
    assert reader.wait(0.0) == QUIET
    assert reader.tick(QUIET) == [Pasted("x")]
    assert reader.feed("\r", QUIET + 0.01) == [Typed("\r")]


def test_the_moving_mouse_does_not_hold_a_paste_back() -> None:
    reader, tokens = InputReader(), []
    for step in range(10):
        text = f"{PASTE_BEGINS}x{PASTE_ENDS}" if not step else "\x1b[<35;4;5M"
        tokens += reader.feed(text, step * QUIET * 0.8)
    assert Pasted("x") in tokens


def test_a_long_paste_comes_in_pieces_and_in_order() -> None:
    text = "".join(map(str, range(200_000)))
    tokens = read(pieces(PASTE_BEGINS + text + PASTE_ENDS, range(0, len(text) + 20, 4096)))
    assert text_of(tokens) == text
    assert max(len(t.text) for t in tokens if isinstance(t, Pasted)) < 2 * MOST_AT_ONCE


@pytest.mark.parametrize(
    ("run", "bursts", "is_paste"),
    [
        ("first line\rsecond\r", None, True),
        ("first\rsecond", None, True),
        ("a question\r", None, False),
        ("a\rb", None, False),
        ("word " * 60, None, True),
        ("word " * 8 + "\r", None, False),
        ("word " * 8 + "\r", UNMARKED, True),
        ("hello\r", UNMARKED, False),
    ],
)
def test_several_lines_at_once_are_a_paste_without_marks(
    run: str, bursts: Bursts | None, is_paste: bool
) -> None:
    tokens = read([run], InputReader(bursts))
    assert tokens == ([Pasted(run)] if is_paste else [Typed(c) for c in run])


def test_the_rest_of_a_paste_without_marks_is_one_too() -> None:
    assert read(["one line\rand the next", " end\r"]) == [Pasted("one line\rand the next end\r")]


ANSWERS = [
    "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "\x1b]11;rgb:ffff/ffff/ffff\x07",
    "\x1bP>|foot(1.16)\x1b\\",
    "\x1b_Gi=1;OK\x1b\\",
    "\x1b^privacy\x1b\\",
    "\x1b]52;c;aGk=\x07",
]


@given(st.sampled_from(ANSWERS), st.lists(st.integers(0, 40)), st.sampled_from([0.0, 0.35]))
def test_answers_are_never_keys(answer: str, cuts: list[int], gap: float) -> None:
    reads = pieces(f"{answer}", cuts)
    tokens = read(["a", *reads, "z"], InputReader(answers_until=200.0), gap)
    assert tokens == [Typed("a"), Typed("z")]


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 12])
def test_an_answer_that_comes_late_and_in_two_is_at_most_the_key_of_its_first_byte(
    cut: int,
) -> None:
    answer = ANSWERS[0]
    tokens = read([answer[:cut], answer[cut:], "z"], gap=0.6)
    assert [t for t in tokens if t != Typed(ESC)] == [Typed("z")]


def test_an_answer_without_an_end_does_not_take_the_keys_for_ever() -> None:
    assert read(["\x1b]11;rgb:ff", "\r", "q"]) == [Typed("\r"), Typed("q")]
    assert read(["\x1b]11;rgb:ff", "q"], gap=3.0) == [Typed("q")]
    assert read(["\x1b]11;rgb:ff", "\x1b[A"]) == [Control("\x1b[A")]


def test_escape_is_a_key_when_nothing_follows_it() -> None:
    assert read([ESC]) == [Typed(ESC)]
    assert read([ESC, "[A"], gap=0.01) == [Control("\x1b[A")]
    assert read([ESC, "x"], gap=0.3) == [Typed(ESC), Typed("x")]
    assert read(["\x1b\x1b[A"]) == [Typed(ESC), Control("\x1b[A")]


@given(
    st.lists(st.sampled_from(HOSTILE + STATES), max_size=40).map("".join),
    st.lists(st.integers(0, 200)),
)
def test_how_it_is_split_makes_no_difference(text: str, cuts: list[int]) -> None:
    text = text.replace(PASTE_BEGINS, "")
    bursts = Bursts(lines=10**9, line=10**9)
    assert read(pieces(text, cuts), InputReader(bursts)) == read([text], InputReader(bursts))


@pytest.mark.parametrize(
    "flood",
    ["\x1b]52;c;" + "a" * 10**6, "\x1b[" + "1;" * 10**6, "\x1bP>|" + "x" * 10**6, "\x1b" * 10**5],
)
def test_of_a_flood_little_is_kept(flood: str) -> None:
    reader = InputReader()
    for piece in pieces(flood, range(0, len(flood), 4096)):
        assert len(reader.feed(piece, 1.0)) <= 4096
        assert len(reader._scanner._held) <= 256
