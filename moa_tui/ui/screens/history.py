"""The history: all turns that were kept, to look through, reopen, compare, export and delete."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from moa_tui.errors import HistoryError
from moa_tui.transcript.browsing import PAGE, Sought, turn_page
from moa_tui.transcript.kept_turn import kept_record
from moa_tui.ui.screens.history_acts import HistoryActs, Wish
from moa_tui.ui.seeking import FILTERS, filtered, nothing
from moa_tui.ui.widgets.filter_line import FilterLine
from moa_tui.ui.widgets.key_hints import KeyHints
from moa_tui.ui.widgets.turn_preview import TurnPreview

__all__ = ["HistoryScreen", "Wish"]

_PAUSE = 0.2
"""Seconds without a key after which what is typed is looked for."""

_LOOK = 0.06
"""Seconds on a turn after which it is read: who holds a key down passes most of them."""

_SEARCH = "Search questions, answers and agents"


class HistoryScreen(HistoryActs):
    """Shows the history in the file at `path`; returns what the app is to do, None: nothing."""

    CSS_PATH: ClassVar[Path] = Path(__file__).with_name("history.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (160, "-wide")]  # noqa: RUF012 - as Textual declares it
    HELP = (
        "Every question you asked, newest first. Enter shows a turn in the panes it had, and the"
        " next question goes on from there. / searches, Space marks a turn and v"
        " compares another with it, r asks today's agents again, e writes a file, Esc goes back."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f8,q", "back", "Back", id="history.back", tooltip="Back, step by step"),
        Binding(
            "slash", "search", "Search", id="history.search", tooltip="Search all that is kept"
        ),
        *(
            Binding(key, f"filter('{field}')", what, show=False, id=f"history.{field}", tooltip=why)
            for key, field, what, why in FILTERS
        ),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        # Named here: what a thread brings may come when the screen is being taken down.
        self._search = Input(placeholder=_SEARCH, compact=True, id="search", select_on_focus=False)
        self._filters = FilterLine(id="filters")
        self._preview = TurnPreview(id="preview")
        self._nothing = Static(id="nothing", markup=False)
        self._sought = Sought()
        self._after: int | None = None
        self._total: int | None = None
        self._typed: Timer | None = None
        self._passed: Timer | None = None

    def compose(self) -> ComposeResult:
        """Search and filters above; the list, and beside or below it the turn under the cursor."""
        yield Static(Content.styled(" History ", "bold $accent"), id="headline", markup=False)
        yield self._search
        yield self._filters
        with Container(id="history-room"):
            yield self.turns
            yield self._preview
        yield self._nothing
        yield KeyHints(id="hints")

    def on_mount(self) -> None:
        """The list has the keys; what there is comes in a moment."""
        self.turns.focus()
        self._load()

    def reload(self) -> None:
        """Read as much of the list as there was, and stay about where the cursor is."""
        self._load(cursor=self.turns.cursor, size=max(PAGE, self.turns.count))

    def on_input_changed(self) -> None:
        """Look for what is typed, after a short pause."""
        if self._typed:
            self._typed.stop()
        self._typed = self.set_timer(_PAUSE, self._look_for_words)

    def on_input_submitted(self) -> None:
        """Look for it now, and go to what is found."""
        self._look_for_words()
        self.turns.focus()

    def _look_for_words(self) -> None:
        self._seek(replace(self._sought, words=" ".join(self._search.value.split())))

    def _seek(self, sought: Sought) -> None:
        if sought != self._sought:
            self._sought = sought
            self._load()

    def on_turn_list_more_wanted(self) -> None:
        """Fetch the next page, unless this was the last."""
        if self._after is not None:
            after, self._after = self._after, None
            self._load(after)

    def on_turn_list_highlighted(self) -> None:
        """Read the turn, if the cursor stays on it."""
        if self._passed:
            self._passed.stop()
        self._passed = self.set_timer(_LOOK, self._read)

    def action_search(self) -> None:
        """Give the keys to the search box."""
        self._search.focus()

    def action_filter(self, field: str) -> None:
        """Filter by the next outcome or strategy, or by what the turn under the cursor has."""
        self._seek(filtered(self._sought, field, self.line))

    def action_back(self) -> None:
        """Leave what was entered last: the search box, what is looked for, the history."""
        if isinstance(self.focused, Input):
            self.turns.focus()
        elif self._sought != Sought():
            self._search.clear()
            self._seek(Sought())
        else:
            self.dismiss(None)

    @work(exclusive=True, group="page")
    async def _load(self, after: int | None = None, cursor: int = 0, size: int = PAGE) -> None:
        try:
            page = await asyncio.to_thread(turn_page, self.path, self._sought, after, size)
        except HistoryError as error:
            self._say_nothing_is_there(str(error))
            return
        self._after = page.after
        if after is None:
            self._total = page.total
            self.turns.show(page.lines, cursor)
        else:
            self.turns.add(page.lines)
        self._filters.show(self._sought, self._found())
        self._say_nothing_is_there("" if self.turns.count else nothing(self._sought))

    @work(exclusive=True, group="preview")
    async def _read(self) -> None:
        if (line := self.line) is None:
            return
        try:
            record, unended = await asyncio.to_thread(kept_record, self.path, line.turn)
        except HistoryError as error:
            self._preview.say(str(error))
        else:
            self._preview.show(record, unended=unended)

    def _found(self) -> str:
        count = self.turns.count if self._total is None else self._total
        more = "+" if self._total is None and self._after is not None else ""
        return f"{count:,}{more} turn{'' if count == 1 else 's'}"

    def _say_nothing_is_there(self, words: str) -> None:
        self.set_class(bool(words), "-nothing")
        self._nothing.update(Content(words))
