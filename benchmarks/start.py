"""From the command to the first paint, and the start of commands that paint nothing."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.keys import percentiles
from benchmarks.mixtures import KEY
from benchmarks.pty_terminal import MOA_TUI, PtyTerminal
from benchmarks.table import Figure

_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("first paint")
Bare().run()
"""
_ROSTER = Path(__file__).resolve().parent.parent / "agents.yaml"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the first paint, keys during the imports behind it, and `--version`."""
    runs = 3 if quick else 9
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(_BARE)
        app = [*MOA_TUI, "-c", str(_ROSTER)]
        painted: dict[str, list[float]] = {"bare": [], "moa-tui": []}
        for _ in range(runs):
            painted["bare"].append(_until(["python", str(bare)], "first paint", folder))
            painted["moa-tui"].append(_until(app, "moa-tui", folder))
        keys = [latency for _ in range(runs) for latency in _keys(app, folder)]
    ours, theirs = statistics.median(painted["moa-tui"]), statistics.median(painted["bare"])
    value = f"{ours / theirs:.2f} ({ours:.2f} s ÷ {theirs:.2f} s of CPU)"
    yield Figure("first paint ÷ bare Textual app", value, "≤ 1.1")
    yield Figure("key press → paint in the second after it", percentiles(keys), "p95 ≤ 100 ms")
    ratio = _command([*MOA_TUI, "--version"], runs) / _command([sys.executable, "-c", "pass"], runs)
    yield Figure("moa-tui --version ÷ python -c pass", f"{ratio:.1f}", "≤ 3")


def _until(command: Sequence[str], mark: str, home: str) -> float:
    """Return the CPU seconds that `command` used until `mark` was painted."""
    program = [sys.executable if command[0] == "python" else command[0], *command[1:]]
    with PtyTerminal(program, environment=_environment(home)) as terminal:
        terminal.painted()
        terminal.expect(mark)
        terminal.painted()
        return terminal.cpu_seconds()


def _keys(command: Sequence[str], home: str) -> list[float]:
    """Type through the imports behind the first paint; return what each key took."""
    latencies = []
    with PtyTerminal(command, environment=_environment(home)) as terminal:
        terminal.painted()
        terminal.expect("Ask anything")
        began = terminal.painted()
        for code in range(0x100, 0x250):
            if time.monotonic() - began > 1:
                break
            latencies.append(terminal.type(chr(code), chr(code), 10))
            time.sleep(0.02)
    return latencies


def _environment(home: str) -> dict[str, str]:
    return {KEY: "", "CEREBRAS_API_KEY": "no-secret", "HOME": home, "XDG_DATA_HOME": home}


def _command(command: Sequence[str], runs: int) -> float:
    """Return the median seconds of a command that ends by itself."""
    seconds = []
    for _ in range(runs * 2):
        began = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
