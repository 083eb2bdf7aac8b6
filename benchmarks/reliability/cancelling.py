"""Turns that are cancelled while they stream: what is left of tasks, sockets and threads."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.opened import app_in
from benchmarks.pty_terminal import MOA_TUI, PtyTerminal
from benchmarks.reliability.rig import double_running, home_of
from benchmarks.table import Figure
from tests.double import Answer
from tests.engine.cancelled import Left, cancel_turns
from tests.engine.fault_rig import opened_rig

_AGENTS = ("a", "b", "c", "writer")


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield what fifty turns leave behind: in the engine, and in the app that Esc stops."""
    turns = 10 if quick else 50
    first, last = asyncio.run(_in_engine(turns))
    ratios = [f"{after}/{before}" for before, after in zip(first, last, strict=True)]
    name = f"tasks, files, threads after {turns} cancelled turns ÷ after the first"
    yield Figure(name, ", ".join(ratios), "1")
    files, threads = _in_app(turns)
    name = f"the app's sockets, threads after {turns} × Esc ÷ after the first"
    yield Figure(name, f"{files}, {threads}", "1")


async def _in_engine(turns: int) -> tuple[Left, Left]:
    with pytest.MonkeyPatch.context() as patch:
        async with opened_rig(patch) as rig:
            return await cancel_turns(rig, turns)


def _in_app(turns: int) -> tuple[str, str]:
    with double_running() as double, home_of(double, _AGENTS) as home:
        double.default = replace(Answer("word " * 5000), pace=0.002)
        command = [*MOA_TUI, "-c", str(home.roster)]
        with app_in(command, (120, 40), home.environment) as terminal:
            _stop_one(terminal)
            first = _open(terminal)
            for _ in range(turns):
                _stop_one(terminal)
            last = _open(terminal)
    sockets, threads = (f"{after}/{before}" for before, after in zip(first, last, strict=True))
    return sockets, threads


def _stop_one(terminal: PtyTerminal) -> None:
    terminal.type("why?\r", "writing")
    terminal.type("\x1b", "stopped")


def _open(terminal: PtyTerminal) -> tuple[int, int]:
    """Count sockets and threads, once connections that were left have been closed."""
    time.sleep(1.0)
    process = Path(f"/proc/{terminal.pid}")
    links = [str(file.readlink()) for file in (process / "fd").iterdir()]
    sockets = sum(link.startswith("socket:") for link in links)
    return sockets, sum(1 for _ in (process / "task").iterdir())
