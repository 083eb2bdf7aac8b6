"""`moa-tui doctor`: facts without a terminal, advice, no key, no network unless asked."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from moa_tui.cli.doctoring.program import permissions
from moa_tui.cli.doctoring.terminal import terminal_section, tmux_advice, told
from moa_tui.ui.terminal.answers import Heard
from tests.cli.conftest import Command


async def test_it_tells_what_there_is_and_asks_nobody(command: Command) -> None:
    ran = await command.inside("doctor", "-c", "{roster}", "--json")
    assert ran.code == 0
    report = json.loads(ran.out)
    assert report["Agents"]["file"] == f"{command.roster} (--config)"
    assert report["Agents"]["key of double"] == "DOUBLE_API_KEY is set (environment)"
    assert report["Program"]["textual"]
    assert command.double.key not in ran.out
    assert command.double.requests == []


async def test_it_asks_the_providers_on_request(command: Command) -> None:
    ran = await command.inside("doctor", "-c", "{roster}", "--net")
    assert "TCP" in ran.out
    assert " models " in ran.out
    assert [request.path for request in command.double.requests] == ["/v1/models"]


async def test_a_bad_roster_is_told_and_the_rest_too(command: Command) -> None:
    command.roster.write_text("version: 1\nagents: 3\n")
    ran = await command.inside("doctor", "-c", "{roster}", "--net")
    assert ran.code == 0
    assert "agents.yaml:2" in ran.out
    assert "Embedded model" in ran.out


def test_neither_textual_nor_openai_is_imported() -> None:
    script = (
        "import sys; from moa_tui.cli.main import main; main(['doctor']);"
        "sys.exit(str({'textual', 'openai'} & set(sys.modules)) if"
        " {'textual', 'openai'} & set(sys.modules) else 0)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_advice_for_tmux_as_it_comes() -> None:
    default = {"set-clipboard": "external", "extended-keys": "off", "escape-time": "500"}
    commands = [advice.partition("#")[0].strip() for advice in tmux_advice("3.3a", default)]
    assert commands == [
        "set -s set-clipboard on",
        "set -s extended-keys always",
        "set -s escape-time 10",
    ]
    good = {"set-clipboard": "on", "extended-keys": "always", "escape-time": "10"}
    assert tmux_advice("3.5", good) == []
    assert "from version 3.2" in tmux_advice("3.1c", good)[0]
    assert tmux_advice("next-3.6", good) == tmux_advice("", good) == []


def test_what_the_terminal_told() -> None:
    heard = Heard(("11;rgb:ffff/8080/0000", "1u", "2026;2$y", "62;22c"))
    expected = {"background": "#ff8000", "kitty keys": "yes (flags 1)"}
    assert told(heard) == expected | {"whole frames (mode 2026)": "yes"}
    silent = told(Heard(("2026;0$y", "62c")))
    assert set(silent.values()) == {"no", "not told"}


def test_far_away_and_without_colours_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"TERM": "xterm-256color", "SSH_TTY": "/dev/pts/1", "LANG": "C"}
    section = terminal_section(environ)
    assert section.facts["SSH"] == "yes"
    assert section.facts["colours"] == "256"
    assert any("COLORTERM" in advice for advice in section.advice)
    assert any("ASCII" in advice for advice in section.advice)
    assert "\x1b" not in terminal_section({"TERM": "\x1b[31mx", "LANG": "a\nb"}).facts["TERM"]


def test_permissions(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert permissions(tmp_path) == "drwx------, writable"
    assert permissions(tmp_path / "none") == "(not there yet)"
