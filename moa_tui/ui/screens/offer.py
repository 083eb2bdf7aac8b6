"""Something offered: words, and a yes or a no."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from moa_tui.ui.screens.leaving import Dialog


class OfferScreen(Dialog[bool]):
    """Shows `words` and takes y or n."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer(True)", "Yes", id="offer.yes", tooltip="Do it"),
        Binding("n,escape,q", "answer(False)", "No", id="offer.no", tooltip="Leave it"),
    ]

    def __init__(self, title: str, words: str, keys: str) -> None:
        super().__init__()
        self._said = title, words, keys

    def compose(self) -> ComposeResult:
        """The words, in a frame that says which keys there are."""
        title, words, keys = self._said
        with VerticalScroll(classes="dialog") as box:
            box.border_title = Content(title)
            box.border_subtitle = Content(keys)
            yield Static(Content(words), markup=False)

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - as bindings pass it
        """Go, with the answer."""
        self.dismiss(yes)
