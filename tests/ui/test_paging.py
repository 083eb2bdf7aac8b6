"""Page keys in lists that are not laid out."""

import pytest
from textual.app import App, ComposeResult
from textual.widgets import OptionList

from moa_tui.ui import late


class Hidden(App[None]):
    CSS = "OptionList { display: none; }"

    def compose(self) -> ComposeResult:
        yield OptionList("a", "b")


@pytest.mark.parametrize("key", ["page_up", "page_down"])
async def test_a_list_that_was_never_shown_stands_them(key: str) -> None:
    assert late.Stage, "with the app's parts comes what mends Textual's lists"
    app = Hidden()
    async with app.run_test() as pilot:
        shown = app.query_one(OptionList)
        shown.highlighted = 0
        getattr(shown, f"action_{key}")()
        shown.display = True
        await pilot.pause()
        shown.action_page_down()
        await pilot.pause()
        assert shown.highlighted == 1
