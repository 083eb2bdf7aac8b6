"""A text that is there from the beginning: read from its top, rendered as Markdown."""

from textual import work

from moa_tui.state import TextLog
from moa_tui.ui.text import markdown
from moa_tui.ui.text.light import LightStyles
from moa_tui.ui.widgets.text_view import TextView

_Wanted = tuple[str, int, LightStyles, bool]


class ReadView(TextView):
    """Shows a finished text. `read` takes it; it is rendered for the width there is."""

    HELP = "A text of the history. It is read from its top."

    def __init__(self, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self.set_classes(classes)
        self._source = ""
        self._rendering_of: _Wanted | None = None

    def read(self, text: str) -> None:
        """Show `text` in place of what was there."""
        self._source, self._rendering_of = text, None
        self.clear()
        self.extend(text)
        self.action_jump("top")
        self.call_after_refresh(self._render_anew)

    def on_text_view_resized(self) -> None:
        """Rendered rows fit one width only."""
        self._render_anew()

    def on_text_view_recoloured(self) -> None:
        """Rendered rows have their colours in them."""
        self._render_anew()

    def _render_anew(self) -> None:
        if not self.size.width:
            return
        dark = self.app.current_theme.dark
        wanted = (self._source, self.text_width, self.styles_of_parts, dark)
        if wanted != self._rendering_of:
            self._rendering_of = wanted
            self._finish(wanted)

    @work(exclusive=True)
    async def _finish(self, wanted: _Wanted) -> None:
        text, width, styles, dark = wanted
        if text and markdown.renderable(TextLog().append(text)):
            rows = await markdown.render(text, width, styles, dark=dark)
            if wanted == self._rendering_of:
                self.finish(rows)
