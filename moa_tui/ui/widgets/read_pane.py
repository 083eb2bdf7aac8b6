"""What a reader does with a pane by key: in it at once, or by telling those who can do it."""

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from moa_tui.state import StreamState
from moa_tui.ui.focusing import focus_at_once
from moa_tui.ui.widgets.answer_text import AnswerText
from moa_tui.ui.widgets.pane_frame import Owner
from moa_tui.ui.widgets.search_bar import SearchBar
from moa_tui.ui.widgets.thinking import Thinking

_ALL = "Copy the whole turn as Markdown"
_CODE = "Copy a code block of this text"
_FILE = "Write this text to a file"


class ReadPane(Vertical):
    """The text of its `stream` and its thinking as they were at `shown_at`, and a search in it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "z,enter", "ask('zoom')", "Zoom", id="pane.zoom", tooltip="Give this pane the screen"
        ),
        Binding(
            "m",
            "raw",
            "Raw/rendered",
            show=False,
            id="pane.raw",
            tooltip="The text as it was written, or rendered",
        ),
        Binding(
            "t",
            "thinking",
            "Thinking",
            show=False,
            id="pane.thinking",
            tooltip="Show or hide what the model thought",
        ),
        Binding(
            "o",
            "ask('links')",
            "Links",
            show=False,
            id="pane.links",
            tooltip="The links of this text",
        ),
        Binding(
            "r",
            "ask('retry')",
            "Ask again",
            show=False,
            id="stream.retry",
            tooltip="Ask this agent again: now where it waits; afterwards, with a new synthesis",
        ),
        Binding(
            "x",
            "ask('stop')",
            "Stop one",
            show=False,
            id="stream.stop",
            tooltip="Stop this agent",
        ),
        Binding(
            "u",
            "ask('mute')",
            "Mute",
            show=False,
            id="agent.mute",
            tooltip="Leave this agent out from the next turn on, or take it in again",
        ),
        Binding(
            "M",
            "ask('swap')",
            "Another model",
            show=False,
            id="agent.swap",
            tooltip="Give this agent another model, or its place to another agent",
        ),
        Binding(
            "p",
            "ask('prompt')",
            "Prompt",
            show=False,
            id="stream.prompt",
            tooltip="The exact messages that this stream was sent",
        ),
        Binding("y", "copy('text')", "Copy", show=False, id="copy.text", tooltip="Copy this text"),
        Binding("Y", "copy('turn')", "Copy all", show=False, id="copy.turn", tooltip=_ALL),
        Binding("c", "copy('code')", "Copy code", show=False, id="copy.code", tooltip=_CODE),
        Binding("w", "copy('file')", "Write", show=False, id="copy.file", tooltip=_FILE),
    ]
    HELP = (
        "One agent's answer. `z` zooms, `m` shows it as written, `t` shows its thinking, "
        "`/` searches, `o` lists its links, `p` shows what it was sent; `r` asks "
        "again, `x` stops it, `u` mutes it, `M` gives it another model. `y` copies "
        "the text as it was written, `Y` the whole turn, `c` a code block; `w` writes a file."
    )

    class Asked(Message, namespace="pane"):
        """The person wants something of this pane."""

        def __init__(self, pane: "ReadPane") -> None:
            super().__init__()
            self.pane = pane

    class ZoomRequested(Asked, namespace="pane"):
        """The person wants this pane alone, or no longer alone."""

    class Wished(Asked, namespace="pane"):
        """The person wants something done about this pane: retry, stop, mute, swap, prompt."""

        def __init__(self, pane: "ReadPane", what: str) -> None:
            super().__init__(pane)
            self.what = what

    class LinksRequested(Asked, namespace="pane"):
        """The person wants to see where the links of this text lead."""

    class CopyRequested(Asked, namespace="pane"):
        """The person wants `what`: this `text`, the `turn`, some `code` of it, or a `file`."""

        def __init__(self, pane: "ReadPane", what: str) -> None:
            super().__init__(pane)
            self.what = what

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self.owner = Owner()
        self.stream: StreamState | None = None
        self.shown_at = 0.0
        self.text = AnswerText(id="text")
        self.thinking = Thinking()
        self.search_bar = SearchBar()

    @property
    def source(self) -> str:
        """The text as it was written; as long as there is none, what was thought."""
        stream = self.stream
        return str(stream.text if stream.text.length else stream.reasoning) if stream else ""

    def action_ask(self, what: str) -> None:
        """Tell what the person wants of this pane."""
        asks = {"zoom": self.ZoomRequested, "links": self.LinksRequested}
        asked = asks.get(what)
        self.post_message(asked(self) if asked else self.Wished(self, what))

    def action_copy(self, what: str) -> None:
        """Ask that something of this pane is copied, or written to a file."""
        self.post_message(self.CopyRequested(self, what))

    def action_raw(self) -> None:
        """Show the text as it was written, or rendered."""
        self.text.show_raw(raw=not self.text.raw)

    @on(Thinking.Toggled)
    def action_thinking(self) -> None:
        """Show or hide what the model thought before it answered."""
        self.thinking.toggle()
        if self.stream:
            self.thinking.say(self.stream, self.shown_at)

    @on(AnswerText.SearchRequested)
    @on(SearchBar.Changed)
    @on(SearchBar.Submitted)
    @on(SearchBar.Moved)
    def _search(self, message: Message) -> None:
        message.stop()
        match message:
            case SearchBar.Changed():
                self.text.search(message.value)
            case SearchBar.Submitted():
                focus_at_once(self.text)
            case SearchBar.Moved():
                self.text.action_found(message.by)
            case _:
                self.add_class("-searching")
                focus_at_once(self.search_bar)

    def end_search(self) -> bool:
        """Look for nothing any more; return whether something was looked for."""
        if not self.has_class("-searching"):
            return False
        self.remove_class("-searching")
        self.text.search(None)
        focus_at_once(self.text)
        return True
