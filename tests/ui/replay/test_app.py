"""The app on a recording: it looks like the turn did, and asks nobody."""

import asyncio
import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.settings.loading import load_settings
from moa_tui.transcript.recording import Recording, header_of, read_recording
from moa_tui.ui.replay.app import ReplayApp
from moa_tui.ui.widgets.pane import Pane
from tests.transcript.test_recording import TURN
from tests.ui.conftest import SIZE, Screen
from tests.ui.replay.test_player import Clock

DEMO = read_recording(paths.demonstration())


@asynccontextmanager
async def replay(
    recording: Recording = DEMO, size: tuple[int, int] = SIZE, play_at: float = 0.0
) -> AsyncIterator[tuple[Screen, Clock]]:
    """Open a recording under a clock that stands still."""
    clock = Clock()
    app = ReplayApp(
        recording, load_settings, paths.theme_dirs()[:1], "wafer", play_at=play_at, clock=clock
    )
    async with app.run_test(size=size) as pilot:
        screen = Screen(pilot, app)  # type: ignore[arg-type]  # has what is looked at
        await screen.wait(lambda: app.player and len(app.query(Pane)) > 1, "was there")
        yield screen, clock


async def test_the_demonstration_is_a_recording_and_says_so() -> None:
    async with replay() as (screen, clock):
        await screen.shows("recording of 2026-", "smollm2-135m-instruct", "3 agents → writer")
        await screen.shows("● playing", "0:00.0 / 0:19.6")
        clock.now = 1.0
        await screen.shows("waiting for the agents: 0 of 3 done")
        clock.now = 10.0
        await screen.shows("Regular exercise offers", "0:10.0 / 0:19.6")
        clock.now = 30.0
        await screen.shows("✓ over", "✓ complete", "382 tok", "3 of 3 agents", "total 19.6 s")


def test_the_demonstration_is_small_and_of_the_embedded_model() -> None:
    assert paths.demonstration().stat().st_size < 60_000
    assert DEMO.header.models == ("smollm2-135m-instruct",)
    assert DEMO.header.recorded_at


@pytest.mark.parametrize("size", [(200, 50), (120, 30), (80, 24)])
async def test_keys_of_a_player(size: tuple[int, int]) -> None:
    async with replay(size=size, play_at=7.0) as (screen, clock):
        await screen.shows("● playing", "0:07.0 /")
        await screen.pilot.press("right")
        await screen.shows("0:12.0 /")
        await screen.pilot.press("left", "left")
        await screen.shows("0:02.0 /")
        await screen.hides("Exercise has been")
        await screen.pilot.press("space")
        await screen.shows("○ paused")
        await screen.pilot.press("plus", "full_stop")
        await screen.shows("2×", "0:03.3 /")
        await screen.pilot.press("r")
        await screen.shows("● playing", "0:00.0 /")
        clock.now = 2.0
        await screen.shows("0:04.0 /")
        await screen.pilot.press("escape")
        await screen.shows("○ paused")


async def test_it_takes_no_questions_and_changes_nothing() -> None:
    async with replay() as (screen, _clock):
        await screen.pilot.press("i")
        await screen.wait(screen.told("takes no questions"), "refused")
        await screen.pilot.press("1", "x")
        await screen.wait(screen.told("cannot be changed"), "refused")
        await screen.pilot.press("ctrl+p", "space")
        assert screen.app.screen is not screen.app.main
        await screen.shows("● playing")


async def test_after_its_end_escape_leaves_the_keys_to_the_player() -> None:
    async with replay(play_at=19.5) as (screen, clock):
        clock.now = 30.0
        await screen.shows("✓ over")
        await screen.pilot.press("escape", "escape")
        assert screen.app.focused is None
        await screen.pilot.press("r")
        await screen.shows("● playing")


@pytest.mark.parametrize("folder", ["Downloads", ""])
async def test_what_is_shown_can_be_saved(home: Path, folder: str) -> None:
    if folder:
        (home / folder).mkdir()
    where = paths.downloads_dir() or paths.exports_dir()
    async with replay(Recording(header_of(TURN), tuple(TURN)), play_at=2.0) as (screen, _clock):
        app = screen.app
        titles = {command.title: command for command in app.get_system_commands(app.screen)}
        for title, command in titles.items():
            if title.startswith("Save"):
                command.callback()
        await screen.wait(lambda: where.is_dir() and len(list(where.iterdir())) == 3, "saved")
        await screen.wait(screen.told(str(where)), "said where")
        await asyncio.gather(*(w.wait() for w in app.workers if w.name == "_save"))
        found = {path.suffix: path for path in where.iterdir()}
        assert set(found) == {".jsonl", ".html", ".svg"}
        assert {stat.S_IMODE(path.stat().st_mode) for path in found.values()} == {0o600}
        assert read_recording(found[".jsonl"]).events == tuple(TURN)
        assert "<title>Why?" in found[".html"].read_text()
        assert not re.search(r"url\((?!#)|@import|href=\"http", found[".svg"].read_text())
        assert re.fullmatch(r"moa-tui-\d{8}-\d{6}-why\.svg", found[".svg"].name)
