"""Turns that are started and cancelled mid-stream, and what they leave behind."""

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from moa_tui.engine.events import TurnEvent
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from tests.double import Answer
from tests.engine.fault_rig import Rig
from tests.engine.scripted import plan

OPEN_FILES = Path("/proc/self/fd")
"""Sockets among them; not every system has it."""


class Left(NamedTuple):
    """What there is of each."""

    tasks: int
    files: int
    threads: int


async def cancel_turns(rig: Rig, turns: int) -> tuple[Left, Left]:
    """Run and cancel `turns` turns after a first one; return what each of both left behind."""
    for name in ("a", "b", "c"):
        rig.double.answers[name] = Answer("word " * 100, gate=asyncio.Event(), gate_at=3)
    await _cancel_one(rig)
    first = _left()
    for _ in range(turns):
        await _cancel_one(rig)
    return first, _left()


async def _cancel_one(rig: Rig) -> None:
    turn_plan = replace(plan("abc"), providers=rig.connections.providers)
    events: list[TurnEvent] = []
    opened = rig.connections
    running = run_turn(turn_plan, mixture, opened.connect, events.append, budgets=opened.budgets)
    task = asyncio.create_task(running)
    await rig.double.wait_for_held(3)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    await rig.double.wait_for_idle()
    await rig.double.wait_until(lambda: rig.double.connections == 0, "connections to close")


def _left() -> Left:
    return Left(
        len(asyncio.all_tasks()), sum(1 for _ in OPEN_FILES.iterdir()), threading.active_count()
    )
