"""The provider double in a thread of its own, and the program set up to ask it."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.allowed import allow
from moa_tui.paths import history_file
from tests.double import CerebrasDouble

KEY = "csk-canary-0123456789abcdef"
_VARIABLE = "RIG_API_KEY"
_HOMES = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")


@contextmanager
def double_running() -> Iterator[CerebrasDouble]:
    """Run the double beside what blocks here: its answers may be set from here, between turns."""
    double = CerebrasDouble(key=KEY)
    ready = threading.Event()
    loops: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with double:
            stop = asyncio.Event()
            loops.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=[serve()], daemon=True)
    thread.start()
    ready.wait()
    try:
        yield double
    finally:
        loop, stop = loops[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)


@dataclass(frozen=True, slots=True)
class Home:
    """A home folder with an agents.yaml in it that asks the double."""

    folder: Path
    roster: Path

    @property
    def environment(self) -> dict[str, str]:
        """What the program is started with."""
        return {_VARIABLE: KEY, **{name: str(self.folder) for name in _HOMES}}

    @property
    def history(self) -> Path:
        """Where the program keeps its turns."""
        return self.folder / history_file().parent.name / history_file().name


@contextmanager
def home_of(double: CerebrasDouble, agents: Sequence[str]) -> Iterator[Home]:
    """Make a home; the last of `agents` writes the answer, a single one answers alone."""
    double.models = list(agents)
    *proposers, writer = agents
    listed = "".join(f"  - {{name: {name}, model: {name}}}\n" for name in proposers or [writer])
    aggregator = f"{{name: {writer}, model: {writer}}}" if proposers else writer
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder) / "agents.yaml"
        roster.write_text(
            "version: 1\nproviders:\n"
            f"  rig: {{base_url: '{double.base_url}', api_key_env: {_VARIABLE}, like: cerebras}}\n"
            f"defaults: {{provider: rig}}\nagents:\n{listed}aggregator: {aggregator}\n"
            f"strategy: {'mixture' if proposers else 'single'}\n"
        )
        home = Home(Path(folder), roster)
        allow(roster, home.environment)
        yield home
