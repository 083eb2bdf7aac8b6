"""What tests of the whole program share."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.tmux import Terminal


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[int, int], Terminal]]:
    """Opens terminals."""
    opened: list[Terminal] = []

    def open_one(width: int, height: int) -> Terminal:
        opened.append(Terminal(tmp_path, width, height))
        return opened[-1]

    yield open_one
    for window in opened:
        window.close()
