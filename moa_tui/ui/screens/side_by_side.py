"""Several syntheses of the same proposals, side by side."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.worker import WorkType

from moa_tui.engine.wholeness import not_whole
from moa_tui.state import TurnState
from moa_tui.ui import figures
from moa_tui.ui.screens.leaving import Dialog
from moa_tui.ui.text import markdown
from moa_tui.ui.widgets.text_view import TextView

_NARROWEST = 36
"""Cells that a column needs to be read."""


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
                if why := not_whole(state.answer_outcome):
                    told = f"not whole: {why} · {told}"
                column.border_subtitle = Content(f"{told} · Tab next · Esc closes")
                view.extend(state.answer)
                with column:
                    yield view

    def on_mount(self) -> None:
        """Begin with the first; each is rendered once it has its width."""
        self.query(TextView).first().focus()

    def on_resize(self, event: events.Resize) -> None:
        """Show as many columns as can be read; Tab brings the others into sight."""
        count = len(self._syntheses)
        beside = max(1, min(count, event.size.width // _NARROWEST))
        for number, column in enumerate(self.query("#columns Vertical")):
            wider = number % beside < event.size.width % beside
            column.styles.width = event.size.width // beside + wider
        self.call_after_refresh(self._render_all)

    def _render_all(self) -> None:
        for view, state in zip(self.query(TextView), self._syntheses, strict=True):
            # Not a coroutine: one whose worker is cancelled at once would never be awaited.
            work: WorkType[None] = partial(self._render_one, view, state.answer)
            self.run_worker(work, group=f"column-{id(view)}", exclusive=True)

    async def _render_one(self, view: TextView, answer: str) -> None:
        dark = self.app.current_theme.dark
        rows = await markdown.render(answer, view.text_width, view.styles_of_parts, dark=dark)
        view.finish(rows)
        view.action_jump("top")
