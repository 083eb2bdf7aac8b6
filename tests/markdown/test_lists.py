"""What is indented below an item belongs to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.markdown.lists import aligned


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("10. a\n   - b", "10. a\n    - b"),
        ("10. a\n  - b\n    - c\n11. d", "10. a\n    - b\n      - c\n11. d"),
        ("1. a\n  - b", "1. a\n   - b"),
        ("1. a\n   - b", "1. a\n   - b"),
        ("10. a\n\n   text\n   more", "10. a\n\n    text\n    more"),
        ("10. a\n   ```\n   x\n  y\n   ```", "10. a\n    ```\n    x\n   y\n    ```"),
        ("- a\n  10. b\n     - c", "- a\n  10. b\n      - c"),
        ("10. a\n - b", "10. a\n - b"),
        ("10. a\ntext", "10. a\ntext"),
        ("text\n   - b", "text\n   - b"),
    ],
)
def test_it_is_moved_to_where_the_text_begins(text: str, moved: str) -> None:
    assert aligned(text) == moved


@given(
    st.lists(st.sampled_from(["1. ", "10. a", " ", "  ", "- b", "\n", "```\n", "x"])).map("".join)
)
def test_only_blanks_come_to_the_beginnings_of_lines(text: str) -> None:
    before, after = text.split("\n"), aligned(text).split("\n")
    assert [line.lstrip(" ") for line in before] == [line.lstrip(" ") for line in after]
