"""The prompt: several lines, grows with its text, Enter sends."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from moa_tui.text import clean
from moa_tui.ui.prompt_history import PromptHistory
from moa_tui.ui.typed_text import TypedText, Written
from moa_tui.ui.widgets.first_prompt import PLACEHOLDER, with_line_feeds

MAX_ROWS = 8

_PATH_BEGUN = re.compile(r"(?<!\S)@\S{1,1000}\Z")

_OTHER_KEYS = {
    "delete_right": "delete",  # Ctrl+D also leaves
    "undo": "ctrl+underscore,super+z",  # Ctrl+Z suspends
    "redo": "alt+z,super+y",
    "copy": "alt+w,super+c",  # Ctrl+C does more than that
}
_LEFT_OUT = {"delete_line"}
"""Its key, Ctrl+Shift+K, arrives as Ctrl+K in most terminals."""


def _editing() -> list[BindingType]:
    """Return TextArea's own keys with ids, so that they are explained and can be changed."""
    bindings: list[BindingType] = []
    for binding in TextArea.BINDINGS:
        assert isinstance(binding, Binding)
        action, _, parameters = binding.action.partition("(")
        if action in _LEFT_OUT:
            continue
        name = f"edit.{action.replace('_', '-')}{'-select' if parameters else ''}"
        keys = _OTHER_KEYS.get(action, binding.key)
        what = binding.description
        bindings.append(Binding(keys, binding.action, what, show=False, id=name, tooltip=what))
    return bindings


class PromptBox(TextArea, inherit_bindings=False):
    """Where the question is typed. Posts `Submitted`; pasted text never sends itself."""

    HELP = (
        "Type a question. Enter sends it, Ctrl+J begins a new line; so does Enter after a"
        " backslash. Up and Down recall earlier ones, Ctrl+R searches them, Ctrl+G opens your"
        " editor."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Send", id="prompt.send", tooltip="Send the question"),
        Binding(
            "ctrl+j,shift+enter",
            "newline",
            "Newline",
            id="prompt.newline",
            tooltip="New line",
        ),
        Binding(
            "ctrl+r",
            "search",
            "Search questions",
            show=False,
            id="prompt.search",
            tooltip="Search earlier questions",
        ),
        Binding(
            "ctrl+g",
            "editor",
            "Editor",
            show=False,
            id="prompt.editor",
            tooltip="Write the question in your editor ($VISUAL, $EDITOR)",
        ),
        Binding(
            "ctrl+d",
            "delete_or_quit",
            "Delete, or leave",
            show=False,
            id="prompt.delete-or-quit",
            tooltip="Delete to the right; quit when nothing is written",
        ),
        *_editing(),
    ]

    class Submitted(Message):
        """The person sent a question; `written` says which parts of it they typed by hand."""

        def __init__(self, written: Written) -> None:
            super().__init__()
            self.written = written

        @property
        def question(self) -> str:
            """The question's text."""
            return self.written.text

    class Begun(Message):
        """The person begins to write a question."""

    class Asked(Message):
        """The person wants something for this prompt."""

        def __init__(self, prompt: "PromptBox") -> None:
            super().__init__()
            self.prompt = prompt

    class SearchRequested(Asked):
        """The person looks for one of the earlier questions."""

        @property
        def questions(self) -> Sequence[str]:
            """What there is to be found, newest first."""
            return self.prompt.asked.newest_first

    class EditorRequested(Asked):
        """The person wants to write in an editor of their own."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(
            id=id,
            soft_wrap=True,
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
            placeholder=PLACEHOLDER,
        )
        self.asked = PromptHistory()
        self._writing = TypedText()
        self._empty = True

    def edit(self, edit: Edit) -> EditResult:
        """Make a change, whatever it comes from; pasted text may hold anything."""
        return super().edit(replace(edit, text=clean(with_line_feeds(edit.text))))

    @property
    def written(self) -> Written:
        """What is written, and which parts of it were typed by hand."""
        self._writing.became(self.text)
        return self._writing.written

    @property
    def names_a_file(self) -> bool:
        """Whether the word before the cursor is the beginning of an `@path`."""
        row, column = self.cursor_location
        return _PATH_BEGUN.search(self.document[row][:column]) is not None

    def take_over(self, writing: TypedText, sent: list[Written]) -> list[Written]:
        """Go on from what was written before this prompt was there; return what was sent."""
        for written in sent:
            self._ask(written)
        self._writing.know(Written(writing.text, writing.spans))
        self.take(writing.text)
        return sent

    def take(self, text: str | None) -> None:
        """Have `text` in the prompt, to be edited; None changes nothing.

        It names files where it was typed by hand in this prompt before.
        """
        if text is not None:
            self.load_text(clean(text))
            self._writing.became("")
            self._writing.restored(self.text)
            self.move_cursor(self.document.end)

    def take_edited(self, text: str | None) -> None:
        """Have what became of the prompt elsewhere; what is new of it was not typed here."""
        if text is not None:
            self._writing.became(self.text)
            self.load_text(clean(text))
            self._writing.became(self.text)
            self.move_cursor(self.document.end)

    def undo(self) -> None:
        """Undo a change."""
        super().undo()
        self._writing.restored(self.text)

    def redo(self) -> None:
        """Redo a change."""
        super().redo()
        self._writing.restored(self.text)

    def take_key(self, event: events.Key) -> None:
        """Take what was typed while something else had the keys."""
        if event.is_printable and event.character:
            self._insert_by_hand(event.character)

    def give_back(self, written: Written) -> None:
        """Take a question back that could not be sent, unless another one is being written."""
        if not self.text:
            self._writing.know(written)
            self.take(written.text)

    def _insert_by_hand(self, text: str) -> None:
        self._writing.became(self.text)
        self.insert(text)
        self._writing.became(self.text, by_hand=True)

    def _ask(self, written: Written) -> None:
        self.asked.add(written.text)
        self._writing.know(written)

    def action_submit(self) -> None:
        """Send what is written, if anything is; after a backslash, begin a new line instead."""
        row, column = self.cursor_location
        if self.selection.is_empty and self.document[row][:column].endswith("\\"):
            self.replace("\n", (row, column - 1), (row, column))
            return
        written = self.written
        if not written.text:
            return
        self._ask(written)
        self.load_text("")
        self._writing.became("")
        self.post_message(self.Submitted(written))

    def action_newline(self) -> None:
        """Begin a new line."""
        self._insert_by_hand("\n")

    def action_search(self) -> None:
        """Look for an earlier question."""
        self.post_message(self.SearchRequested(self))

    def action_editor(self) -> None:
        """Write in an editor."""
        self.post_message(self.EditorRequested(self))

    async def action_delete_or_quit(self) -> None:
        """Delete the character to the right, or leave where there is none to delete."""
        if self.text:
            self.action_delete_right()
        else:
            await self.run_action("app.quit")

    def action_cursor_up(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - TextArea's signature
        """Move up; on the first row, recall the question before."""
        first = self.navigator.is_first_wrapped_line(self.cursor_location)
        if not select and first and (earlier := self.asked.back(self.text)) is not None:
            self.take(earlier)
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:  # noqa: FBT001, FBT002 - TextArea's signature
        """Move down; on the last row, go back to later questions."""
        last = self.navigator.is_last_wrapped_line(self.cursor_location)
        if not select and last and (later := self.asked.forward()) is not None:
            self.take(later)
        else:
            super().action_cursor_down(select)

    async def _on_key(self, event: events.Key) -> None:
        # In the order they are typed, and before TextArea takes Enter as text: bindings with
        # priority would overtake the letters before them, others be overtaken by those behind.
        active = None if event.is_printable else self.screen.active_bindings.get(event.key)
        if active and active.node is self:
            event.stop()
            event.prevent_default()
            await self.run_action(active.binding.action)
        else:
            self._writing.became(self.text)
            await super()._on_key(event)
            self._writing.became(self.text, by_hand=event.is_printable)

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
