"""Exported turns: a name from the question, private, and never over another file."""

import json
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.errors import HistoryError, RecordingError
from moa_tui.transcript.export_file import export_file
from tests.transcript.kept import save, turn

TURN = turn("t1", 0, "Why is ../the sky\nblue, and not green or red or so?")


@pytest.fixture
def kept(history: Path) -> Path:
    """A history that has the turn."""
    save(history, TURN)
    return history


def test_it_is_written_where_the_app_says(kept: Path) -> None:
    path = export_file(kept, TURN, "md")
    assert path.parent == paths.exports_dir()
    assert path.name == "202601010000-why-is-the-sky-blue-and.md"
    assert "Because." in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_file_is_replaced(kept: Path, tmp_path: Path) -> None:
    first, second = (export_file(kept, TURN, "json", tmp_path / "out") for _ in range(2))
    assert first != second
    assert json.loads(first.read_text()) == json.loads(second.read_text()) == [TURN.as_json()]


def test_what_cannot_be_written_is_told(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match="cannot be"):
        export_file(kept, TURN, "html", tmp_path / "file" / "out")
    with pytest.raises(RecordingError, match="without its times"):
        export_file(kept, TURN, "recording", tmp_path / "out")
