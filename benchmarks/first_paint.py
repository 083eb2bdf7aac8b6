"""CPU time to the first paint ÷ that of a bare Textual app: python -m benchmarks.first_paint

Both are started in turn in a pseudo-terminal of 200x50; the CPU time of the process is read when
its first text has arrived. The smallest of the runs counts: the machine can only make it longer.
"""

import fcntl
import os
import pty
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

RUNS = 9
LIMIT = 30
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first paint")
Bare().run()
"""


def main() -> None:
    """Measure both, and print the ratio."""
    roster = Path(__file__).resolve().parent.parent / "agents.yaml"
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        commands = {
            "bare Textual app": ([sys.executable, str(bare)], b"first paint"),
            "moa-tui": ([sys.executable, "-m", "moa_tui", "-c", str(roster)], b"moa-tui"),
        }
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(RUNS):
            for name, (command, mark) in commands.items():
                best[name] = min(best[name], cpu_seconds(command, mark))
    for name, seconds in best.items():
        print(f"{seconds:5.2f} s CPU  {name}")
    print(f"{best['moa-tui'] / best['bare Textual app']:5.2f}    ratio")


def cpu_seconds(command: Sequence[str], mark: bytes) -> float:
    """Start `command` in a terminal; return its CPU seconds when `mark` has been painted."""
    process, terminal = pty.fork()
    if process == 0:
        environment = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        os.execvpe(command[0], list(command), environment)
    try:
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        seen = b""
        limit = time.monotonic() + LIMIT
        # The title of the window is set before anything is painted and holds the name as well.
        while mark not in seen.rpartition(b"\x1b[?1049h")[2]:
            if time.monotonic() > limit:
                raise TimeoutError(f"{command}: not painted after {LIMIT} s")
            if select.select([terminal], [], [], 0.5)[0]:
                seen += os.read(terminal, 65536)
        threads = Path(f"/proc/{process}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        os.close(terminal)


if __name__ == "__main__":
    main()
