"""A text view with a search in it: all matches marked, one of them the one the reader is at."""

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from moa_tui.ui.text.search import RowSearch
from moa_tui.ui.widgets.painted_text import restyled
from moa_tui.ui.widgets.text_view import TextView

_FOUND = Style(reverse=True)
_HERE = Style(reverse=True, bold=True, underline=True)


class SearchedText(TextView):
    """Marks what `search` looks for, in the text as it is shown: streaming, rendered or raw."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "search", "Search", id="text.search", tooltip="Search in this pane"),
        Binding("n", "found(1)", show=False, id="text.next-match", tooltip="Next match"),
        Binding("N", "found(-1)", show=False, id="text.previous-match", tooltip="Match before"),
    ]

    class SearchRequested(Message):
        """The person wants to look for something."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._search: RowSearch | None = None
        self._at = 0

    @property
    def finding(self) -> str:
        """Say what is looked for and where in its matches the reader is; empty: nothing is."""
        if self._search is None or not self._search.words:
            return ""
        count = len(self._search)
        return f"{min(self._at + 1, count)}/{count} “{self._search.words}”"

    @property
    def searching(self) -> bool:
        """Whether something is looked for."""
        return self._search is not None

    def search(self, words: str | None) -> None:
        """Look for `words` from the first visible row on; None ends the search."""
        if words is None:
            self._search = None
        else:
            self._search = RowSearch(words)
            self._look()
            self._at = self._search.first_from(self.position.top)
            self._show_match()
        self.moved()

    def rows_changed(self, *, grown: bool = False) -> None:
        """Look for the words in what is new, or in everything."""
        if self._search is not None and not grown:
            self._search.forget()
        self._look()

    def action_search(self) -> None:
        """Ask what to look for."""
        self.post_message(self.SearchRequested())

    def action_found(self, by: int) -> None:
        """Go to the next match, or to the one before; after the last comes the first."""
        if self._search is not None:
            self._at = (self._at + by) % max(1, len(self._search))
            self._show_match()
            self.moved()

    def row_strip(self, row: int) -> Strip:
        """Return row number `row` with what is found in it marked."""
        strip = super().row_strip(row)
        for number, start, end in self._search.in_row(row) if self._search is not None else ():
            strip = restyled(strip, start, end, _HERE if number == self._at else _FOUND)
        return strip

    def _look(self) -> None:
        if self._search is not None:
            self._search.look(self.row_count, self.rows_as_text)
            self._at = min(self._at, max(0, len(self._search) - 1))

    def _show_match(self) -> None:
        if self._search is not None and len(self._search):
            self.position.look_at(self._search.match(self._at).row)
