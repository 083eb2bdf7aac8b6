"""Answers made to hold up the program: the worst gap of its event loop while it shows them."""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.opened import COMPLETE, app_in
from benchmarks.pty_terminal import NotPaintedError, PtyTerminal
from benchmarks.reliability.rig import double_running, home_of
from benchmarks.table import Figure
from tests.double import Answer, CerebrasDouble
from tests.ui.text.hostile import FRAMED, KB, SHAPES, text_of

_PROBED = (sys.executable, "-m", "benchmarks.probed_app")
_SIZES = (5, 63)
"""Kilobytes: above 64, or with too much in them, texts stay as they were written."""

_IDLE = 0.25
_LONGEST = 60.0


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the worst gap, which text it was for, and how much memory the app has in the end."""
    names = [*SHAPES, *FRAMED]
    names = names[::6] if quick else names
    with double_running() as double, tempfile.TemporaryDirectory() as folder:
        gaps, memory = _shown(double, names, Path(folder) / "gaps")
    worst = sorted(gaps, key=lambda name: gaps[name], reverse=True)
    told = ", ".join(f"{name} {gaps[name] * 1000:.0f} ms" for name in worst[:3])
    value = f"{gaps[worst[0]] * 1000:.0f} ms ({told})"
    yield Figure(f"worst gap of the event loop, {len(gaps)} hostile answers", value, "≤ 250 ms")
    yield Figure("memory after them", f"{memory / 1e6:.0f} MB", "< 400 MB")


def _shown(double: CerebrasDouble, names: list[str], gaps: Path) -> tuple[dict[str, float], int]:
    found: dict[str, float] = {}
    with home_of(double, ("writer",)) as home:
        command = ["env", f"LOOP_GAPS={gaps}", *_PROBED, "-c", str(home.roster)]
        with app_in(command, (100, 40), home.environment) as terminal:
            _ask(terminal)  # what is imported for a first answer is not what is measured
            for name in names:
                for size in _SIZES:
                    text = f"Here it is:\n\n{text_of(name, size * KB)}"
                    double.default = Answer(text, tokens_per_event=(12, 12), batch=8)
                    began = time.monotonic()
                    _ask(terminal)
                    found[f"{name}, {size} KB"] = _worst(gaps, began)
            return found, terminal.resident_bytes()


def _ask(terminal: PtyTerminal) -> None:
    """Ask, and wait until the app has nothing more to do."""
    terminal.type("\x0e")  # a new conversation: what was answered before is not sent again
    try:
        terminal.type("why?\r", COMPLETE, _LONGEST)
    except NotPaintedError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
    used, limit = terminal.cpu_seconds(), time.monotonic() + _LONGEST
    while time.monotonic() < limit:
        time.sleep(_IDLE)
        before, used = used, terminal.cpu_seconds()
        if used - before < _IDLE * 0.25:
            return


def _worst(gaps: Path, began: float) -> float:
    lines = (line.split() for line in gaps.read_text().splitlines())
    return max(float(line[1]) for line in lines if len(line) == 2 and float(line[0]) > began)
