"""The prompt: several lines, grows with its text, Enter sends."""

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from moa_tui.text import clean
from moa_tui.ui.widgets.first_prompt import PLACEHOLDER

MAX_ROWS = 8


class PromptBox(TextArea):
    """Where the question is typed. Posts `Submitted`; pasted text never sends itself."""

    HELP = "Type a question. Enter sends it, Ctrl+J begins a new line. Up recalls earlier ones."
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Send", id="prompt.send", tooltip="Send the question"),
        Binding(
            "ctrl+j,shift+enter", "newline", "Newline", id="prompt.newline", tooltip="New line"
        ),
    ]

    class Submitted(Message):
        """The person sent a question."""

        def __init__(self, question: str) -> None:
            super().__init__()
            self.question = question

    class Begun(Message):
        """The person begins to write a question."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
            placeholder=PLACEHOLDER,
        )
        self._asked: list[str] = []
        self._recalled = 0
        self._empty = True

    def edit(self, edit: Edit) -> EditResult:
        """Make a change, whatever it comes from; pasted text may hold anything."""
        return super().edit(replace(edit, text=clean(edit.text)))

    def take_over(self, typed: str, sent: list[str]) -> list[str]:
        """Go on from what was typed before this prompt was there; return what was sent, cleaned."""
        asked = [question for text in sent if (question := clean(text).strip())]
        self._asked += asked
        self.load_text(clean(typed))
        self.move_cursor(self.document.end)
        return asked

    def action_submit(self) -> None:
        """Send what is written, if anything is."""
        question = clean(self.text).strip()
        if not question:
            return
        self._asked.append(question)
        self._recalled = 0
        self.load_text("")
        self.post_message(self.Submitted(question))

    def give_back(self, question: str) -> None:
        """Take a question back that could not be sent, unless another one is being written."""
        if not self.text:
            self.load_text(question)
            self.move_cursor(self.document.end)

    def action_newline(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    def action_cursor_up(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - TextArea's signature
        """Move up; on the first row, recall the question before."""
        if not select and self.cursor_at_first_line and self._recalled < len(self._asked):
            self._recall(self._recalled + 1)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - TextArea's signature
        """Move down; on the last row, go back to later questions."""
        if not select and self.cursor_at_last_line and self._recalled:
            self._recall(self._recalled - 1)
        else:
            super().action_cursor_down(select)

    async def _on_key(self, event: events.Key) -> None:
        # TextArea takes Enter as text before bindings are looked at.
        if event.key in {"enter", "ctrl+j", "shift+enter"}:
            event.prevent_default()
            event.stop()
            if event.key == "enter":
                self.action_submit()
            else:
                self.action_newline()
            return
        await super()._on_key(event)

    def on_text_area_changed(self) -> None:
        """Grow and shrink with the text."""
        self._fit()
        was_empty, self._empty = self._empty, not self.text
        if was_empty and not self._empty:
            self.post_message(self.Begun())

    def on_resize(self) -> None:
        """Wrapping has changed."""
        self._fit()

    def _fit(self) -> None:
        self.styles.height = max(1, min(MAX_ROWS, self.wrapped_document.height))

    def _recall(self, back: int) -> None:
        self._recalled = back
        self.load_text(self._asked[-back] if back else "")
        self.move_cursor(self.document.end)
