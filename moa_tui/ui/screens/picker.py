"""One of several things is picked: a list that typing narrows down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList

from moa_tui.ui.screens.leaving import Dialog


@dataclass(frozen=True, slots=True)
class Item:
    """What can be picked: `key` is returned, `current` says that it is so now."""

    key: str
    name: str
    about: str = ""
    current: bool = False


def _key(key: str, action: str, name: str, id: str, tooltip: str) -> Binding:  # noqa: A002 - Textual's name for it
    return Binding(key, action, name, show=False, id=id, tooltip=tooltip, priority=True)


class Picker(Dialog[str | None]):
    """Returns the key of the item that was picked, or None."""

    DEFAULT_CSS = """
    Picker {
        align: center middle;
        background: $background 70%;
    }
    #picker {
        width: 90%;
        max-width: 100;
        height: auto;
        max-height: 90%;
        padding: 0 1;
        border: round $accent;
        background: $surface;
    }
    #picker Input, #picker Input:focus {
        border: none;
        height: 1;
        padding: 0;
        background: $surface;
    }
    #picker OptionList, #picker OptionList:focus {
        height: auto;
        max-height: 20;
        border: none;
        padding: 0;
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("escape", "cancel", "Close", "picker.close", "Leave everything as it is"),
        _key("up", "move(-1)", "Up", "picker.up", "The line above"),
        _key("down", "move(1)", "Down", "picker.down", "The line below"),
    ]

    def __init__(self, title: str, items: Sequence[Item]) -> None:
        super().__init__()
        self._heading = title
        self._items = items
        self._left = list(items)

    def compose(self) -> ComposeResult:
        """What is typed, and what is left of the list."""
        with Vertical(id="picker") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = Content("type to narrow · ↑ ↓ · Enter picks · Esc leaves")
            yield Input(placeholder="type to narrow down", compact=True)
            yield OptionList(markup=False)

    def on_mount(self) -> None:
        """Everything, the present choice highlighted."""
        self._fill("")
        current = [index for index, item in enumerate(self._items) if item.current]
        self.query_one(OptionList).highlighted = current[0] if current else 0
        self.query_one(Input).focus()

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted)
    def _pick(self) -> None:
        options = self.query_one(OptionList)
        if options.highlighted is not None:
            self.dismiss(self._left[options.highlighted].key)

    @on(OptionList.OptionSelected)
    def _picked(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._left[event.option_index].key)

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        options = self.query_one(OptionList)
        if by < 0:
            options.action_cursor_up()
        else:
            options.action_cursor_down()

    def action_cancel(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)

    def _fill(self, typed: str) -> None:
        options = self.query_one(OptionList)
        words = typed.casefold().split()
        self._left = [
            item
            for item in self._items
            if all(word in f"{item.name} {item.about}".casefold() for word in words)
        ]
        options.clear_options()
        for item in self._left:
            options.add_option(Content.assemble(*_line(item)))
        options.highlighted = 0 if self._left else None


def _line(item: Item) -> list[Content]:
    mark = Content.styled("● ", "$accent") if item.current else Content("  ")
    name, about = Content.styled(item.name, "bold"), Content.styled(f"  {item.about}", "$dim-text")
    return [mark, name, about]
