"""The prompt of the first moments: takes what is typed until the real one takes it over."""

from textual import events
from textual.content import Content
from textual.widgets import Static

from moa_tui.ui.typed_text import TypedText, Written

PLACEHOLDER = "Ask anything…   Enter sends · Ctrl+J new line"

_EDITS = frozenset({"enter", "backspace", "ctrl+j", "shift+enter"})


class FirstPrompt(Static, can_focus=True):
    """Keeps what is typed or pasted. An editor costs more to import than all of the first frame."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(Content.styled(PLACEHOLDER, "$dim-text"), id=id, markup=False)
        self.writing = TypedText()
        self.sent: list[Written] = []

    @property
    def typed(self) -> str:
        """What stands there."""
        return self.writing.text

    @staticmethod
    def writes(key: events.Key) -> bool:
        """Return whether `key` changes what is written, or sends it."""
        return key.key in _EDITS or bool(key.is_printable and key.character)

    def check_consume_key(self, key: str, character: str | None = None) -> bool:
        """Take what is text."""
        del key
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Take a key as the prompt would, as far as that can be seen in a moment."""
        match event.key:
            case "enter":
                if (written := self.writing.written).text:
                    self.sent.append(written)
                self.writing.became("")
            case "backspace":
                self.writing.became(self.typed[:-1])
            case "ctrl+j" | "shift+enter":
                self.writing.became(self.typed + "\n", by_hand=True)
            case _ if event.is_printable and event.character:
                self.writing.became(self.typed + event.character, by_hand=True)
            case _:
                return
        event.stop()
        event.prevent_default()
        self._draw()

    def on_paste(self, event: events.Paste) -> None:
        """Take pasted text; it never sends itself."""
        event.stop()
        from moa_tui.text import clean  # noqa: PLC0415 - 5 ms that the first frame can do without

        self.writing.became(self.typed + clean(with_line_feeds(event.text)))
        self._draw()

    def _draw(self) -> None:
        shown = Content(self.typed) if self.typed else Content.styled(PLACEHOLDER, "$dim-text")
        self.update(Content.assemble(shown, ("▏", "$accent")) if self.typed else shown)


def with_line_feeds(pasted: str) -> str:
    """Return `pasted` with LF between its lines: most terminals, and tmux, send CR."""
    return pasted.replace("\r\n", "\n").replace("\r", "\n")
