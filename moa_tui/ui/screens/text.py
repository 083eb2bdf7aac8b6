"""A text to be read over the main screen: scrolled, selected, copied."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content

from moa_tui.ui.screens.leaving import Dialog
from moa_tui.ui.widgets.text_view import TextView


class TextScreen(Dialog[None]):
    """Shows `text` exactly as it is."""

    DEFAULT_CSS = """
    TextScreen {
        align: center middle;
        background: $background 70%;
    }
    #text-box {
        width: 92%;
        height: 92%;
        padding: 0 1;
        border: round $accent;
        background: $background;
    }
    #text-box TextView {
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,p,A", "dismiss", "Close", id="reading.close", tooltip="Close it"),
        Binding("y", "copy", "Copy all", id="reading.copy", tooltip="Copy all of it"),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._heading = title
        self.text = text

    def compose(self) -> ComposeResult:
        """The text in a frame."""
        with Vertical(id="text-box") as box:
            box.border_title = Content(self._heading)
            box.border_subtitle = Content("↑ ↓ PgUp PgDn read · y copies all · Esc closes")
            yield TextView()

    def on_mount(self) -> None:
        """From the beginning, ready to be scrolled."""
        view = self.query_one(TextView)
        view.extend(self.text)
        view.focus()
        self.call_after_refresh(view.action_jump, "top")

    def action_copy(self) -> None:
        """Copy the whole text."""
        self.app.copy_to_clipboard(self.text)
        self.notify(f"copied {len(self.text):,} characters", timeout=2, markup=False)
