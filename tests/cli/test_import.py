"""`moa-tui import`: a file in, an agents.yaml out, and what to know on standard error."""

import json
from pathlib import Path

import pytest

from moa_tui.cli.main import main
from moa_tui.roster.loading import Found
from tests.rosters import load_roster

TEAM = {
    "main_config": {"main_model": "llama-3.3-70b", "cycles": 2, "system_prompt": "Über"},
    "layer_config": {"critic": {"system_prompt": "Find\nbugs.", "temperature": 5}},
}


@pytest.fixture
def team(tmp_path: Path) -> Path:
    path = tmp_path / "team.json"
    path.write_text(json.dumps(TEAM), encoding="utf-8")
    return path


def test_the_roster_is_printed_and_the_notes_are_not(
    team: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(team)]) == 0
    told = capfd.readouterr()
    roster = tmp_path / "agents.yaml"
    roster.write_text(told.out, encoding="utf-8")
    assert load_roster(Found(roster, "test")).agents["critic"].sampling.temperature == 2
    assert "moa-tui: main: the model 'llama-3.3-70b' is gone" in told.err
    assert "moa-tui: critic: temperature was 5" in told.err


def test_a_file_is_written_once(team: Path, capfd: pytest.CaptureFixture[str]) -> None:
    output = team.with_name("agents.yaml")
    assert main(["import", str(team), "-o", str(output), "-q"]) == 0
    first = output.read_text(encoding="utf-8")
    assert main(["import", str(team), "-o", str(output)]) == 2
    assert "is there already — add --force" in capfd.readouterr().err
    assert main(["import", str(team), "-o", str(output), "--force"]) == 0
    assert output.read_text(encoding="utf-8") == first


@pytest.mark.parametrize("what", ["nowhere.json", ".", "\0", "broken.json"])
def test_what_cannot_be_imported_is_2(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.json").write_bytes(b'{"main_config": ')
    assert main(["import", what]) == 2
    told = capfd.readouterr()
    assert told.out == ""
    assert told.err.startswith("moa-tui: ")
    assert len(told.err.splitlines()) == 1
