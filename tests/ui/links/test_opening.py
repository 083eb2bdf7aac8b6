"""Opening an address: by the person's own browser at this machine, or not at all."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from moa_tui.ui.links import opening
from moa_tui.ui.links.address import Address

ADDRESS = Address("https://a.example/", "a.example")


@pytest.mark.parametrize(
    ("environment", "opens"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1.2.3.4 5 6.7.8.9 22"}, False),
        ({"DISPLAY": ":0", "SSH_TTY": "/dev/pts/1"}, False),
        ({}, False),
    ],
)
def test_where_something_is_opened(
    environment: dict[str, str], opens: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    assert bool(opening.obstacle(environment)) is not opens


def test_over_ssh_nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("SSH_TTY", "/dev/pts/1")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("started"))
    opening.open_in_browser(ADDRESS)


def test_the_browser_is_given_the_address_alone_and_no_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program in BROWSER stands for the browser; a webbrowser.py lies in wait in the folder."""
    told = tmp_path / "told"
    browser = tmp_path / "browser"
    browser.write_text(
        f'#!/bin/sh\necho "$#:$1" > {told}\n(echo x > /dev/tty) 2>> {told}\necho out\n'
    )
    browser.chmod(0o700)
    (tmp_path / "webbrowser.py").write_text(f"open({str(told)!r}, 'w').write('owned')")
    monkeypatch.chdir(tmp_path)
    for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    opening.open_in_browser(ADDRESS)
    lines = told.read_text().splitlines()
    assert lines[0] == "1:https://a.example/"
    assert len(lines) > 1, "the terminal could be written to"


def test_no_browser_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: Any, **how: Any) -> None:
        raise subprocess.TimeoutExpired("browser", how["timeout"])

    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(opening, "_OVER_SSH", ())
    monkeypatch.setattr(subprocess, "run", hang)
    opening.open_in_browser(ADDRESS)
