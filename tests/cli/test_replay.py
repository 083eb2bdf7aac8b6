"""`moa-tui replay`: as text, and what it refuses."""

import json
import re
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.main import main

DEMO_SECONDS = 19.57


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


def test_a_cast_is_a_film_of_the_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "demo.cast"
    arguments = ["replay", str(paths.demonstration()), "--cast", str(out)]
    assert main([*arguments, "--speed", "16", "--size", "100x25"]) == 0
    header, *frames = [json.loads(line) for line in out.read_text().splitlines()]
    assert (header["version"], header["width"], header["height"]) == (2, 100, 25)
    assert "Why is exercise good for you?" in header["title"]
    times = [at for at, _, _ in frames]
    assert times == sorted(times)
    assert times[0] == 0.0
    assert times[-1] == pytest.approx(DEMO_SECONDS / 16 + 2.0, abs=0.2)
    assert {kind for _, kind, _ in frames} == {"o"}
    painted = "".join(data for _, _, data in frames)
    for words in ("recording of 2026-", "Regular exercise", "✓ complete", "✓ over"):
        assert words in painted
    assert not re.search(r"\x1b(?!\[[0-9;?]*[A-Za-z]|\]22;)", painted), "a sequence of another kind"
    assert main(arguments) == 2
    assert "is there already" in capsys.readouterr().err


@pytest.mark.parametrize("size", ["80", "80x", "10x10", "ax24", "9999x9999"])
def test_what_is_no_size_is_refused(size: str) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["replay", "--cast", "x", "--size", size, "y"])
    assert exited.value.code == 2
