"""A pane: one stream in a frame. Its state and figures are on the frame, its text inside."""

from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult

from moa_tui.state import Phase, StreamState
from moa_tui.ui import figures
from moa_tui.ui.focusing import focus_at_once
from moa_tui.ui.restyling import reclass
from moa_tui.ui.widgets import pane_frame
from moa_tui.ui.widgets.answer_text import AnswerText
from moa_tui.ui.widgets.note import Note
from moa_tui.ui.widgets.pane_frame import TONES, Owner, PaneFrame
from moa_tui.ui.widgets.read_pane import ReadPane

FRAME_SECONDS = 0.2
"""The frame is drawn anew at most this often: figures faster than that cannot be read."""

_SPARED = "text follows when it has ended (low bandwidth) · focus this pane to read along"
_SPARED_SECONDS = 1.0

_WAITING = (Phase.QUEUED, Phase.RETRYING)
_LOW = 7
"""Rows of a pane below which a folded line of thinking would take too much of it."""


class Pane(ReadPane):
    """Shows a stream: `show` takes its state, as often as it likes."""

    def __init__(self, number: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self.number = number
        self.usual = ""
        self.mark = ""
        self.hint = Note(classes="hint")
        self.head = Note(classes="head")
        self.notes = Note(classes="notes")
        self._card = Note(classes="card")
        self._frame = PaneFrame(self)
        self._framed: tuple[object, ...] = ()
        self._colour: str | None = None

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
            self.thinking,
            self.text,
            self._card,
            self.search_bar,
        )

    def clear(self, owner: Owner, hint: str) -> None:
        """Show that nothing has been asked yet, and whom this pane belongs to."""
        self.stream, self.owner = None, owner
        self.shown_at, self._framed = 0.0, ()
        self.thinking.clear()
        self.text.clear()
        self.hint.say(hint)
        self._card.say("")
        self.head.say("")
        self.notes.say("")
        tones = {tone: tone == figures.tone(None) for tone in TONES}
        inside = [self.hint, self.text, self.thinking, self._card]
        reclass(self, {"-text": False, "-thinking": False, **tones}, inside)
        self._draw_frame(0.0)

    def note(self, mark: str) -> None:
        """Write `mark` behind the name: what is not as in the file."""
        if mark != self.mark:
            self.mark = mark
            self._draw_frame(self.shown_at)

    def colour(self, colour: str | None) -> None:
        """Frame the pane in `colour` instead of the theme's for its number."""
        if colour != self._colour:
            self._colour = colour
            self._draw_border()

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def _draw_border(self) -> None:
        # A border of its own would outrank the one that shows where the keys go.
        own = self._colour is not None and not self.has_focus_within
        self.styles.border = ("round", self._colour) if own and self._colour else None

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
        if key != self._framed or now - self.shown_at >= (
            _SPARED_SECONDS if quiet else FRAME_SECONDS
        ):
            self._framed, self.shown_at = key, now
            self._draw_frame(now)
            self._draw_card(now)
            self.thinking.say(stream, now)
        if stream.outcome is not None:
            # An answer that comes within one frame has no width to be rendered for before that.
            self.call_after_refresh(self.text.render_markdown)

    @property
    def _is_read(self) -> bool:
        return self.has_focus_within or self.has_class("-selected")

    def _show_text(self, stream: StreamState) -> None:
        self.thinking.show(stream)
        if self.thinking.text.has_focus and not self.thinking.visible_text:
            focus_at_once(self.text)
        if stream.reasoning.length:
            reclass(self, {"-thinking": True}, [self.hint])
        if self.text.show(stream) or not stream.text.length:
            some = stream.text.length > 0
            reclass(self, {"-text": some}, [self.hint, self.text, self.thinking])

    def on_resize(self) -> None:
        """Rendered rows fit one width only, and so do the figures on the frame."""
        self.set_class(self.size.height < _LOW, "-low-pane")
        self.redraw()
        self.call_after_refresh(self.text.render_markdown)

    @on(AnswerText.Scrolled)
    @on(AnswerText.Rendered)
    def redraw(self) -> None:
        """Draw the frame anew with what it said last: how much is out of sight has changed."""
        self._draw_frame(self.shown_at)

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
