"""`moa-tui replay`: as text, and what it refuses."""

from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.main import main


def test_a_recording_is_printed_as_the_turn_was(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--plain", "--speed", "1000", str(paths.demonstration())]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("Regular exercise is essential")
    assert out.endswith("\n")
    assert err.startswith("recording of 2026-")
    for words in ("smollm2-135m-instruct", "explainer: asked", "[ 19.57 s] complete · 3 of 3"):
        assert words in err


@pytest.mark.parametrize("arguments", [[], ["--plain"]])
def test_what_is_no_recording_is_refused(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "no.jsonl"
    path.write_text("{}\n")
    assert main(["replay", *arguments, str(path)]) == 2
    assert f"{path}:1: this is no recording" in capsys.readouterr().err
    assert main(["replay", *arguments, str(tmp_path / "none")]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast"])
def test_what_is_no_speed_is_refused(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["replay", "--speed", speed, "x"])
    assert exited.value.code == 2


def test_without_a_terminal_it_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--demo"]) == 2
    assert "moa-tui replay --plain" in capsys.readouterr().err
