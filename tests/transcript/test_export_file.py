"""Exported turns: a name from the question, private, and never over another file."""

import json
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.errors import HistoryError
from moa_tui.transcript.export_file import export_file
from tests.transcript.kept import turn

RECORD = turn("t1", 0, "Why is ../the sky\n\x1bblue, and not green or red or so?").as_json()


def test_it_is_written_where_the_app_says() -> None:
    path = export_file(RECORD, "md")
    assert path.parent == paths.exports_dir()
    assert path.name == "202601010000-why-is-the-sky-blue-and.md"
    assert "Because." in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_no_file_is_replaced(tmp_path: Path) -> None:
    first, second = (export_file(RECORD, "json", tmp_path / "out") for _ in range(2))
    assert first != second
    assert json.loads(first.read_text()) == json.loads(second.read_text()) == [RECORD]


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match="cannot be"):
        export_file(RECORD, "md", tmp_path / "file" / "out")
