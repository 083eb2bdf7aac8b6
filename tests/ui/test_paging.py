"""Page keys in lists that are not laid out."""

import pytest
from textual.app import App, ComposeResult
from textual.widgets import OptionList

from moa_tui.ui.paging import mend_paging


class Hidden(App[None]):
    CSS = "OptionList { display: none; }"

    def compose(self) -> ComposeResult:
        yield OptionList("a", "b")


@pytest.mark.parametrize("key", ["page_up", "page_down"])
async def test_a_list_that_was_never_shown_stands_them(key: str) -> None:
    mend_paging()
    app = Hidden()
    async with app.run_test() as pilot:
        shown = app.query_one(OptionList)
        shown.highlighted = 0
        await shown.run_action(key)
        shown.display = True
        shown.focus()
        await pilot.pause()
        await pilot.press("pagedown")
        assert shown.highlighted == 1
