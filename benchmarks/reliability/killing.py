"""The app killed with signal 9 while four agents stream: how much of their text is gone."""

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from benchmarks.opened import app_in
from benchmarks.pty_terminal import MOA_TUI
from benchmarks.reliability.rig import Home, double_running, home_of
from benchmarks.table import Figure
from moa_tui.transcript.history import interrupted_turns
from tests.double import Answer, CerebrasDouble

_AGENTS = ("a", "b", "c", "d", "writer")
_PACE = 0.004
"""Seconds between two events: 1,000 a second in all."""

_WORDS = tuple(f"{number} " for number in range(20_000))


@dataclass(frozen=True, slots=True)
class Killed:
    """Seconds since the oldest text that is gone was sent; whether the database is whole."""

    lost: float
    kept: int
    intact: bool


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield what was lost at random moments."""
    moments = random.Random(4)  # noqa: S311 - the same moments in every run
    with double_running() as double:
        double.default = replace(Answer.of(*_WORDS), pace=_PACE)
        killed = [_kill(double, moments.uniform(0.1, 4.0)) for _ in range(4 if quick else 20)]
    worst = max(case.lost for case in killed)
    median = sorted(case.lost for case in killed)[len(killed) // 2]
    whole = sum(case.intact for case in killed)
    value = f"{worst:.2f} s at worst, {median:.2f} s in the middle"
    yield Figure(f"text lost by {len(killed)} × kill -9, 4 agents streaming", value, "≤ 1 s")
    yield Figure("database intact after it, turn found", f"{whole}/{len(killed)}", "all")


def _kill(double: CerebrasDouble, after: float) -> Killed:
    with home_of(double, _AGENTS) as home:
        command = [*MOA_TUI, "-c", str(home.roster)]
        with app_in(command, (120, 40), home.environment) as terminal:
            before = len(double.chats)
            terminal.type("why?\r", "writing")
            time.sleep(after)
            os.kill(terminal.pid, signal.SIGKILL)
            at = time.perf_counter()
        return _look(double, before, home, at)


def _look(double: CerebrasDouble, before: int, home: Home, at: float) -> Killed:
    """Compare what was sent until `at` with what the history has."""
    with closing(sqlite3.connect(home.history)) as connection:
        intact = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = interrupted_turns(home.history)
    texts = {s.model: str(s.text) for s in found[0].unfinished} if found else {}
    lost, kept = 0.0, 0
    for chat in double.chats[before:]:
        words = texts.get(chat.model, "").split()
        intact = intact and words == [str(number) for number in range(len(words))]
        sent = [moment for moment in chat.sent[1:] if moment <= at]  # the first one is the role
        kept += len(words)
        if len(words) < len(sent):
            lost = max(lost, at - sent[len(words)])
    return Killed(lost, kept, intact and bool(found))
