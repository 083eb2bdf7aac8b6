"""The list of models, and what may come instead of one."""

import pytest

from moa_tui.engine.wire.errors import WireError
from moa_tui.engine.wire.models import read_model_names


def test_names_are_sorted_and_clean() -> None:
    body = (
        b'{"object":"list","data":[{"id":"b","object":"model","created":0},{"id":"a\\u001b[2J"},'
        b'{"id":"b"},{"id":""},{"owned_by":"nobody"}]}'
    )
    assert read_model_names(body) == ["a[2J", "b"]


def test_no_models_are_a_list_too() -> None:
    assert read_model_names(b'{"data":[]}') == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b"[]",
        b'{"data":null}',
        b'{"data":{}}',
        b'{"data":[{"id":5}]}',
        b'{"data":["a"]}',
        b"\xff",
        b'{"data":' + b"[" * 100_000,
        b'{"x":' * 100_000,
    ],
)
def test_anything_else_is_told(body: bytes) -> None:
    with pytest.raises(WireError, match="no list of models") as caught:
        read_model_names(body)
    assert len(str(caught.value)) < 250
