"""Whatever a terminal sends becomes the key that was pressed, or nothing; it breaks nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from moa_tui.ui.early import LayoutKey
from moa_tui.ui.terminal.input import InputReader
from moa_tui.ui.terminal.keys import MOST_COLUMNS, MOST_ROWS, KeyReader


def said(sent: str) -> list[Message]:
    """Return what is made of `sent`, which comes at once."""
    reader, keys = InputReader(), KeyReader()
    tokens, now = reader.feed(sent, 0.0), 0.0
    while (wait := reader.wait(now)) is not None:
        now += wait
        tokens += reader.tick(now)
    return [*keys.messages(tokens, now), *keys.due(now + 1)]


def pressed(sent: str) -> list[tuple[str, str | None]]:
    messages = said(sent)
    assert all(isinstance(message, events.Key) for message in messages), messages
    return [(key.key, key.character) for key in messages if isinstance(key, events.Key)]


@pytest.mark.parametrize(
    ("sent", "key", "character"),
    [
        ("a", "a", "a"),
        ("\r", "enter", "\r"),
        ("\x11", "ctrl+q", "\x11"),
        ("\x1b[A", "up", None),
        ("\x1bOP", "f1", None),
        ("\x1b[[A", "f1", None),
        ("\x1b[15~", "f5", None),
        ("\x1b[1;5C", "ctrl+right", None),
        ("\x1b[1;2R", "shift+f3", None),
        ("\x1b[Z", "shift+tab", None),
        ("\x1b[13u", "enter", "\r"),
        ("\x1b[13;2u", "shift+enter", None),
        ("\x1b[27;2;13~", "shift+enter", None),
        ("\x1b[27;5;113~", "ctrl+q", None),
        ("\x1b[27;6;81~", "ctrl+shift+q", None),
        ("\x1b[32u", "space", " "),
        ("\x1b[32;2u", "space", " "),
        ("\x1b[27;2;32~", "space", " "),
        ("\x1bk", "alt+k", "k"),
        ("\x1b[107;3u", "alt+k", None),
        # With sub-parameters: the kind of event, the key with Shift, the key in the base layout.
        ("\x1b[97;1:1u", "a", "a"),
        ("\x1b[97;1:2u", "a", "a"),
        ("\x1b[97:65;2;65u", "A", "A"),
        ("\x1b[97:65;2u", "A", "A"),
        ("\x1b[1;1:1A", "up", None),
        ("\x1b[5;5:1~", "ctrl+pageup", None),
        ("\x1b[0;;229u", "å", "å"),
        # On other layouts a command is the key in its place.
        ("\x1b[1081::113;5u", "ctrl+q", None),
        ("\x1b[1081;5u", "ctrl+q", None),
        ("\x1b[1089:1057:99;6u", "ctrl+shift+c", None),
        ("\x1b[27;5;1094~", "ctrl+w", None),
        ("\x1b[966;5u", "ctrl+f", None),
        ("\x1b[1500;3u", "alt+k", None),
        ("\x1bл", "alt+k", "k"),
    ],
)
def test_what_was_pressed(sent: str, key: str, character: str | None) -> None:
    assert pressed(sent) == [(key, character)]


@pytest.mark.parametrize(
    ("sent", "character", "key"),
    [
        ("й", "й", "q"),
        ("Й", "Й", "Q"),
        ("\x1b[1081::113;1;1081u", "й", "q"),
        ("\x1b[1081:1049:113;2;1049u", "Й", "Q"),
        ("х", "х", "left_square_bracket"),
    ],
)
def test_a_letter_is_text_and_knows_its_key(sent: str, character: str, key: str) -> None:
    (letter,) = said(sent)
    assert isinstance(letter, LayoutKey)
    assert (letter.character, letter.latin.key) == (character, key)


@pytest.mark.parametrize(
    "sent",
    [
        *("\x1b[97;5:3u", "\x1b[1;1:3A", "\x1b[13;1:3u", "\x1b[5;1:3~"),  # releases
        *("\x1b[1114112u", "\x1b[99999999999u", "\x1b[55296u", "\x1b[128u", "\x1b[1u"),
        *("\x1b[97;99999u", "\x1b[97;1:9u", "\x1b[57360000u"),
        *("\x1b[99~", "\x1b[999;1~", "\x1b[1;1R", "\x1b[24;80R", "\x1b[62;1;2c", "\x1b[?1u"),
        *("\x1b[M !!", "\x1b[<999999;1;1M", "\x1b[<0;999999;1M", "\x1b[<0;-1;5M", "\x1b[<;;M"),
        *("\x1b[?9999;1$y", "\x1b[?2026;9$y", "\x1b\\", "\x9b", "\ufffd"),
        *("\x1b[", "\x1b]", "\x1bP", "\x1b_"),
    ],
)
def test_what_is_no_key_is_dropped(sent: str) -> None:
    assert said(sent) == []


PARTS = st.one_of(
    st.sampled_from(
        [
            *";:?<>=$ !M",
            *"ABCDEFHPQRSTu~mIOcnty[]PO_^X\\",
            "\x1b",
            "\x1b[",
            "\x1b[<",
            "\x1b[?",
            "\x07",
        ]
    ),
    st.integers(0, 2**40).map(str),
    st.sampled_from(["48", "27", "200", "201", "1114112", "55296", "97", "0", "2026", "2048"]),
    st.characters(),
)


@given(st.lists(PARTS, max_size=40).map("".join))
def test_nothing_breaks_it(sent: str) -> None:
    for message in said(sent):
        if isinstance(message, events.Resize):
            assert 1 <= message.size.width <= MOST_COLUMNS
            assert 1 <= message.size.height <= MOST_ROWS


def test_a_size_is_believed_as_far_as_there_are_such() -> None:
    (resize,) = said("\x1b[48;99999;99999;0;0t")
    assert isinstance(resize, events.Resize)
    assert (resize.size.width, resize.size.height) == (MOST_COLUMNS, MOST_ROWS)
    (resize,) = said("\x1b[48;24;80;480;800t\x1b[48;25:0;90:9;500;900t")
    assert isinstance(resize, events.Resize)
    assert (resize.size.width, resize.size.height) == (90, 25)


def test_a_flood_of_reports_says_what_is_so_in_the_end() -> None:
    reports = said("\x1b[I\x1b[O" * 50_000)
    assert [type(report) for report in reports] == [events.AppBlur]
    moves = said("".join(f"\x1b[<35;{x % 80};4M" for x in range(1, 5000)))
    assert len(moves) < 100
    sizes = said("".join(f"\x1b[48;{rows};80;0;0t" for rows in range(20, 2000)))
    assert len(sizes) == 1


def test_what_is_pasted_is_clean_and_in_order() -> None:
    (paste,) = said("\x1b[200~red: \x1b[31mERROR\x1b[0m done\r\nnext\rline\x00\x9b\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert paste.text == "red: [31mERROR[0m done\nnext\nline"
    assert said("\x1b[200~\x1b\x1b\x00\x1b[201~") == []
