"""The question about somebody else's file, in the app: before anything of it is used."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from moa_tui import paths
from moa_tui.local.process import LocalServer
from moa_tui.roster.keys import missing_keys
from moa_tui.roster.loading import Found
from moa_tui.roster.trust import roster_of_folder, trusted_roster
from moa_tui.ui.app import MoaApp
from moa_tui.ui.screens.trust import TrustScreen
from moa_tui.ui.start import Start
from moa_tui.ui.widgets.first_prompt import FirstPrompt
from tests.double import CerebrasDouble
from tests.ui.conftest import ROSTER, Screen

SIZES = [(200, 50), (80, 24)]
Asked = Callable[..., AbstractAsyncContextManager[Screen]]


@pytest.fixture
def file(double: CerebrasDouble, home: Path, tmp_path: Path) -> Path:
    """A file of somebody else's; one of the agents is called like a piece of markup."""
    path = tmp_path / "[@click=app.quit]" / "agents.yaml"
    path.parent.mkdir()
    path.write_text(ROSTER.format(url=double.base_url).replace("bob", "'[/x] [b'"))
    return path


@pytest.fixture
def asked(file: Path) -> Asked:
    """Opens the app on that file, up to the question."""

    @asynccontextmanager
    async def opened(
        size: tuple[int, int] = SIZES[0], *, offered: bool = False
    ) -> AsyncIterator[Screen]:
        def prepare() -> Start:
            found = Found(paths.shipped("agents.yaml"), "shipped")
            here = roster_of_folder(file) if offered else trusted_roster(Found(file, "--config"))
            roster = trusted_roster(found) if isinstance(here, str) else here
            lineup = roster.lineup()
            missing = tuple(missing_keys(roster, lineup))
            return Start(roster, lineup, LocalServer(), paths.history_file(), missing)

        app = MoaApp(prepare, paths.theme_dirs()[:1], "wafer")
        async with app.run_test(size=size) as pilot:
            screen = Screen(pilot, app)
            await screen.wait(lambda: isinstance(app.screen, TrustScreen), "asked")
            yield screen
            await app.action_quit()

    return opened


async def ready(screen: Screen) -> None:
    """Wait until the question takes an answer."""
    await screen.wait(lambda: getattr(screen.app.screen, "ready", False), "was ready")


@pytest.mark.parametrize("size", SIZES)
async def test_it_is_shown_and_a_yes_goes_on(
    asked: Asked, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    async with asked(size) as screen:
        place = f"127.0.0.1:{double.port}"
        await screen.shows("agents.yaml", place, "! gets your key DOUBLE_API_KEY", "y use it")
        assert not double.requests
        await ready(screen)
        await screen.pilot.press("y")
        await screen.hides("y use it")
        await screen.shows("○ ready")
    assert trusted_roster(Found(Path(screen.app._start.roster.path), "x")).agents  # type: ignore[union-attr]


async def test_a_no_to_a_named_file_leaves_and_uses_nothing(
    asked: Asked, double: CerebrasDouble
) -> None:
    async with asked() as screen:
        await ready(screen)
        await screen.pilot.press("n")
        await screen.wait(lambda: screen.app.refusal, "left")
    assert "is not used, as you answered" in str(screen.app.refusal)
    assert not double.requests
    assert double.connections == 0


async def test_a_no_to_a_file_of_the_folder_takes_the_next_one(
    asked: Asked, double: CerebrasDouble
) -> None:
    async with asked(offered=True) as screen:
        await ready(screen)
        await screen.pilot.press("escape")
        await screen.shows("CEREBRAS_API_KEY")
    assert screen.app.refusal is None
    assert not double.requests


async def test_what_is_being_typed_is_no_answer_and_is_not_lost(
    asked: Asked, double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrustScreen, "QUIET", 3600)
    async with asked() as screen:
        await screen.pilot.press("w", "h", "y", "q", "n", "question_mark")
        typed = screen.app.main.query_one(FirstPrompt).typed
        assert (typed, isinstance(screen.app.screen, TrustScreen)) == ("whyqn?", True)
    assert not double.requests


async def test_keys_of_the_app_do_no_harm_meanwhile(asked: Asked) -> None:
    async with asked() as screen:
        await ready(screen)
        await screen.pilot.press("ctrl+c", "ctrl+n", "tab", "down", "pagedown", "f2")
        assert isinstance(screen.app.screen, TrustScreen)
        await screen.pilot.press("ctrl+q")
        await screen.wait(lambda: not screen.app.is_running, "left")
