"""A pane: one stream in a frame. Its state and figures are on the frame, its text inside."""

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message

from moa_tui.state import Phase, StreamState
from moa_tui.ui import figures
from moa_tui.ui.restyling import reclass
from moa_tui.ui.widgets import pane_frame
from moa_tui.ui.widgets.answer_text import AnswerText
from moa_tui.ui.widgets.note import Note
from moa_tui.ui.widgets.pane_frame import TONES, Owner, PaneFrame
from moa_tui.ui.widgets.search_bar import SearchBar
from moa_tui.ui.widgets.thinking import Thinking

FRAME_SECONDS = 0.2
"""The frame is drawn anew at most this often: figures faster than that cannot be read."""

_SPARED = "text follows when it has ended (low bandwidth) · focus this pane to read along"
_SPARED_SECONDS = 1.0

_ALL = "Copy the whole turn as Markdown"
_CODE = "Copy a code block of this text"
_FILE = "Write this text to a file"
_WAITING = (Phase.QUEUED, Phase.RETRYING)
_LOW = 7
"""Rows of a pane below which a folded line of thinking would take too much of it."""


class Pane(Vertical):
    """Shows a stream: `show` takes its state, as often as it likes."""

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

    class Asked(Message):
        """The person wants something of this pane."""

        def __init__(self, pane: "Pane") -> None:
            super().__init__()
            self.pane = pane

    class ZoomRequested(Asked):
        """The person wants this pane alone, or no longer alone."""

    class Wished(Asked):
        """The person wants something done about this pane: retry, stop, mute, swap, prompt."""

        def __init__(self, pane: "Pane", what: str) -> None:
            super().__init__(pane)
            self.what = what

    class LinksRequested(Asked):
        """The person wants to see where the links of this text lead."""

    class CopyRequested(Asked):
        """The person wants `what`: this `text`, the `turn`, some `code` of it, or a `file`."""

        def __init__(self, pane: "Pane", what: str) -> None:
            super().__init__(pane)
            self.what = what

    def __init__(self, number: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self.number = number
        self.usual = ""
        self.mark = ""
        self.stream: StreamState | None = None
        self.owner = Owner()
        self.text = AnswerText(id="text")
        self.hint = Note(classes="hint")
        self.head = Note(classes="head")
        self.notes = Note(classes="notes")
        self._thinking = Thinking()
        self._card = Note(classes="card")
        self._bar = SearchBar()
        self._frame = PaneFrame(self)
        self._framed_at = -1.0
        self._framed: tuple[object, ...] = ()

    @property
    def source(self) -> str:
        """The text as it was written; as long as there is none, what was thought."""
        stream = self.stream
        return str(stream.text if stream.text.length else stream.reasoning) if stream else ""

    @property
    def in_layer(self) -> int:
        """The layer of its stream, or the one in which it will have one."""
        return self.stream.layer if self.stream else max(1, self.owner.layer)

    def compose(self) -> ComposeResult:
        """A hint for when there is nothing, a header, thinking, text, a card for trouble."""
        yield from (
            self.head,
            self.notes,
            self.hint,
            self._thinking,
            self.text,
            self._card,
            self._bar,
        )

    def clear(self, owner: Owner, hint: str) -> None:
        """Show that nothing has been asked yet, and whom this pane belongs to."""
        self.stream, self.owner = None, owner
        self._framed_at, self._framed = -1.0, ()
        self._thinking.clear()
        self.text.clear()
        self.hint.say(hint)
        self._card.say("")
        self.head.say("")
        self.notes.say("")
        tones = {tone: tone == figures.tone(None) for tone in TONES}
        inside = [self.hint, self.text, self._thinking, self._card]
        reclass(self, {"-text": False, "-thinking": False, **tones}, inside)
        self._draw_frame(0.0)

    def note(self, mark: str) -> None:
        """Write `mark` behind the name: what is not as in the file."""
        if mark != self.mark:
            self.mark = mark
            self._draw_frame(max(0.0, self._framed_at))

    def colour(self, colour: str | None) -> None:
        """Frame the pane in `colour` instead of the theme's for its number."""
        if colour:
            self.styles.border = ("round", colour)

    def tag(self, words: str, *, dimmed: bool = False) -> None:
        """Have `words` stand beside the name, such as that the agent is muted."""
        if words != self.owner.mark:
            self.owner = replace(self.owner, mark=words)
            self.set_class(dimmed, "-muted")
            self.redraw()

    def show(
        self, stream: StreamState, now: float, about: str = "", *, sparing: bool = False
    ) -> None:
        """Show what is new in `stream`; `now` is seconds since the turn began.

        `about` stands beside the name, in place of the model. While `sparing`,
        text that nobody is looking at waits until the stream has ended.
        """
        if stream is self.stream and stream.outcome is not None:
            return
        if self.stream is None or self.stream.id != stream.id:
            elsewhere = stream.provider if self.usual not in {"", stream.provider} else ""
            notes, mark, name = self.notes.said, self.owner.mark, figures.name_of(stream)
            model = about or stream.model
            layer = stream.layer if self.owner.layer else 0
            self.clear(Owner(name, model, elsewhere, layer, stream.agent, mark), "")
            self.notes.say(notes)
        self.stream = stream
        quiet = sparing and stream.outcome is None and not self._is_read
        if not quiet:
            self._show_text(stream)
        self.hint.say(_SPARED if quiet else "")
        key = (stream.id, stream.phase, stream.outcome, stream.attempt)
        if key != self._framed or now - self._framed_at >= (
            _SPARED_SECONDS if quiet else FRAME_SECONDS
        ):
            self._framed, self._framed_at = key, now
            self._draw_frame(now)
            self._draw_card(now)
            self._thinking.say(stream, now)
        if stream.outcome is not None:
            # An answer that comes within one frame has no width to be rendered for before that.
            self.call_after_refresh(self.text.render_markdown)

    @property
    def _is_read(self) -> bool:
        return self.has_focus_within or self.has_class("-selected")

    def _show_text(self, stream: StreamState) -> None:
        self._thinking.show(stream)
        if stream.reasoning.length:
            reclass(self, {"-thinking": True}, [self.hint])
        if self.text.show(stream):
            reclass(self, {"-text": True}, [self.hint, self.text, self._thinking])

    def on_resize(self) -> None:
        """Rendered rows fit one width only, and so do the figures on the frame."""
        self.set_class(self.size.height < _LOW, "-low-pane")
        self.redraw()
        self.call_after_refresh(self.text.render_markdown)

    @on(AnswerText.Scrolled)
    @on(AnswerText.Rendered)
    def redraw(self) -> None:
        """Draw the frame anew with what it said last: how much is out of sight has changed."""
        self._draw_frame(max(0.0, self._framed_at))

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

    def action_thinking(self) -> None:
        """Show or hide what the model thought before it answered."""
        self._thinking.toggle()
        if self.stream:
            self._thinking.say(self.stream, max(0.0, self._framed_at))

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
                self.text.focus()
            case SearchBar.Moved():
                self.text.action_found(message.by)
            case _:
                self.add_class("-searching")
                self._bar.focus()

    def end_search(self) -> bool:
        """Look for nothing any more; return whether something was looked for."""
        if not self.has_class("-searching"):
            return False
        self.remove_class("-searching")
        self.text.search(None)
        self.text.focus()
        return True

    def _draw_frame(self, now: float) -> None:
        stream, width = self.stream, max(10, self.size.width - 6)
        now_tone = figures.tone(stream)
        reclass(self, {tone: tone == now_tone for tone in TONES}, [self._card])
        owner = replace(self.owner, name=f"{self.owner.name}{self.mark}")
        above = pane_frame.title(self.number, owner, stream, width)
        below = pane_frame.subtitle(stream, now, width, self.text.badges()) if stream else ""
        self._frame.write(above, below)

    def _draw_card(self, now: float) -> None:
        lines = figures.card_lines(self.stream, now) if self.stream else []
        if self.stream and self.stream.phase in _WAITING:
            focused = self.screen.focused
            here = "" if focused and self in focused.ancestors else "in this pane: "
            lines.append(f"→ {here}r retry now · x give up")
        self._card.say("\n".join(lines))
