"""What is painted in ASCII: as many cells wide, and states that can still be told apart."""

import ast
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

import moa_tui.ui
from moa_tui.ui import figures
from moa_tui.ui.ascii import to_ascii

SOURCES = [
    path
    for path in sorted(Path(moa_tui.ui.__file__).parent.rglob("*.py"))
    # The latter name such characters to read what models write; none of them is painted.
    if path.name not in {"breaking.py", "anchoring.py"} and path.parent.name != "links"
]


@given(st.text())
def test_it_is_ascii_of_the_same_width(text: str) -> None:
    plain = to_ascii(text)
    assert plain.isascii()
    assert len(plain) == sum(
        1 if char.isascii() else get_character_cell_size(char) for char in text
    )


def test_signs_of_the_chrome() -> None:
    assert to_ascii("╭─ ● Σ zoe ─╮│┼┃━") == "+- * S zoe -+|+|-"
    assert to_ascii("café “naïve” → x") == 'cafe "naive" > x'
    assert to_ascii("日本 e\u0301") == "???? e"
    assert to_ascii("\x1b[38;5;12m•\x1b[0m") == "\x1b[38;5;12m*\x1b[0m"


def test_every_state_keeps_a_sign_of_its_own() -> None:
    for signs in (figures._PHASE_GLYPHS.values(), figures._OUTCOME_GLYPHS.values()):
        assert len({to_ascii(sign) for sign in signs}) == len(set(signs))
        assert "?" not in "".join(map(to_ascii, signs))


def _literals() -> list[tuple[str, str]]:
    trees = ((path.name, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES)
    return [
        (name, node.value)
        for name, tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_the_chrome_has_no_character_that_terminals_disagree_on() -> None:
    literals = _literals()
    assert len(literals) > 500
    for name, text in literals:
        for char in text:
            # Selectors, joiners, marks: their width is not the same everywhere. Wide ones neither.
            odd = unicodedata.category(char) in {"Mn", "Me", "Cf"} or cell_len(char) > 1
            assert not odd, f"{name}: U+{ord(char):04X} in {text!r}"
