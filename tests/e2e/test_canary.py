"""A key is nowhere but in the requests to its own host: app, command line, history, crash."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.cli.main import main
from tests import canary
from tests.double import Answer, CerebrasDouble
from tests.double.errors import plain
from tests.e2e.running import READY, Running

# From 3.12 on Python warns of fork beside threads, which the test runner has; exec follows at once.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")

ROSTER = """
version: 1
providers:
  double: {{base_url: "{own}", api_key_env: DOUBLE_API_KEY, like: cerebras}}
  other: {{base_url: "{other}"}}
defaults: {{provider: double}}
agents:
  - {{name: ada, model: model-a}}
  - {{name: echo, model: model-b}}
  - {{name: far, model: model-c, provider: other}}
aggregator: {{name: zoe, model: model-z}}
"""

BREAKS_ON_HELP = """
import os, sys
from moa_tui.cli.main import main
from moa_tui.ui.shell import Shell

def fail(*_arguments):
    headers = {"authorization": "Bearer " + os.environ["DOUBLE_API_KEY"]}
    raise ValueError(f"Illegal header value {headers}")

Shell.action_show_help = fail
sys.exit(main([]))
"""


def ask_headless() -> str:
    """Ask on the command line; return all that was printed."""
    done = subprocess.run(
        [sys.executable, "-m", "moa_tui", "run", "--jsonl", "Why?"],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def use() -> Sequence[str]:
    """Ask in the app, break it, ask on the command line; return what was printed."""
    program = Running([sys.executable, "-c", BREAKS_ON_HELP])
    try:
        program.read_until(lambda painted: READY in painted)
        program.type("Why?\r")
        program.read_until(lambda painted: b"degraded" in painted)
        program.type("\x1bOP")
        painted = program.read_all().decode("utf-8", "replace")
        assert program.exit_code() == 70
        assert program.clean
    finally:
        program.end()
    return painted, ask_headless()


async def test_a_key_is_nowhere(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setenv("DOUBLE_API_KEY", canary.KEY)
    async with CerebrasDouble() as own, CerebrasDouble(dialect="llamacpp", key="none") as other:
        own.answers["model-a"] = other.answers["model-c"] = Answer("text of an agent")
        own.answers["model-z"] = Answer("the answer")
        # Refused by a server that repeats the key.
        own.answers["model-b"] = Answer(failure=plain(403, f"{canary.KEY} may not: {canary.KEY}"))
        folder = paths.user_config_dir()
        folder.mkdir(parents=True)
        roster = ROSTER.format(own=own.base_url, other=other.base_url)
        (folder / "agents.yaml").write_text(roster)
        printed = await asyncio.to_thread(use)
        assert own.chats
        assert other.chats
        for request in other.requests:
            sent = repr(request.headers).encode() + request.raw
            assert not canary.gives_away(sent)
    assert main(["history", "list"]) == main(["history", "last"]) == 0
    assert main(["history", "export", "-o", str(tmp_path / "all.jsonl")]) == 0
    for text in (*printed, *capsys.readouterr()):
        canary.look_through("what is printed", text)
    assert "[key]" in (tmp_path / "all.jsonl").read_text(encoding="utf-8"), "what was repeated"
    assert len(list(paths.crash_dir().iterdir())) == 1
    assert paths.history_file().exists()
    assert [*canary.hits_in(home), *canary.hits_in(tmp_path)] == []
    assert os.environ["DOUBLE_API_KEY"] == canary.KEY
