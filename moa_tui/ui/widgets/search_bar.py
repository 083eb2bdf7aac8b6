"""One row at the foot of a pane, to type what is looked for in it."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input


class SearchBar(Input):
    """Asks for words; every change is told as Input.Changed, Enter as Input.Submitted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "go(1)", show=False, id="search.next", tooltip="Next match"),
        Binding("up", "go(-1)", show=False, id="search.previous", tooltip="Match before"),
    ]
    HELP = "Type what to look for in this pane. Enter goes to the text, then `n` and `N`; Esc ends."

    class Moved(Message):
        """The person wants the next match, or the one before."""

        def __init__(self, by: int) -> None:
            super().__init__()
            self.by = by

    def __init__(self) -> None:
        super().__init__(placeholder="search", compact=True, select_on_focus=True)

    def action_go(self, by: int) -> None:
        """Ask for the next match, or the one before."""
        self.post_message(self.Moved(by))
