"""Choosing a theme: the one under the cursor is worn at once, Esc goes back to the one before."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from moa_tui.ui.screens.leaving import Dialog


class ThemePicker(Dialog[str | None]):
    """Lists themes beside the conversation, which shows each of them; returns the one chosen."""

    DEFAULT_CSS = """
    ThemePicker {
        align: right top;
        background: transparent;
    }
    #themes {
        width: 44;
        max-width: 60%;
        height: auto;
        max-height: 100%;
        border: round $accent;
        background: $surface;
    }
    #themes OptionList, #themes OptionList:focus {
        height: auto;
        max-height: 24;
        border: none;
        padding: 0;
        background: $surface;
        scrollbar-size-vertical: 1;
    }
    .-low #themes OptionList {
        max-height: 100%;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", id="themes.back", tooltip="The theme as it was"),
    ]

    def __init__(self, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self._choices = list(choices)
        self._before = ""

    def compose(self) -> ComposeResult:
        """A list, its first lines what this program ships."""
        with Vertical(id="themes") as box:
            box.border_title = Content("Theme")
            box.border_subtitle = Content("↑ ↓ shows · Enter keeps · Esc back")
            lines = ((name, _line(name, about)) for name, about in self._choices)
            options = (Option(Content.assemble(line), id=name) for name, line in lines)
            yield OptionList(*options, markup=False)

    def on_mount(self) -> None:
        """Begin at the present theme."""
        self._before = self.app.theme
        names = [name for name, _ in self._choices]
        options = self.query_one(OptionList)
        options.highlighted = names.index(self._before) if self._before in names else 0
        options.focus()

    @on(OptionList.OptionHighlighted)
    def _show(self, event: OptionList.OptionHighlighted) -> None:
        if event.option.id and event.option.id != self.app.theme:
            self.app.theme = event.option.id

    @on(OptionList.OptionSelected)
    def _keep(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_back(self) -> None:
        """Leave everything as it was."""
        self.app.theme = self._before
        self.dismiss(None)


def _line(name: str, about: str) -> Content:
    # No colours of its own: it must be readable under the cursor, too.
    return Content.assemble((name, "bold"), "\n  ", about) if about else Content(name)
