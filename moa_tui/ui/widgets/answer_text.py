"""The text of one stream: as it comes, and rendered as Markdown once it has ended."""

import asyncio
from functools import partial

from textual import events
from textual.message import Message
from textual.widget import Widget
from textual.worker import WorkType

from moa_tui.state import StreamState, TextLog
from moa_tui.ui.text import markdown
from moa_tui.ui.text.light import LightStyles
from moa_tui.ui.widgets.searched_text import SearchedText

_AFTER = 0.05
"""Seconds from the end of a stream to its rendering."""


class AnswerText(SearchedText):
    """Shows what a stream wrote; `raw` is whether the person wants it as it was written."""

    class Rendered(Message):
        """The text is shown as Markdown now, or it is known why it cannot be."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.raw = False
        self.plain_because = ""
        self._pieces = self._beginning = 0
        self._ended: tuple[str, TextLog] | None = None
        self._rendering_of: tuple[object, ...] | None = None

    def on_hide(self, event: events.Hide) -> None:
        """Keep the keys while there is no text yet: its pane is still there, and has keys too."""
        pane = self.parent
        if self.has_focus and isinstance(pane, Widget) and pane.region:
            event.prevent_default()  # Textual would give the keys to nobody

    def clear(self) -> None:
        """Begin anew with an empty text."""
        super().clear()
        self.plain_because = ""
        self._pieces, self._beginning = 0, 0
        self._ended = self._rendering_of = None

    def show(self, stream: StreamState) -> bool:
        """Show what is new in `stream`; return whether that was anything."""
        if stream.text.beginning != self._beginning:
            self.clear()  # what was shown has been no answer
            self._beginning = stream.text.beginning
        text, self._pieces = stream.text.since(self._pieces)
        if text:
            self.extend(text)
        if stream.outcome is not None:
            self._ended = (stream.id, stream.text)
        return bool(text)

    def show_raw(self, *, raw: bool) -> None:
        """Show the text as it was written, or rendered."""
        self.raw, self._rendering_of = raw, None
        self.finish(None)
        self.render_markdown()

    def badges(self) -> list[str]:
        """Say what its reader should know: what is found, what is out of sight, why it is plain."""
        position = self.position
        badges = [self.finding] if self.finding else []
        if position.new:
            badges.append(f"↓ {position.new} new")
        elif position.below and not position.following:
            badges.append(f"↓ {position.below} more")
        return [*badges, f"as written: {self.plain_because}"] if self.plain_because else badges

    def render_markdown(self) -> None:
        """Have the finished text rendered for this width and theme, if that has not been done."""
        if self._ended is None or self.raw or not self.size.width:
            return
        stream, log = self._ended
        dark = self.app.current_theme.dark
        wanted = (stream, self.text_width, self.styles_of_parts, dark)
        if wanted != self._rendering_of:
            self._rendering_of = wanted
            # Not a coroutine: one whose worker is cancelled at once would never be awaited.
            work: WorkType[None] = partial(self._finish_markdown, log, wanted)
            self.run_worker(work, exclusive=True)

    async def _finish_markdown(
        self, log: TextLog, wanted: tuple[str, int, LightStyles, bool]
    ) -> None:
        # What the end of a stream sets off is more urgent, such as the aggregator's request.
        await asyncio.sleep(_AFTER)
        if refusal := markdown.refusal(log):
            self.plain_because = refusal
        else:
            _, width, styles, dark = wanted
            rows = await markdown.render(str(log), width, styles, dark=dark)
            if wanted == self._rendering_of:
                self.finish(rows)
        self.post_message(self.Rendered())

    def on_text_view_resized(self) -> None:
        """A text that ended before it was ever shown has no rendered rows yet."""
        self.render_markdown()

    def on_text_view_recoloured(self) -> None:
        """Rendered rows have their colours in them."""
        self.render_markdown()
