"""Several syntheses of the same proposals, side by side."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content

from moa_tui.state import TurnState
from moa_tui.ui import figures
from moa_tui.ui.screens.leaving import Dialog
from moa_tui.ui.text import markdown
from moa_tui.ui.widgets.text_view import TextView


class SideBySide(Dialog[None]):
    """Shows each answer in a column of its own; Tab goes from one to the next."""

    DEFAULT_CSS = """
    SideBySide {
        background: $background;
    }
    #columns {
        overflow-x: auto;
    }
    #columns Vertical {
        width: 1fr;
        min-width: 48;
        padding: 0 0 0 1;
        border: round $border;
        border-title-color: $answer;
    }
    #columns Vertical:focus-within {
        border: heavy $primary;
    }
    #columns TextView {
        height: 1fr;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,equals_sign", "dismiss", "Close", id="compare.close", tooltip="Close it"),
    ]

    def __init__(self, syntheses: Sequence[TurnState]) -> None:
        super().__init__()
        self._syntheses = list(syntheses)

    def compose(self) -> ComposeResult:
        """A column for each."""
        with Horizontal(id="columns"):
            for number, state in enumerate(self._syntheses, start=1):
                column, view = Vertical(), TextView()
                writer = state.streams.get(state.answered_by or "")
                who = f"{writer.label} · {writer.model}" if writer else ""
                column.border_title = Content(f"{number} of {len(self._syntheses)} · {who}")
                told = figures.stream_figures(writer, 0.0, 60) if writer else ""
                column.border_subtitle = Content(f"{told} · Tab next · Esc closes")
                view.extend(state.answer)
                with column:
                    yield view

    def on_mount(self) -> None:
        """Render each once it has its width."""
        self.query(TextView).first().focus()
        self.call_after_refresh(self._render_all)

    def _render_all(self) -> None:
        for view, state in zip(self.query(TextView), self._syntheses, strict=True):
            self.run_worker(self._render_one(view, state.answer))

    async def _render_one(self, view: TextView, answer: str) -> None:
        dark = self.app.current_theme.dark
        rows = await markdown.render(answer, view.text_width, view.styles_of_parts, dark=dark)
        view.finish(rows)
        view.action_jump("top")
