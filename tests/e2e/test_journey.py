"""A day with the installed program in a real terminal, on the embedded model: one journey."""

import json
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.private_files import private_folder
from moa_tui.roster.loading import EMBEDDED
from tests.e2e.tmux import Terminal

pytestmark = [
    pytest.mark.embedded,
    pytest.mark.terminal,
    pytest.mark.xdist_group("embedded"),
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not installed"),
]
Open = Callable[[int, int], Terminal]
QUESTION = "What is a river?"
EDITOR = """\
#!/bin/sh
# Makes a mistake; called again, mends it.
for file; do :; done
if grep -q temprature "$file"; then sed -i s/temprature/temperature/ "$file"
else sed -i s/temperature/temprature/ "$file"; fi
"""


def last_turn() -> dict[str, str]:
    """Return the last turn of the history."""
    command = [sys.executable, "-m", "moa_tui", "history", "show", "last", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    turn: dict[str, str] = json.loads(done.stdout)
    return turn


def quit_(window: Terminal) -> None:
    window.press("C-q")
    window.wait(lambda s: "ended with 0" in s, "quit")


def test_first_run_ask_zoom_copy_history_replay(
    embedded_home: Path, tmp_path: Path, terminal: Open
) -> None:
    window = terminal(120, 30)
    window.start()
    window.wait(lambda s: "demo model" in s and "○ ready" in s, "opened with no key")
    window.type(QUESTION)
    window.press("Enter")
    window.wait(lambda s: "✓ complete" in s or "✂ degraded" in s, "answered")

    window.press("F2", "z")
    window.wait(lambda s: " 1 explainer" in s and " 2 lister" not in s, "zoomed")
    window.resize(80, 24)
    window.wait(lambda s: "^p palette" in s and " 1 explainer" in s, "stayed zoomed when resized")
    window.press("Escape")
    window.resize(120, 30)
    window.wait(lambda s: " 1 explainer" in s and " 2 lister" in s, "showed all panes again")

    window.press("C-y")
    window.wait(lambda s: "copied" in s.lower(), "said that it copied")
    assert window.buffer().strip() == last_turn()["answer"].strip()

    window.press("F8")
    window.wait(lambda s: "History" in s and QUESTION in s and "1 turn" in s, "listed it")
    window.press("Enter")
    window.wait(lambda s: "from the history" in s and " 2 lister" in s, "showed it as it looked")
    window.press("Escape")
    window.wait(lambda s: "from the history" not in s, "came back")

    window.press("C-p")
    window.type("Save a recording")
    window.wait(lambda s: "to be replayed" in s, "offered to save it")
    window.press("Down", "Enter")
    window.wait(lambda s: "saved as" in s, "said where it is")
    quit_(window)
    (saved,) = (paths.user_data_dir() / "exports").iterdir()

    again = terminal(120, 30)
    again.start("replay", "--speed", "8", str(saved))
    again.wait(lambda s: "recording" in s and QUESTION in s, "replayed")
    over = again.wait(lambda s: "✓ over" in s, "came to the end")
    assert " 1 explainer" in over
    quit_(again)


def test_edit_the_roster_with_an_error_and_mend_it(
    embedded_home: Path, tmp_path: Path, terminal: Open
) -> None:
    roster = private_folder(paths.user_config_dir()) / "agents.yaml"
    brief = EMBEDDED.read_text().replace("max_tokens: 128", "max_tokens: 16")
    roster.write_text(brief.replace("max_tokens: 160", "max_tokens: 16"))
    editor = tmp_path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    window = terminal(160, 40)
    window.start(before=f"EDITOR={editor}")
    window.wait(lambda s: "○ ready" in s, "opened")
    line = 1 + next(n for n, text in enumerate(brief.splitlines()) if "temperature" in text)
    window.press("F4")
    window.wait(lambda s: f"agents.yaml:{line}:" in s and "temprature" in s, "told the mistake")
    window.type(QUESTION)
    window.press("Enter")
    done = window.wait(lambda s: "✓ complete" in s or "✂ degraded" in s, "answered all the same")
    assert "3 of 3 agents" in done
    assert f"agents.yaml:{line}:" in done, "it stays in sight until it is mended"
    window.press("F4")
    mended = "moa-tui  mixture: 3 agents → writer  ❯"
    window.wait(lambda s: mended in s and "^p palette" in s, "saw that it is mended")
    assert roster.read_text() == brief.replace("max_tokens: 160", "max_tokens: 16")
    quit_(window)
