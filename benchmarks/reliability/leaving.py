"""Every way to leave while agents stream: whether the terminal is as it was, and how soon."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from benchmarks.reliability.rig import KEY, Home, double_running, home_of
from benchmarks.table import Figure
from moa_tui.transcript.history import list_turns, load_turn
from tests.double import Answer, CerebrasDouble
from tests.e2e.running import MOA_TUI, READY, Running

_CRASHING = (sys.executable, "-m", "benchmarks.reliability.crashing_app")
_QUIT, _F12 = "\x11", "\x1b[24~"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to leave; without a terminal there is nobody to read, and nothing to clean."""

    name: str
    leave: Callable[[Running], None]
    codes: tuple[int, ...]
    reads: bool = True


@dataclass(frozen=True, slots=True)
class Left:
    """How it went."""

    clean: bool
    kept: bool
    seconds: float
    told: bool
    """Whether a key was in what was painted."""


_WAYS = (
    Way("SIGINT", lambda running: running.kill(signal.SIGINT), (130,)),
    Way("SIGTERM", lambda running: running.kill(signal.SIGTERM), (143,)),
    Way("SIGHUP", lambda running: running.kill(signal.SIGHUP), (129,)),
    Way("closed terminal", lambda running: running.hang_up(), (129,), reads=False),
    Way("exception", lambda running: running.type(_F12), (70,)),
    Way("quit key", lambda running: running.type(_QUIT), (0,)),
)


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield each way, then a terminal that nobody reads any more."""
    _ = quick
    with double_running() as double:
        double.default = replace(Answer("word " * 20_000), pace=0.004)
        ways = {way.name: _left(double, way) for way in _WAYS}
        stalled = _left(double, replace(_WAYS[1], reads=False), unread=2.0)
    clean = sum(left.clean for left in ways.values())
    each = ", ".join(f"{name} {left.seconds:.1f} s" for name, left in ways.items())
    yield Figure("exits that left the terminal clean", f"{clean}/{len(ways)}", "all")
    dirty = [name for name, left in ways.items() if not left.clean]
    yield Figure("seconds each", each + (f"; not clean: {dirty}" if dirty else ""), "≤ 2 s")
    kept = sum(left.kept for left in ways.values())
    yield Figure("text kept by them", f"{kept}/{len(ways)}", "all")
    told = sum(left.told for left in ways.values())
    yield Figure("keys painted by them", str(told), "0")
    value = f"{stalled.seconds:.1f} s, text {'kept' if stalled.kept else 'lost'}"
    yield Figure("SIGTERM while nobody reads the terminal", value, "≤ 5 s, kept")


def _left(double: CerebrasDouble, way: Way, *, unread: float = 0.6) -> Left:
    """Leave after `unread` seconds of streaming; a pseudo-terminal takes 4 KB that nobody reads."""
    with home_of(double, ("a", "b", "c", "writer")) as home:
        program = _CRASHING if way.name == "exception" else MOA_TUI
        running = Running([*program, "-c", str(home.roster)], home.environment)
        try:
            running.read_until(lambda painted: READY in painted)
            running.type("why?\r")
            running.read_until(lambda painted: b"writing" in painted)
            time.sleep(unread)
            return _timed(running, way, home)
        finally:
            running.end()


def _timed(running: Running, way: Way, home: Home) -> Left:
    began = time.monotonic()
    way.leave(running)
    if way.reads:
        running.read_until(lambda _painted: False)  # until the program closes its end
    code = running.exit_code()
    seconds = time.monotonic() - began
    clean = code in way.codes and (running.clean or not way.reads)
    return Left(clean, _kept(home), seconds, KEY.encode() in running.painted)


def _kept(home: Home) -> bool:
    turns = list_turns(home.history)
    record = load_turn(home.history, turns[0].turn) if turns else {"streams": []}
    return any(stream["text"].startswith("word word") for stream in record["streams"])
