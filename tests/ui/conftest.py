"""What tests of the screen share: the app on the provider double, and waiting without sleeping."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from moa_tui import paths
from moa_tui.local.process import LocalServer
from moa_tui.roster.keys import missing_keys
from moa_tui.settings.loading import Loaded
from moa_tui.settings.model import Settings
from moa_tui.ui.app import MoaApp
from moa_tui.ui.start import Start
from moa_tui.ui.themes import load_themes
from moa_tui.ui.widgets.pane import Pane
from tests.double import CerebrasDouble
from tests.rosters import build_roster

ROSTER = """
version: 1
providers:
  double: {{base_url: "{url}", api_key_env: DOUBLE_API_KEY, like: cerebras}}
defaults: {{provider: double, temperature: 0.5}}
agents:
  - {{name: ada, model: model-a, system_prompt: You are Ada., expertise: sums}}
  - {{name: bob, model: model-b}}
  - {{name: cyd, model: model-c}}
aggregator: {{name: zoe, model: model-z}}
presets:
  alone: {{strategy: single, agents: [ada]}}
"""
THEMES, _ = load_themes(paths.theme_dirs()[:1])
SIZE = (200, 50)


class Screen:
    """The app under a pilot, and what a person would look at."""

    def __init__(self, pilot: Pilot[None], app: MoaApp) -> None:
        self.pilot = pilot
        self.app = app

    def text(self) -> str:
        """Return what is on the screen, row by row."""
        width, height = self.app.size
        rows = self.app.screen._compositor.render_strips()
        return "\n".join(strip.crop(0, width).text for strip in list(rows)[:height])

    async def wait(self, condition: Callable[[], object], what: str) -> None:
        """Let the app run until `condition` holds; fail with the screen if it never does."""
        try:
            async with asyncio.timeout(60):
                while not condition():
                    await self.pilot.pause(0.01)
        except TimeoutError:
            pytest.fail(f"never {what}; the screen:\n{self.text()}")

    async def shows(self, *texts: str) -> None:
        """Wait until every one of `texts` is on the screen."""
        for text in texts:
            await self.wait(partial(self._has, text), f"showed {text!r}")

    async def hides(self, *texts: str) -> None:
        """Wait until none of `texts` is on the screen."""
        for text in texts:
            await self.wait(partial(self._lacks, text), f"hid {text!r}")

    async def panes(self, *ids: str) -> None:
        """Wait until the panes that have room on the screen are `ids`, and no others."""
        await self.wait(lambda: self._panes() == list(ids), f"showed the panes {ids}")

    def told(self, words: str) -> Callable[[], bool]:
        """Return whether a notification with `words` is there, as a condition to wait for."""
        return lambda: any(words in note.message for note in self.app._notifications)

    def _has(self, text: str) -> bool:
        return text in self.text()

    def _lacks(self, text: str) -> bool:
        return text not in self.text()

    def _panes(self) -> list[str]:
        return [pane.id or "" for pane in self.app.main.stage.panes if pane.region]

    async def ask(self, question: str) -> None:
        """Type a question and send it."""
        await self.pilot.press(*_keys(question), "enter")


def _keys(text: str) -> Iterator[str]:
    names = {" ": "space", "?": "question_mark", "\n": "ctrl+j", "'": "apostrophe"}
    return (names.get(char, char) for char in text)


@pytest.fixture
async def double(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CerebrasDouble]:
    """The provider double, its key in the environment."""
    async with CerebrasDouble() as double:
        double.models[:] = ["model-a", "model-b", "model-c", "model-z"]
        monkeypatch.setenv("DOUBLE_API_KEY", double.key)
        yield double


@pytest.fixture
def open_app(double: CerebrasDouble) -> Callable[..., object]:
    """Opens the app on the double."""

    @asynccontextmanager
    async def opened(
        roster: str = ROSTER,
        size: tuple[int, int] = SIZE,
        preset: str = "",
        question: str = "",
        theme: str = "wafer",
        settings: Settings | None = None,
        *,
        notifications: bool = False,
        theme_dirs: Sequence[Path] = paths.theme_dirs()[:1],
    ) -> AsyncIterator[Screen]:
        built = build_roster(
            roster.format(url=double.base_url).encode(), Path("agents.yaml"), "test"
        )
        lineup = built.lineup(preset)
        start = Start(
            roster=built,
            lineup=lineup,
            server=LocalServer(),
            history=paths.history_file(),
            missing_keys=tuple(missing_keys(built, lineup)),
            settings=Loaded(settings or Settings()),
        )
        app = MoaApp(lambda: start, theme_dirs, theme, question)
        async with app.run_test(size=size, notifications=notifications) as pilot:
            screen = Screen(pilot, app)
            await screen.wait(lambda: len(app.query(Pane)) > 1, "showed its agents")
            yield screen
            await app.action_quit()

    return opened
