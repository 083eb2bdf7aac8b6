"""Choosing one of several code blocks."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from moa_tui.ui.screens.leaving import Dialog
from moa_tui.ui.text.code_blocks import CodeBlock


class CodeBlockScreen(Dialog[CodeBlock]):
    """Shows the first line of each block; what is chosen is the screen's result."""

    HELP = "The code blocks of this answer. Enter copies the one that is marked."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "dismiss", "Close", id="blocks.close"),
    ]

    def __init__(self, blocks: Sequence[CodeBlock]) -> None:
        super().__init__()
        self._blocks = blocks

    def compose(self) -> ComposeResult:
        """One option a block."""
        labels = (Option(Content(_label(block))) for block in self._blocks)
        options = OptionList(*labels, id="blocks", markup=False)
        options.border_title = Content("Copy which code block?")
        options.border_subtitle = Content("Enter copies · Esc closes")
        yield options

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Return what was chosen."""
        self.dismiss(self._blocks[message.option_index])


def _label(block: CodeBlock) -> str:
    lines = block.code.strip("\n").split("\n")
    count = f"{len(lines)} line{'s' if len(lines) != 1 else ''}"
    first = next(line.strip() for line in lines if line.strip())
    about = f"{block.language}, {count}" if block.language else count
    return f"{first[:200]}  {about}"
