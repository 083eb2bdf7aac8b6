"""JSON among other words."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.structured import json_object_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Sure:\n```json\n{"a": {"b": "}"}}\n```\nDone {"c": 2}', {"a": {"b": "}"}}),
        ('```\n{"a": 1}', {"a": 1}),
        ('I would say {not json} but {"a": [1]} is', {"a": [1]}),
        ("[1, 2]", None),
        ("{" * 50_000, None),
        ("", None),
        ('{"a": ' * 5_000, None),
    ],
)
def test_it_is_found(text: str, found: object) -> None:
    assert json_object_in(text) == found


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=9)), st.text("abc `\n", max_size=20))
def test_words_around_it_do_not_matter(data: dict[str, str], words: str) -> None:
    assert json_object_in(f"{words}\n{json.dumps(data)}\n{words}") == data


@given(st.text(max_size=200))
def test_any_text_is_looked_through(text: str) -> None:
    assert isinstance(json_object_in(text), dict | None)
