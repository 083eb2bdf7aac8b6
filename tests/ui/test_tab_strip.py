"""The strip of tabs fits into one line, whatever there are, and knows where each was clicked."""

import itertools

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from moa_tui.ui.themes import own_variables
from moa_tui.ui.widgets.tab_strip import Tab, TabStrip, labels

TONES = ("-idle", "-live", "-done", "-marked", "-failed")


def tabs(agents: int, name: str = "analyst") -> list[Tab]:
    numbered = [
        Tab(f"agent-{number}", str(number), f"{name}{number}", "●", TONES[number % 5])
        for number in range(1, agents + 1)
    ]
    return [*numbered, Tab("answer", "Σ", "aggregator", "○", "-idle")]


def texts(agents: int, width: int, selected: str = "", name: str = "analyst") -> list[str]:
    return [text for _, text in labels(tabs(agents, name), selected, width)]


NAMES = ("analyst", "x", "a-name-of-forty-characters-which-is-long", "分析员")


@pytest.mark.parametrize("width", [40, 60, 80, 99])
def test_they_fit_into_one_line_and_as_many_as_can(width: int) -> None:
    for name, agents in itertools.product(NAMES, range(1, 17)):
        shown = texts(agents, width, name=name)
        assert sum(map(cell_len, shown)) <= width, (name, agents)
        least = sum(len(tab.number) + 2 for tab in tabs(agents))
        assert len(shown) == agents + 1 or width < least, (name, agents)


def test_names_are_whole_where_there_is_room_and_cut_alike_where_not() -> None:
    assert texts(2, 80) == [" 1●analyst1 ", " 2●analyst2 ", " Σ○aggregator "]
    assert texts(2, 32) == [" 1●analys ", " 2●analys ", " Σ○aggreg "]
    assert {cell_len(text) for text in texts(4, 40)} == {8}
    assert texts(12, 60)[0] == " 1● "
    assert texts(16, 60)[0] == "1● "


@pytest.mark.parametrize("selected", ["agent-1", "agent-9", "agent-16", "answer", "nothing"])
def test_the_selected_tab_stays_in_sight(selected: str) -> None:
    shown = labels(tabs(16), selected, 24)
    assert sum(cell_len(text) for _, text in shown) <= 24
    panes = [tab.pane for tab, _ in shown]
    assert len(panes) >= 5
    assert selected in panes or selected == "nothing"


def test_no_tabs_and_no_room() -> None:
    assert labels([], "", 80) == []
    assert len(labels(tabs(3), "agent-2", 0)) == 1


class Strip(App[None]):
    CSS = "TabStrip { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self.chosen: list[str] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield TabStrip()

    def on_tab_strip_chosen(self, message: TabStrip.Chosen) -> None:
        self.chosen.append(message.pane)


async def test_a_click_chooses_the_tab_under_it() -> None:
    app = Strip()
    async with app.run_test(size=(80, 3)) as pilot:
        strip = app.query_one(TabStrip)
        strip.show(tabs(2, "分析员"), "agent-1")
        await pilot.pause()
        # " 1●分析员1 " takes 11 cells.
        for x in (0, 10, 11, 21, 22, 70):
            await pilot.click(TabStrip, offset=(x, 0))
        assert app.chosen == ["agent-1", "agent-1", "agent-2", "agent-2", "answer"]
        assert strip.size.height == 1
