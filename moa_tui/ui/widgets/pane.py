"""A pane: one stream in a frame. Its state and figures are on the frame, its text inside."""

import asyncio
from functools import partial
from typing import ClassVar

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.widgets import Static
from textual.worker import WorkType

from moa_tui.state import Phase, StreamState, TextLog
from moa_tui.ui import figures
from moa_tui.ui.restyling import reclass
from moa_tui.ui.text import markdown
from moa_tui.ui.text.light import LightStyles
from moa_tui.ui.widgets.text_view import TextView

_AFTER = 0.05
"""Seconds from the end of a stream to its rendering."""

FRAME_SECONDS = 0.2
"""The frame is drawn anew at most this often: figures faster than that cannot be read."""

_WAITING = (Phase.QUEUED, Phase.RETRYING)
_TONES = ("-idle", "-live", "-done", "-marked", "-failed")


class Pane(Vertical):
    """Shows a stream: `show` takes its state, as often as it likes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("z,enter", "zoom", "Zoom", id="pane.zoom", tooltip="Give this pane the screen"),
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
        Binding("r", "retry", "Retry", show=False, id="stream.retry", tooltip="Ask again now"),
        Binding("x", "end", "Stop one", show=False, id="stream.stop", tooltip="Stop this agent"),
    ]
    HELP = (
        "One agent's answer. `z` zooms, `m` shows it as written, `t` shows its thinking, "
        "`r` asks again at once, `x` stops it."
    )

    class Asked(Message):
        """The person wants something of this pane."""

        def __init__(self, pane: "Pane") -> None:
            super().__init__()
            self.pane = pane

    class ZoomRequested(Asked):
        """The person wants this pane alone, or no longer alone."""

    class RetryRequested(Asked):
        """The person does not want this stream to wait for its next attempt."""

    class StopRequested(Asked):
        """The person wants this stream to end, and the others to go on."""

    def __init__(self, number: str, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes=classes)
        self.number = number
        self.stream: StreamState | None = None
        self.short_name = ""
        self._model = ""
        self._hint = Static(classes="hint", markup=False)
        self._head = Static(classes="head", markup=False)
        self._heading = ""
        self._thinking = TextView(id="thinking")
        self.text = TextView(id="text")
        self._card = Static(classes="card", markup=False)
        self._pieces = 0
        self._thoughts = 0
        self._framed_at = -1.0
        self._framed: tuple[object, ...] = ()
        self._raw = False
        self._reason = ""
        self._markdown_of: tuple[object, ...] | None = None
        self._plain_because = ""

    def compose(self) -> ComposeResult:
        """A hint for when there is nothing, a header, thinking, text, a card for trouble."""
        yield from (self._hint, self._head, self._thinking, self.text, self._card)

    def on_mount(self) -> None:
        """Texts are painted in the colours of one theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self._recolour())

    def clear(self, name: str, model: str, hint: str) -> None:
        """Show that nothing has been asked yet, and whom this pane belongs to."""
        self.stream = None
        self.short_name, self._model = name, model
        self._pieces = self._thoughts = 0
        self._framed_at, self._framed = -1.0, ()
        self._markdown_of, self._plain_because = None, ""
        self._thinking.clear()
        self.text.clear()
        self.wait(hint)
        self.head("")
        tones = {tone: tone == figures.tone(None) for tone in _TONES}
        self.update_classes({"-thinking": False, "-text": False, "-card": False, **tones})
        self._draw_frame(0.0)

    def wait(self, reason: str) -> None:
        """Say what this pane waits for."""
        if reason != self._reason:
            self._reason = reason
            self._hint.update(Content(reason))
            self._hint.set_class(not reason, "-empty")

    def head(self, words: str) -> None:
        """Say above the text what its reader should know; empty takes the row back."""
        if words != self._heading:
            self._heading = words
            self._head.update(Content(words))
            self.set_class(bool(words), "-headed")

    def colour(self, colour: str | None) -> None:
        """Frame the pane in `colour` instead of the theme's for its number."""
        if colour:
            self.styles.border = ("round", colour)

    def show(self, stream: StreamState, now: float) -> None:
        """Show what is new in `stream`; `now` is seconds since the turn began."""
        if stream is self.stream and stream.outcome is not None:
            return
        if self.stream is None or self.stream.id != stream.id:
            self.clear(stream.label, stream.model, "")
        self.stream = stream
        text, self._pieces = stream.text.since(self._pieces)
        thought, self._thoughts = stream.reasoning.since(self._thoughts)
        if thought:
            self._thinking.extend(thought)
            self.set_class(not self.has_class("-text"), "-thinking")
        if text:
            if not self.has_class("-text"):
                self.update_classes({"-text": True, "-thinking": False})
            self.text.extend(text)
        key = (stream.id, stream.phase, stream.outcome, stream.attempt)
        if key != self._framed or now - self._framed_at >= FRAME_SECONDS:
            self._framed, self._framed_at = key, now
            self._draw_frame(now)
            self._draw_card(now)
        if stream.outcome is not None:
            # An answer that comes within one frame has no width to be rendered for before that.
            self.call_after_refresh(self.render_markdown)

    def render_markdown(self) -> None:
        """Have the finished text rendered for this width and theme, if that has not been done."""
        stream = self.stream
        if stream is None or stream.outcome is None or self._raw or not self.text.size.width:
            return
        dark = self.app.current_theme.dark
        wanted = (stream.id, self.text.text_width, self.text.styles_of_parts, dark)
        if wanted != self._markdown_of:
            self._markdown_of = wanted
            # Not a coroutine: one whose worker is cancelled at once would never be awaited.
            work: WorkType[None] = partial(self._finish, stream.text, wanted)
            self.run_worker(work, exclusive=True)

    def _recolour(self) -> None:
        for view in (self._thinking, self.text):
            # Its own style may be the same in both themes; what it paints with is not.
            view.notify_style_update()
            view.refresh()

    async def _finish(self, log: TextLog, wanted: tuple[str, int, LightStyles, bool]) -> None:
        # What the end of a stream sets off is more urgent, such as the aggregator's request.
        await asyncio.sleep(_AFTER)
        if refusal := markdown.refusal(log):
            self._plain_because = refusal
            self._draw_frame(max(0.0, self._framed_at))
            return
        view, (_, width, styles, dark) = self.text, wanted
        rows = await markdown.render(str(log), width, styles, dark=dark)
        if wanted == self._markdown_of:
            view.finish(rows)
            self._draw_frame(0.0)

    def on_resize(self) -> None:
        """Rendered rows fit one width only, and so do the figures on the frame."""
        self._draw_frame(max(0.0, self._framed_at))
        self.call_after_refresh(self.render_markdown)

    def on_text_view_recoloured(self) -> None:
        """Rendered rows have their colours in them."""
        self.render_markdown()

    def on_text_view_scrolled(self) -> None:
        """Say how much is out of sight."""
        self._draw_frame(max(0.0, self._framed_at))

    def action_zoom(self) -> None:
        """Ask to be alone on the screen, or not any more."""
        self.post_message(self.ZoomRequested(self))

    def action_retry(self) -> None:
        """Ask that the next attempt leaves now."""
        self.post_message(self.RetryRequested(self))

    def action_end(self) -> None:
        """Ask that this stream ends."""
        self.post_message(self.StopRequested(self))

    def action_raw(self) -> None:
        """Show the text as it was written, or rendered."""
        self._raw = not self._raw
        self._markdown_of = None
        self.text.finish(None)
        self.render_markdown()

    def action_thinking(self) -> None:
        """Show or hide what the model thought before it answered."""
        self.toggle_class("-thinking")

    def _draw_frame(self, now: float) -> None:
        stream = self.stream
        now_tone = figures.tone(stream)
        reclass(self, {tone: tone == now_tone for tone in _TONES}, [self._card])
        width = max(10, self.size.width - 6)
        title = f"{figures.glyph(stream)} {self.number} {self.short_name}"
        with_model = f"{title} · {self._model}"
        fits = self._model and cell_len(with_model) <= width
        self._write_on_frame(
            Content(with_model if fits else title), self._subtitle(stream, now, width)
        )

    def _subtitle(self, stream: StreamState | None, now: float, width: int) -> Content | None:
        if stream is None:
            return None
        badge = ""
        if (below := self.text.position.below) and not self.text.position.following:
            badge = f"↓ {below} more · "
        if self._plain_because:
            badge += f"as written: {self._plain_because} · "
        words = figures.state_words(stream, now)
        numbers = figures.stream_figures(stream, now, width - len(badge) - len(words) - 3)
        return Content(f"{badge}{words} · {numbers}")

    def _write_on_frame(self, title: Content, subtitle: Content | None) -> None:
        """Write on the frame, and have no more of it painted anew than its two rows.

        Textual's own `border_title` would have the whole frame painted, five times a second.
        """
        row = Region(-1, -1, self.outer_size.width, 1)  # of the content, which begins inside
        if title != self._border_title:
            self._border_title = title
            self.refresh(row)
        if subtitle != self._border_subtitle:
            self._border_subtitle = subtitle
            self.refresh(row.translate((0, self.outer_size.height - 1)))

    def _draw_card(self, now: float) -> None:
        lines = figures.card_lines(self.stream, now) if self.stream else []
        if self.stream and self.stream.phase in _WAITING:
            focused = self.screen.focused
            here = "" if focused and self in focused.ancestors else "in this pane: "
            lines.append(f"→ {here}r retry now · x give up")
        self.set_class(bool(lines), "-card")
        if lines:
            self._card.update(Content("\n".join(lines)))
