"""Hostile texts in the lists and questions of the screen: kept turns, themes, presets, files."""

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen as TextualScreen

from moa_tui import paths
from moa_tui.roster.loading import Found
from moa_tui.roster.trust import trusted_roster
from moa_tui.roster.trust_question import UntrustedError
from moa_tui.text import clean
from moa_tui.ui.links.address import address_in
from moa_tui.ui.links.finding import FoundLink
from moa_tui.ui.screens.help import HelpScreen, Key
from moa_tui.ui.screens.history import HistoryScreen
from moa_tui.ui.screens.links import LinkList
from moa_tui.ui.screens.question_search import QuestionSearch
from moa_tui.ui.screens.theme_picker import ThemePicker
from moa_tui.ui.screens.trust import TrustScreen
from tests.double import CerebrasDouble
from tests.hostile_texts import PAYLOADS
from tests.test_doors import foreign_history
from tests.ui.conftest import ROSTER
from tests.ui.test_hostile_screen import Open, assert_no_actions, assert_own, written

__all__ = ["written"]

ALL = " ".join(PAYLOADS.values())
MARKS = "[/x] [@click=app.quit]b [red"


def asked_about(double: CerebrasDouble, folder: Path) -> UntrustedError:
    """The question about a file whose path and names are hostile."""
    path = folder / "planted_in_path [@click=app.quit] [red" / "agents.yaml"
    path.parent.mkdir()
    path.write_text(
        ROSTER.format(url=double.base_url).replace("bob", f"'planted_in_agent {MARKS}'")
    )
    with pytest.raises(UntrustedError) as caught:
        trusted_roster(Found(path, "--config"))
    return caught.value


async def test_lists_and_questions(
    open_app: Open, double: CerebrasDouble, written: list[str], tmp_path: Path
) -> None:
    list(foreign_history(f"planted_in_history {MARKS} {ALL}"))
    lines = [("wafer", f"planted_in_theme {MARKS} {clean(ALL)}")]
    address = address_in("http://a.example/")
    assert address
    link = [FoundLink(address, f"planted_in_link {MARKS}")]
    question = asked_about(double, tmp_path).question
    screens: dict[str, TextualScreen[Any]] = {
        "planted_in_history": HistoryScreen(paths.history_file()),
        "planted_in_theme": ThemePicker(lines),
        "planted_in_link": LinkList(link),
        "planted_in_path": TrustScreen(question, lambda _key: None),
        "planted_in_question": QuestionSearch([f"planted_in_question {MARKS} {clean(ALL)}"]),
        "planted_in_help": HelpScreen([f"planted_in_help {MARKS}"], [Key(MARKS, MARKS)]),
    }
    roster = ROSTER.replace("alone:", f"'planted_in_preset {MARKS}':")
    async with open_app(roster, size=(110, 40), preset=f"planted_in_preset {MARKS}") as screen:
        await screen.shows("planted_in_preset")
        for place, pushed in screens.items():
            await screen.app.push_screen(pushed)
            await screen.shows(place)
            assert_no_actions(screen)
            screen.app.pop_screen()
    assert_own(written, *screens, "planted_in_preset", "planted_in_agent")
