"""A question that takes one key: yes or no, or one of a few things."""

from collections.abc import Mapping
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from moa_tui.ui.screens.leaving import Dialog


class ChoiceScreen(Dialog[str]):
    """Shows a question and what each key means; returns the key, empty where it was left."""

    DEFAULT_CSS = """
    ChoiceScreen {
        align: center middle;
        background: $background 70%;
    }
    #choice {
        width: 80%;
        max-width: 76;
        height: auto;
        padding: 1 2;
        border: round $accent;
        background: $surface;
    }
    ChoiceScreen.-grave #choice {
        border: round $warning;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,n", "dismiss('')", "Leave it", id="choice.leave", tooltip="Leave it"),
    ]

    def __init__(
        self, title: str, about: str, choices: Mapping[str, str], *, grave: bool = False
    ) -> None:
        super().__init__(classes="-grave" if grave else None)
        self._title = title
        self._about = about
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The question, what it is about, the keys."""
        keys = [
            Content.assemble((f" {key} ", "bold reverse $accent"), f" {what}")
            for key, what in [*self._choices.items(), ("Esc", "leave it")]
        ]
        with Vertical(id="choice") as box:
            box.border_title = Content(self._title)
            yield Static(
                Content.assemble((self._about, "bold"), "\n\n", Content("\n").join(keys)),
                markup=False,
            )

    def on_key(self, event: events.Key) -> None:
        """Take the key of a choice."""
        if event.key in self._choices:
            event.stop()
            self.dismiss(event.key)
