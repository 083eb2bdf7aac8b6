"""What the app is opened with: the command line before settings.yaml before the defaults."""

import argparse
from pathlib import Path

import pytest

from moa_tui.cli import app, full_screen
from moa_tui.settings.model import Settings

ROSTER = """
version: 1
defaults: {provider: ollama, model: m}
agents: [{name: ann}, {name: bob}]
aggregator: bob
presets: {few: [ann]}
"""


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    app.add_arguments(parser)
    return parser.parse_args(arguments)


@pytest.fixture
def folder(settings_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(settings_folder)
    (settings_folder / "agents.yaml").write_text(ROSTER)
    return settings_folder


def test_the_command_line_goes_before_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    text = "theme: paper\nlayout: tabs\nmouse: false\nlow_bandwidth: on\npreset: few\n"
    (folder / "settings.yaml").write_text(text)
    start = app._prepare(options())
    said = {"theme": "paper", "layout": "tabs", "mouse": False, "low_bandwidth": "on"}
    assert start.settings.settings == Settings.model_validate({**said, "preset": "few"})
    assert (start.lineup.preset, start.notes) == ("few", ())
    given = options("--theme", "dawn", "--layout", "focus", "--mouse", "--no-low-bandwidth")
    settings = app._prepare(given).settings.settings
    assert (settings.theme, settings.layout) == ("dawn", "focus")
    assert (settings.mouse, settings.low_bandwidth) == (True, "off")
    monkeypatch.setenv("NO_COLOR", "1")
    assert app._prepare(given).settings.settings.theme == ""


def test_a_preset_that_the_file_of_agents_does_not_have_is_told(folder: Path) -> None:
    (folder / "settings.yaml").write_text("preset: fwe\n")
    start = app._prepare(options())
    assert start.lineup.preset == ""
    assert any("no preset 'fwe' here; presets: few" in note for note in start.notes)


@pytest.mark.parametrize(
    ("arguments", "seen", "ssh", "expected"),
    [
        ([], {}, False, (None, None)),
        ([], {}, True, ("15", "none")),
        ([], {"low_bandwidth": "off"}, True, (None, None)),
        ([], {"low_bandwidth": "on"}, False, ("15", "none")),
        (["--no-low-bandwidth"], {"low_bandwidth": "on"}, True, (None, None)),
        ([], {"animations": "false"}, False, (None, "none")),
    ],
)
def test_frames_are_fewer_where_the_link_is_slow(
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    seen: dict[str, str],
    ssh: bool,
    expected: tuple[str | None, str | None],
) -> None:
    environ = {"SSH_TTY": "/dev/pts/1"} if ssh else {}
    monkeypatch.setattr("os.environ", environ)
    full_screen._calm(options(*arguments), seen)
    assert (environ.get("TEXTUAL_FPS"), environ.get("TEXTUAL_ANIMATIONS")) == expected
