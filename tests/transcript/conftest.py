"""What the tests of the transcript share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A database that is not there yet, nor is its folder."""
    return tmp_path / "data" / "history.db"


@pytest.fixture(params=[0o022, 0o000], ids=lambda mask: f"umask-{mask:03o}")
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """A process that would let others read what it writes."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)
