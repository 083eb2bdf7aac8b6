"""Links in answers, in the app: nothing opens but what was shown whole and said yes to."""

from collections.abc import Callable

import pytest
from textual.widgets import OptionList

from moa_tui.ui.links import opening
from moa_tui.ui.links.address import Address
from moa_tui.ui.screens.links import LinkCard, LinkList
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen
from tests.ui.test_app_turn import Open, script

ANSWER = (
    "Look at [the bank](https://bank.example@evil.example/login) and https://a.example/b,\n"
    "[not this](javascript:alert(1)), [nor this](--help) and [this /] [red](https://xn--a-ecp.ru/[/])."
)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Address]:
    """What would have been opened, at a machine with a desktop."""
    addresses: list[Address] = []
    monkeypatch.setattr(opening, "open_in_browser", addresses.append)
    monkeypatch.setattr(opening, "obstacle", lambda: "")
    monkeypatch.setattr("webbrowser.open", lambda *_: pytest.fail("opened by somebody else"))
    return addresses


async def to_the_list(screen: Screen) -> None:
    await screen.ask("why?")
    await screen.shows("✓ complete", "Look at the bank")
    screen.app.main.stage.focus_pane("agent-1")
    await screen.pilot.press("o")
    await screen.wait(lambda: isinstance(screen.app.screen, LinkList), "listed the links")


def on_card(screen: Screen) -> Callable[[], bool]:
    return lambda: isinstance(screen.app.screen, LinkCard)


async def test_a_link_is_shown_whole_before_it_is_opened(
    open_app: Open, double: CerebrasDouble, opened: list[Address]
) -> None:
    script(double, a=Answer(ANSWER))
    async with open_app(size=(120, 40)) as screen:
        await to_the_list(screen)
        assert screen.app.screen.query_one(OptionList).option_count == 3
        await screen.shows("! https://bank.example@evil.example/login", "the bank", "Links: 3")
        await screen.pilot.press("enter")
        await screen.wait(on_card(screen), "showed the link")
        await screen.shows("leads to evil.example", "https://bank.example@evil.example/login")
        await screen.shows("what stands before the @ is not the host", "y opens it")
        # What led here opens nothing, however often it is pressed.
        await screen.pilot.press("enter", "o", "space")
        assert on_card(screen)()
        await screen.pilot.press("escape")
        await screen.hides("leads to")
        assert opened == []
        await screen.pilot.press("o")
        await screen.pilot.press("down", "enter", "y")
        await screen.wait(lambda: opened, "opened it")
        assert [address.url for address in opened] == ["https://a.example/b"]


async def test_over_ssh_it_is_copied(
    open_app: Open, double: CerebrasDouble, opened: list[Address], monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[str] = []
    monkeypatch.setattr(opening, "obstacle", lambda: "over SSH")
    script(double, a=Answer(ANSWER))
    async with open_app(size=(120, 40)) as screen:
        monkeypatch.setattr(screen.app, "copy_to_clipboard", copied.append)
        await to_the_list(screen)
        await screen.pilot.press("enter")
        await screen.shows("It is copied: over SSH", "c copies it")
        await screen.hides("y opens it")
        await screen.pilot.press("y")
        assert on_card(screen)()
        await screen.pilot.press("c")
        await screen.wait(lambda: copied, "copied it")
    assert copied == ["https://bank.example@evil.example/login"]
    assert opened == []


async def test_a_text_without_links_says_so(open_app: Open, double: CerebrasDouble) -> None:
    async with open_app() as screen:
        screen.app.main.stage.focus_pane("agent-1")
        await screen.pilot.press("o")
        await screen.wait(screen.told("no links in this text"), "said so")
