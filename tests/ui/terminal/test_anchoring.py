"""What stands behind a text in its row stays there, however wide a terminal takes it to be."""

import re
from collections.abc import Callable
from unicodedata import category, east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from moa_tui.ui.terminal.anchoring import anchored

IN_DOUBT = (
    *(
        "⚠\ufe0f",
        "1\ufe0f\u20e3",
        "❤\ufe0f",
        "👩\u200d🔬",
        "👩🏽\u200d🚀",
        "🇩🇪",
        "☀\ufe0f☁\ufe0f",
        "👍🏽",
    ),
    *(
        "नमस्ते",
        "दुनिया",
        "क्षत्रिय",
        "தமிழ்",
        "বাংলা",
        "မြန်မာ",
        "ភាសាខ្មែរ",
        "ภาษาไทยกำลัง",
        "🏴\U000e0067\U000e007f",
    ),
    *("\u1100\u1161", "🫠", "👨\u200d👩\u200d👧"),
)
SURE = (
    "abc",
    "é",
    "e\u0301",
    "漢字",
    "かな",
    "한국어",
    "│",
    "─",
    "✓",
    "●",
    "…",
    "“x”",
    "שלום",
    "Ж",
    "→",
)


def one_each(char: str) -> int:
    """Return the cells of a terminal that knows nothing of what belongs together."""
    if category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if east_asian_width(char) in "WF" else 1


def as_wide_as_any(char: str) -> int:
    """Return the cells of a terminal that gives to each part the room of a whole."""
    if char == "\ufe0f":
        return 1
    return 2 if "\U0001f000" <= char <= "\U0001faff" else one_each(char)


def all_narrow(char: str) -> int:
    return 0 if category(char) in {"Mn", "Mc", "Me", "Cf"} else 1


class Terminal:
    """A screen on which every character takes as many cells as `width_of` says."""

    def __init__(self, width_of: Callable[[str], int]) -> None:
        self.cells: dict[tuple[int, int], str] = {}
        self._width_of = width_of

    def write(self, data: str) -> "Terminal":
        row = column = 1
        for part in re.findall(r"\x1b\[[\d;]*[A-Za-z]|.", data, re.DOTALL):
            if part.startswith("\x1b"):
                if part.endswith("H"):
                    row, column = map(int, part[2:-1].split(";"))
                continue
            width = self._width_of(part)
            for cell in range(width):
                self.cells[row, column + cell] = part if not cell else ""
            column += width
        return self


WIDTHS = [one_each, as_wide_as_any, all_narrow]


@pytest.mark.parametrize("width_of", WIDTHS)
@pytest.mark.parametrize("text", IN_DOUBT)
def test_the_line_between_two_panes_stays(text: str, width_of: Callable[[str], int]) -> None:
    left = f"│{text} and {text}"
    data = f"\x1b[3;5H\x1b[1m{left}\x1b[0m{' ' * 20}│right│"
    terminal = Terminal(width_of).write("\x1b[3;1H" + "#" * 80).write(anchored(data))
    border = 5 + cell_len(left) + 20
    assert terminal.cells[3, border] == "│"
    assert "".join(terminal.cells[3, border + 1 + at] for at in range(6)) == "right│"
    shown = "".join(terminal.cells[3, at] for at in range(5, border))
    assert "#" not in shown, "nothing is left of what was there"
    drawn = [char for char in text if width_of(char)]
    assert [char for char in shown if char in drawn] == drawn * 2, "nothing is written over"


@pytest.mark.parametrize("text", SURE)
def test_what_is_sure_is_written_as_it_comes(text: str) -> None:
    data = f"\x1b[3;5H{text}│\x1b[4;1H{text}\n"
    assert anchored(data) == data


@given(st.lists(st.sampled_from([*IN_DOUBT, *SURE, " ", "\x1b[1m", "\n", "\x1b[2;9H", "\x1b[K"])))
def test_nothing_is_lost_or_added_but_places(parts: list[str]) -> None:
    data = "\x1b[1;1H" + "".join(parts)
    plain = re.sub(r"\x1b\[\d+;\d+H", "", anchored(data)).replace(" ", "")
    plain, data = (re.sub(r"\x1b\[[\d;]*m", "", each) for each in (plain, data))
    assert plain == re.sub(r"\x1b\[\d+;\d+H", "", data).replace(" ", "")


@pytest.mark.parametrize(
    "data", ["\x1b]0;👍🏽\x07", "\x1b]52;c;👍🏽\x1b\\", "👍🏽", "\x1b[5A👍🏽", "\x1b"]
)
def test_what_has_no_known_place_is_left_alone(data: str) -> None:
    assert anchored(data) == data
