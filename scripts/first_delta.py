"""Measure what a newcomer waits for: python scripts/first_delta.py

Clones this repository into a new folder with a new home, runs `make run` in a terminal, types a
question as soon as the app is ready, and prints the seconds to each step. The network counts.
"""

import fcntl
import os
import pty
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 900
QUESTION = b"Why is exercise good for you?\r"


def main() -> int:
    """Run the measurement and print it."""
    folder = Path(tempfile.mkdtemp(prefix="moa-tui-"))
    try:
        return measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(folder: Path) -> int:
    """Clone, run, ask; print the seconds from before the clone."""
    home = folder / "home"
    home.mkdir()
    began = time.monotonic()
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder / "clone")], check=True)
    process, terminal = pty.fork()
    if process == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 120, 0, 0))
        os.chdir(folder / "clone")
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MOA_TUI_"))}
        environment = {**kept, "HOME": str(home), "TERM": "xterm-256color"}
        os.execvpe("make", ["make", "run"], environment)
    try:
        seen = Watch(terminal, began)
        seen.wait("agents are ready", b"explainer")
        os.write(terminal, QUESTION)
        seen.wait("first streamed delta", b"writing")
        os.write(terminal, b"\x11")  # Ctrl+Q
        seen.wait("left", None)
    except TimeoutError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        os.close(terminal)
        os.waitpid(process, 0)
    return 0


class Watch:
    """Reads a terminal and tells when something first appears on it."""

    def __init__(self, terminal: int, began: float) -> None:
        self._terminal = terminal
        self._began = began
        self._seen = b""

    def wait(self, what: str, mark: bytes | None) -> None:
        """Wait for `mark`, or for the end when there is none, and print the time."""
        while mark is None or mark not in self._seen:
            if time.monotonic() - self._began > LIMIT:
                raise TimeoutError(f"gave up waiting for: {what}")
            if select.select([self._terminal], [], [], 1.0)[0]:
                try:
                    data = os.read(self._terminal, 65536)
                except OSError:
                    data = b""
                if not data:
                    if mark is None:
                        break
                    raise TimeoutError(f"it ended before: {what}\n{self._seen[-2000:]!r}")
                self._seen = self._seen[-100_000:] + data
        print(f"{time.monotonic() - self._began:6.1f} s  {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
