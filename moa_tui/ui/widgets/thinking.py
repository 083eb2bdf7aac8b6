"""What a model thinks: live while it thinks, one line when it writes, and all of it on demand."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from moa_tui.state import StreamState
from moa_tui.ui import figures
from moa_tui.ui.widgets.text_view import TextView

_LOOKS = ("-live", "-folded", "-open")


class Thinking(Vertical):
    """Shows a stream's reasoning; folds it when the answer begins, unless the person chose."""

    class Toggled(Message):
        """The line was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self.text = TextView(id="thinking")
        self._fold = Static(classes="fold", markup=False)
        self._pieces = 0
        self._wrote = False
        self._opened: bool | None = None
        self._said = ""

    def compose(self) -> ComposeResult:
        """The line, and the text."""
        yield self._fold
        yield self.text

    @property
    def visible_text(self) -> bool:
        """Whether the text is shown, not only the line."""
        return self.has_class("-live") or self.has_class("-open")

    def clear(self) -> None:
        """Nothing has been thought yet."""
        self._pieces, self._wrote, self._opened = 0, False, None
        self.text.clear()
        self._arrange()

    def show(self, stream: StreamState) -> None:
        """Show what is new in the reasoning of `stream`."""
        thought, self._pieces = stream.reasoning.since(self._pieces)
        if thought:
            self.text.extend(thought)
        wrote = stream.wrote_at is not None or stream.outcome is not None
        if thought or wrote != self._wrote:
            self._wrote = wrote
            self._arrange()

    def say(self, stream: StreamState, now: float) -> None:
        """Write how long it thought, and how much."""
        if self._pieces:
            reported = stream.usage is not None and stream.usage.reasoning > 0
            mark = "" if reported else "~"
            verb = "thought for" if self._wrote else "thinking for"
            if stream.kept and stream.wrote_at is None and stream.text.length:
                took = "thought"  # for how long has not been kept
            else:
                took = f"{verb} {figures.seconds(stream.thought_for(now))}"
            opened = "▾" if self.has_class("-open") else "▸"
            said = f"{opened} {took} · {mark}{stream.thought_tokens:,} tok"
            if said != self._said:
                self._said = said
                self._fold.update(Content(said), layout=False)

    def toggle(self) -> None:
        """Open what is folded, fold what is open."""
        self._opened = not self.visible_text
        self._arrange()

    def on_click(self, event: events.Click) -> None:
        """Open it, or fold it again, by a click on its line."""
        if self._fold.region.contains_point(event.screen_offset):
            event.stop()
            self.post_message(self.Toggled())

    def _arrange(self) -> None:
        some = self._pieces > 0
        opened = self._opened if self._opened is not None else not self._wrote
        live = some and opened and not self._wrote
        looks = (live, some and not opened, some and opened and self._wrote)
        self.update_classes(dict(zip(_LOOKS, looks, strict=True)))
