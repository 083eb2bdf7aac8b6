"""A real terminal for the program: tmux types, and reads the screen."""

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import canary

LIMIT = 90
_NOT_PASSED = {"TMUX", "COLORTERM", "COLUMNS", "LINES"}
"""Of the terminal that the tests run in; the window has its own."""


class Terminal:
    """A tmux window of a server of its own, with the program in it."""

    def __init__(self, folder: Path, width: int, height: int) -> None:
        self._socket = f"moa-{uuid.uuid4().hex[:8]}"
        self._folder = folder
        self._size = (width, height)

    def start(self, *arguments: str, before: str = "") -> None:
        """Start the program after `before`; the window stays when it has ended."""
        command = " ".join([before, sys.executable, "-m", "moa_tui", *arguments])
        self.shell(f"{command}; echo ended with $?; exec cat")

    def shell(self, command: str) -> None:
        """Start a command line."""
        width, height = self._size
        # -f /dev/null: tmux as it comes, whatever the person's own settings are.
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(width), "-y", str(height),
                   command)  # fmt: skip

    def press(self, *keys: str) -> None:
        """Press keys, by tmux's names."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._tmux("send-keys", "-l", text)

    def screen(self) -> str:
        """Return what is on the screen."""
        screen = self._tmux("capture-pane", "-p")
        canary.look_through("the screen", screen)
        return screen

    def buffer(self) -> str:
        """Return what was copied last."""
        return self._tmux("show-buffer")

    def wait(self, condition: Callable[[str], object], what: str) -> str:
        """Wait until the screen is as wanted, and return it."""
        limit = time.monotonic() + LIMIT
        while not condition(screen := self.screen()):
            if time.monotonic() > limit:
                pytest.fail(f"never {what}; the screen:\n{screen}")
            time.sleep(0.05)  # between two looks at a screen that nothing announces
        return screen

    def resize(self, width: int, height: int) -> None:
        """Make the window another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def close(self) -> None:
        """End the server and all that runs in it."""
        self._tmux("kill-server", check=False)

    def _tmux(self, *arguments: str, check: bool = True) -> str:
        environment = {k: v for k, v in os.environ.items() if k not in _NOT_PASSED}
        done = subprocess.run(
            ["tmux", "-L", self._socket, *arguments],
            capture_output=True,
            text=True,
            check=check,
            cwd=self._folder,
            env={**environment, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"},
            timeout=30,
        )
        return done.stdout
