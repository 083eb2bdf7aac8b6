"""The first run with no key: the card, the key, the embedded model; no way is a dead end."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.widgets import Input

from moa_tui import paths
from moa_tui.errors import LocalModelError
from moa_tui.local.process import LocalServer
from moa_tui.roster.key_store import KeyStore
from moa_tui.roster.keys import forget_given_keys, missing_keys
from moa_tui.ui.app import MoaApp
from moa_tui.ui.start import Start
from tests.double import CerebrasDouble
from tests.rosters import build_roster
from tests.ui.conftest import ROSTER, Screen
from tests.ui.test_app_layout import script

OpenAt = Callable[..., AbstractAsyncContextManager[Screen]]
CARD = "No key for double"


@pytest.fixture
def without_key(
    double: CerebrasDouble, monkeypatch: pytest.MonkeyPatch, home: Path
) -> Iterator[OpenAt]:
    """Opens the app on the double with no key for it."""
    monkeypatch.delenv("DOUBLE_API_KEY")
    roster = build_roster(ROSTER.format(url=double.base_url).encode(), Path("agents.yaml"), "test")

    def start(_file: Path | None = None) -> Start:
        missing = tuple(missing_keys(roster, roster.lineup()))
        wanting = tuple(roster.providers[name] for name in ["double"] if missing)
        place = paths.history_file()
        return Start(
            roster, roster.lineup(), LocalServer(), place, missing, wanting=wanting, again=start
        )

    @asynccontextmanager
    async def opened(size: tuple[int, int] = (120, 30)) -> AsyncIterator[Screen]:
        app = MoaApp(start, paths.theme_dirs()[:1], "wafer")
        async with app.run_test(size=size) as pilot:
            screen = Screen(pilot, app)
            await screen.shows(CARD)
            yield screen
            await app.action_quit()

    yield opened
    forget_given_keys()


async def enter(screen: Screen, key: str) -> None:
    """Paste a key into the field and send it."""
    screen.app.screen.query_one(Input).value = key
    await screen.pilot.press("enter")


@pytest.mark.parametrize("size", [(120, 30), (80, 24)])
async def test_a_pasted_key_is_tried_stored_and_used_at_once(
    without_key: OpenAt, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    script(double)
    async with without_key(size) as screen:
        await screen.pilot.press("h", "i", "f10")  # the prompt is not held up
        await screen.shows("Paste a key", "Watch a recorded turn", "export DOUBLE_API_KEY=")
        await screen.pilot.press("k")
        await screen.shows("that only you can read", "for this run only")
        await screen.shows("▐●▌ in a file", "▐○▌ do not store it")
        await enter(screen, "  csk-wrong-0123456789  ")
        await screen.shows("not kept: ", "key")
        await enter(screen, f" {double.key}\n")
        await screen.hides("that only you can read", CARD)
        assert screen.app.main.prompt.text == "hi"
        await screen.pilot.press("enter")
        await screen.shows("✓ complete", "text of z")
    (entry,) = KeyStore().entries()
    assert (entry.variable, entry.source) == ("DOUBLE_API_KEY", "file")


async def test_a_question_that_nobody_can_be_asked_leads_to_the_card_and_is_kept(
    without_key: OpenAt, double: CerebrasDouble
) -> None:
    script(double)
    async with without_key() as screen:
        await screen.ask("why?")
        await screen.shows("Paste a key", "Watch a recorded turn")
        assert not double.chats
        await screen.pilot.press("escape")
        await screen.hides("Paste a key")
        assert screen.app.main.prompt.text == "why?"


async def test_a_key_can_be_for_this_run_only(without_key: OpenAt, double: CerebrasDouble) -> None:
    async with without_key() as screen:
        await screen.pilot.press("f10", "k")
        await screen.shows("for this run only")
        await screen.pilot.press("tab", "down", "space", "shift+tab")
        await enter(screen, double.key)
        await screen.hides("for this run only", CARD)
    assert KeyStore().entries() == []


async def test_what_is_wrong_is_said_and_nothing_is_kept(
    without_key: OpenAt, double: CerebrasDouble
) -> None:
    async with without_key() as screen:
        await screen.pilot.press("f10", "k")
        await screen.shows("for this run only")
        await screen.pilot.press("enter")
        await screen.shows("paste the key first")
        await enter(screen, "two words")
        await screen.shows("does not hold a key")
        await screen.pilot.press("escape")
        await screen.shows(CARD)
    assert KeyStore().entries() == []


async def test_the_embedded_model_is_set_up_from_inside(
    without_key: OpenAt, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def make_ready(told: Callable[[int, int], None]) -> None:
        told(46_500_000, 93_000_000)
        asked.append(1)
        if len(asked) == 1:
            raise LocalModelError("no network", "try again")

    monkeypatch.setattr("moa_tui.ui.late.make_ready", make_ready)
    async with without_key() as screen:
        used: list[Path] = []
        monkeypatch.setattr(screen.app, "reload", used.append)
        await screen.pilot.press("f10", "e")
        await screen.wait(screen.told("no network — try again"), "said why not")
        await screen.pilot.press("f10", "e")
        await screen.wait(lambda: used, "switched to it")
        assert used[0].parent.name == "local"
