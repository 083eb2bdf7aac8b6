"""The worst gap of the event loop while hostile texts stream and are shown; memory besides.

The app itself, painting at full rate onto a terminal that throws it away; the texts come as the
engine reports them.
"""

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from textual.drivers.headless_driver import HeadlessDriver

from benchmarks.table import Figure
from moa_tui import paths
from moa_tui.engine.events import (
    Outcome,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.local.process import LocalServer
from moa_tui.roster.trust import embedded_roster
from moa_tui.state import TurnState, fold
from moa_tui.ui.app import MoaApp
from moa_tui.ui.launch import collect_rarely
from moa_tui.ui.start import Start
from tests.hostile_texts import shapes

_SIZE = (120, 40)
_PIECES = 20
_STEP = 0.002
_PROGRAM = (sys.executable, "-m", "benchmarks.hostile")


class _Nowhere(HeadlessDriver):
    """A terminal that takes everything and shows nothing."""

    @property
    def is_headless(self) -> bool:
        """Textual renders nothing for a headless one."""
        return False


class _App(MoaApp):
    def get_driver_class(self) -> type[HeadlessDriver]:
        return _Nowhere


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield the worst gap of each shape that is over a tenth of the goal, then of all; memory."""
    command = [*_PROGRAM, "--quick"] if quick else [*_PROGRAM]
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            command, env={**os.environ, "HOME": home}, capture_output=True, text=True, check=True
        )
    found = json.loads(done.stdout.splitlines()[-1])
    gaps: dict[str, float] = found["gaps"]
    worst = max(gaps, key=lambda name: gaps[name])
    name = f"worst gap of the event loop, {len(gaps)} hostile texts, streamed, finished, resized"
    yield Figure(name, f"{gaps[worst] * 1000:.0f} ms ({worst})", "≤ 250 ms")
    yield Figure("most memory after all of them", f"{found['memory'] / 1e6:.0f} MB", "< 400 MB")


@asynccontextmanager
async def _opened() -> AsyncIterator[MoaApp]:
    collect_rarely()
    roster = embedded_roster()
    start = Start(roster, roster.lineup(), LocalServer(), paths.history_file())
    app = _App(lambda: start, paths.theme_dirs()[:1], "wafer")
    ready = asyncio.Event()
    running = asyncio.create_task(app.run_async(size=_SIZE, auto_pilot=lambda _pilot: _set(ready)))
    await ready.wait()
    while not (app.late and app._frames):  # noqa: ASYNC110, SLF001 - a seam, which tells nobody
        await asyncio.sleep(0.05)
    yield app
    await app.action_quit()
    await running


async def _set(event: asyncio.Event) -> None:
    event.set()


async def _shown(app: MoaApp, text: str, turn: str) -> float:
    """Stream a text into a pane and the answer's, let it be rendered, resize; return the gap."""
    gaps = [0.0]
    looking = asyncio.create_task(_look(gaps))
    await asyncio.sleep(0.01)
    state = TurnState()
    planned = [
        StreamPlanned(0.0, "s1", "ada", Role.PROPOSER, 1, "m", "p", ()),
        StreamPlanned(0.0, "s2", "zoe", Role.AGGREGATOR, 2, "m", "p", ()),
    ]
    state = fold(state, [TurnStarted(0.0, turn, "why?", "mixture", 0.0), *planned])
    size = max(1, -(-len(text) // _PIECES))
    for start in range(0, len(text), size):
        piece = text[start : start + size]
        events: list[TurnEvent] = [TextDelta(1.0, stream, piece) for stream in ("s1", "s2")]
        state = fold(state, events)
        app.main.show(state, 1.0)
        await asyncio.sleep(0.02)
    ends: list[TurnEvent] = [StreamEnded(2.0, s, Outcome.COMPLETE) for s in ("s1", "s2")]
    state = fold(state, [*ends, TurnEnded(2.0, TurnOutcome.COMPLETE, text, "s2")])
    app.main.show(state, 2.0)
    await asyncio.sleep(0.1)
    await _idle(app)
    for view in (pane.text for pane in app.main.stage.panes):
        view.action_jump("top")
        await asyncio.sleep(0.02)
        view.action_page(1)
        await asyncio.sleep(0.02)
    for width in (90, 170, 120):
        driver: Any = app._driver  # noqa: SLF001 - there is no other way to resize it
        driver._size = (width, 40)  # noqa: SLF001 - likewise
        driver.start_application_mode()
        await asyncio.sleep(0.1)
        await _idle(app)
    looking.cancel()
    return max(gaps)


async def _idle(app: MoaApp) -> None:
    """Wait until nothing is being rendered any more."""
    until = time.monotonic() + 20
    panes = app.main.stage.panes
    while any(not w.is_finished and w.node in panes for w in app.workers):
        if time.monotonic() > until:
            return
        await asyncio.sleep(0.02)


async def _look(gaps: list[float]) -> None:
    last = time.perf_counter()
    while True:
        await asyncio.sleep(_STEP)
        now = time.perf_counter()
        gaps.append(now - last - _STEP)
        last = now


def _resident() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def _measure(only: list[str]) -> None:
    quick = "--quick" in only
    names = [name for name in only if not name.startswith("-")]
    gaps: dict[str, float] = {}
    async with _opened() as app:
        await _shown(app, "warm up", "t")
        for number, (name, text) in enumerate(shapes().items()):
            if (names and name not in names) or (quick and number % 4):
                continue
            gaps[name] = await _shown(app, text, f"t{number}")
            print(f"{gaps[name] * 1000:7.0f} ms  {name}", file=sys.__stderr__, flush=True)
    print(json.dumps({"gaps": gaps, "memory": _resident()}))


if __name__ == "__main__":
    asyncio.run(_measure(sys.argv[1:]))
