"""Whatever breaks in the program, the terminal is given back and no key is shown."""

import io
import re
import sys
from pathlib import Path

import pytest

from moa_tui import crashes, paths
from moa_tui.cli import choosing
from moa_tui.cli.main import main
from moa_tui.engine.strategies import STRATEGIES
from tests import canary
from tests.e2e.running import READY, Running

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

ROSTER = """
version: 1
providers:
  double: {{base_url: "{url}", api_key_env: DOUBLE_API_KEY, like: cerebras}}
defaults: {{provider: double}}
agents: [{{name: ada, model: model-a}}]
aggregator: {{name: zoe, model: model-z}}
"""

BROKEN = """
import os, sys
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.terminal.driver import Terminal
from moa_tui.ui.turn_runner import TurnRunner
from moa_tui.cli.main import main

def fail(*_arguments):
    secret = os.environ["DOUBLE_API_KEY"]
    raise ValueError(f"Illegal header value b'Bearer {secret}'")

%s = fail
sys.exit(main([]))
"""

PLACES = {
    "before the first paint": ("MainScreen.compose", ""),
    "in a worker": ("TurnRunner.warm_up", ""),
    "in the thread of the keyboard": ("Terminal._read", "x"),
}


@pytest.fixture(autouse=True)
def own_roster(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The double's key and roster, where the person's own are; no crash so far."""
    monkeypatch.setattr(crashes, "_kept", [])
    monkeypatch.setenv("DOUBLE_API_KEY", canary.KEY)
    monkeypatch.chdir(home)  # not the folder of the shipped roster
    folder = paths.user_config_dir()
    folder.mkdir(parents=True)
    # Nobody listens there: these tests break before anything is asked.
    assert folder.is_relative_to(home)
    (folder / "agents.yaml").write_text(ROSTER.format(url="http://127.0.0.1:9/v1"))


def kept() -> str:
    """Return the text of the crash files, which are the owner's only."""
    files = sorted(paths.crash_dir().iterdir())
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    canary.look_through("a crash file", text)
    return text


@pytest.mark.parametrize("place", PLACES)
def test_the_terminal_is_given_back_and_a_sentence_told(place: str) -> None:
    patched, typed = PLACES[place]
    program = Running([sys.executable, "-c", BROKEN % patched])
    try:
        if typed:
            program.read_until(lambda painted: READY in painted)
            program.type(typed)
        painted = program.read_all()
        assert program.exit_code() == 70
        assert not painted or program.clean
    finally:
        program.end()
    told = painted.rpartition(b"\x1b[?1006l")[2].decode()
    assert re.search(r"^moa-tui: something broke: ValueError.* please report it with ", told)
    assert len(told.strip().splitlines()) == 1, told
    assert "Traceback" not in painted.decode("utf-8", "replace")
    assert "ValueError: Illegal header value b'[key]'" in kept()


def test_the_engine_without_the_full_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def fail(*_arguments: object) -> None:
        raise ValueError(canary.KEY)

    monkeypatch.setitem(STRATEGIES, "mixture", fail)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["run", "-q", "--no-history", "Why?"]) == 70
    told = capsys.readouterr().err
    assert told.startswith("moa-tui: something broke: ValueError")
    canary.look_through("what is told", told)
    assert "fail\nValueError: [key]" in kept()


def test_before_anything_is_begun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object) -> None:
        raise ZeroDivisionError(canary.KEY)

    monkeypatch.setattr(choosing, "choose", fail)
    assert main(["models"]) == 70
    assert capsys.readouterr().err.startswith("moa-tui: something broke: ZeroDivisionError")
    assert "ZeroDivisionError: [key]" in kept()
