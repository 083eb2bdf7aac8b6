"""moa-tui init: what it writes is good, and nothing is written over."""

from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.main import main
from moa_tui.roster.loading import Found
from moa_tui.settings.loading import load_settings
from tests.rosters import load_roster


def test_it_writes_both_files_and_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init"]) == 0
    folder = paths.user_config_dir()
    said = capsys.readouterr().out
    for name in ("settings.yaml", "agents.yaml"):
        assert f"{folder / name}: written" in said
    assert not load_settings().problems
    assert load_roster(Found(folder / "agents.yaml", "test")).agents


def test_it_leaves_what_is_there(settings_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = settings_folder / "settings.yaml"
    mine.write_text("theme: paper\n")
    (settings_folder / "agents.yaml").symlink_to("nowhere")
    assert main(["init"]) == 0
    assert mine.read_text() == "theme: paper\n"
    assert (settings_folder / "agents.yaml").is_symlink()
    assert capsys.readouterr().out.count("left as it is") == 2


def test_a_folder_that_cannot_be_made_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".config").write_text("a file")
    (home / "Library").write_text("a file")
    assert main(["init"]) == 2
    assert "cannot be made" in capsys.readouterr().err
