"""A replay as an asciicast v2 file (docs.asciinema.org/manual/asciicast/v2): a film for a terminal.

The app is painted without a terminal, frame by frame, under a clock that is moved by hand: however
busy the machine is, a frame has the time that it had in the turn.
"""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.driver import Driver
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from moa_tui.engine.events import TurnStarted
from moa_tui.transcript.recording import header_of
from moa_tui.ui.replay.app import ReplayApp
from moa_tui.ui.terminal.pacing import FRAMES_PER_SECOND, FramePacer, Link
from moa_tui.ui.widgets.pane import Pane

if TYPE_CHECKING:
    from moa_tui.settings.loading import Loaded
    from moa_tui.transcript.recording import Recording

_BEGIN, _END = "\x1b[?25l\x1b[2J\x1b[H", "\x1b[0m\x1b[?25h"
_HELD = 2.0
"""Seconds that the end stays in sight."""
_PAINTED = 0.025
"""Seconds within which Textual, at 60 frames a second, has painted what was asked for."""


class _Film(HeadlessDriver):
    """A terminal that is not there: what would be written to it is kept."""

    written = ""

    @property
    def is_headless(self) -> bool:
        """Whether painting can be left out."""
        return False

    def write(self, data: str) -> None:
        """Keep `data`."""
        self.written += data

    def taken(self) -> str:
        """Return what has been written since the last call."""
        data, self.written = self.written, ""
        return data


class _EveryFrame(FramePacer):
    """There is no link, and frames come as fast as they can be made."""

    def due(self, now: float, link: Link) -> bool:  # noqa: ARG002 - whatever they are
        """Return whether to paint: always."""
        return True


class CastApp(ReplayApp):
    """Plays a recording for a file. `cast` has its frames: the seconds of each, and its text."""

    has_keys: ClassVar[bool] = False

    def __init__(
        self,
        recording: "Recording",
        prepare: "Callable[[], Loaded]",
        theme_dirs: Sequence[Path],
        theme: str,
        speed: float,
    ) -> None:
        self._now = 0.0
        self.cast: list[tuple[float, str]] = []
        self._begun = asyncio.Event()
        super().__init__(
            recording, prepare, theme_dirs, theme, speed=speed, clock=lambda: self._now
        )

    def get_driver_class(self) -> type[Driver]:
        """A terminal that is a film."""
        return _Film

    def play(self) -> None:
        """Begin; the frames are asked for one by one."""
        assert self.player
        self.animation_level = "none"
        self.player.play()
        self._begun.set()

    async def film(self, pilot: Pilot[object]) -> None:
        """Paint frame after frame, up to the end."""
        await self._begun.wait()
        assert self.player
        assert self.frames
        assert self.transport
        film = self._driver
        assert isinstance(film, _Film)
        self.frames.pacer = _EveryFrame()
        count = 0
        while True:
            over = not self.player.playing
            self._now = count / FRAMES_PER_SECOND
            self.frames.tick()
            self.transport.draw()
            await self._painted(pilot)
            if data := film.taken():
                self.cast.append((self._now, data))
            if over:
                break
            count += 1
        self.cast.append((self._now + _HELD, _END))
        self.exit()

    async def _painted(self, pilot: Pilot[object]) -> None:
        # Markdown is made by workers, and belongs to the frame in which its stream ended.
        await pilot.pause(_PAINTED)
        while any(isinstance(w.node, Pane) and not w.is_finished for w in self.workers):
            await pilot.pause(_PAINTED)


def cast_lines(app: CastApp, size: tuple[int, int]) -> Iterator[str]:
    """Play `app` in a terminal of `size`, columns and rows; yield the lines of the file."""
    asyncio.run(app.run_async(size=size, mouse=False, auto_pilot=app.film))
    if app.crash:
        raise app.crash
    started = next((e.started_at for e in app.told if isinstance(e, TurnStarted)), 0.0)
    header = {
        "version": 2,
        "width": size[0],
        "height": size[1],
        "timestamp": int(started),
        "title": f"moa-tui, a recording: {header_of(app.told).title}",
        "env": {"TERM": "xterm-256color"},
    }
    yield json.dumps(header, ensure_ascii=False) + "\n"
    for number, (at, data) in enumerate(app.cast):
        text = data if number else _BEGIN + data
        yield json.dumps([round(at, 3), "o", text], ensure_ascii=False) + "\n"
