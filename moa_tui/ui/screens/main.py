"""The main screen: what is above, the stage, the prompt, the figures, the keys."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.widget import Widget

from moa_tui.ui.screens.navigated import Navigated
from moa_tui.ui.screens.sized import TooSmall
from moa_tui.ui.widgets.first_prompt import PLACEHOLDER
from moa_tui.ui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from moa_tui.roster.model import Lineup
    from moa_tui.state import TurnState
    from moa_tui.ui.widgets.tab_strip import TabStrip

GO_ON = "Ask on in this conversation…   Esc goes back to the present one"


class MainScreen(Navigated):
    """Shows one conversation. `show` takes the state of its present turn."""

    HELP = (
        "Every agent answers in its own pane, then the answer is written from what they said. Esc"
        " stops, Tab moves between the prompt and the panes,"
        " Ctrl+P finds everything that can be done by its name."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+l",
            "timeline",
            "Timeline",
            show=False,
            id="turn.timeline",
            tooltip="Every stream of the turn as a bar on one time axis",
            priority=True,
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[TurnState, float] | None = None

    def introduce(
        self, lineup: "Lineup", headline: Content, hint: str, badges: Sequence[str] = ()
    ) -> None:
        """Show who answers, what is to be said about it, and what stays in sight."""
        self.query_one(TopLine).introduce(lineup, headline)
        self.status.set_badges(badges)
        self.stage.show_lineup(lineup, hint)
        self._show_tabs()

    def expect(self, lineup: "Lineup", headline: Content, hint: str, badges: Sequence[str]) -> None:
        """Show who answers from the next turn on; what there is to read stays until then."""
        self.query_one(TopLine).introduce(lineup, headline, next_turn=True)
        self.status.set_badges(badges)
        self.stage.expect(lineup, hint)
        self._show_tabs()

    def complain(self, trouble: str) -> None:
        """Have a line about a file of the person's in the headline's place, until it is empty."""
        self.query_one(TopLine).complain(trouble)

    def show(self, state: "TurnState", now: float, queued: int = 0) -> None:
        """Show what is new in `state`; `now` is seconds since the turn began."""
        new = not self._shown or self._shown[0].turn != state.turn
        self.running, self._shown = state.running, (state, now)
        if new:
            self.query_one(TopLine).ask(state.question)
        self.stage.show(state, now)
        self.status.show(state, now, queued)
        self._show_tabs()

    def show_kept(self, state: "TurnState", headline: Content, badges: Sequence[str]) -> None:
        """Show a turn of the history, in the panes that it had, until it is left."""
        self.kept, self.running = True, False
        self._shown = (state, state.seconds or 0.0)
        self.query_one(TopLine).say(headline)
        self.stage.show_kept(state)
        self.status.set_badges(badges)
        self.status.show(state, state.seconds or 0.0)
        self._show_tabs()
        self.prompt.placeholder = GO_ON

    def leave_kept(self) -> None:
        """Be ready for the present conversation."""
        self.kept, self._shown = False, None
        self.prompt.placeholder = PLACEHOLDER

    def spare(self, *, sparing: bool, badge: str) -> None:
        """Show as much as the link to the terminal takes; `badge` says what link that is."""
        self.stage.sparing = sparing
        self.status.set_link(badge)

    def on_stage_selected(self) -> None:
        """Another pane is shown alone."""
        self._show_tabs()

    def _show_tabs(self) -> None:
        # Not while the app closes: a size may come when some of it has gone.
        if self.parts and self.stage.query("#agents"):
            self.parts.tabs.show(self.stage.tabs(), self.stage.selected)

    def on_resize(self) -> None:
        """The figures and the tabs are cut to the width."""
        self.query_one(TooSmall).show(*self.size)
        self.call_after_refresh(self._show_tabs)

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """Return what is under the mouse: beside the text of a pane, that row of the text."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        if offset is None and self.parts and (text := self.stage.text_beside(widget, y)):
            row = text.position.top + y - text.region.y
            return text, Offset(0 if x < text.region.x else text.region.width, row)
        return widget, offset

    def on_tab_strip_chosen(self, message: "TabStrip.Chosen") -> None:
        """A tab was clicked."""
        self.stage.focus_pane(message.pane)

    def action_timeline(self) -> None:
        """Show how the turn spends its time."""
        if self._shown and self.app.screen is self:
            from moa_tui.ui.screens.timeline import TimelineScreen  # noqa: PLC0415 - not for the first frame

            self.app.push_screen(TimelineScreen(self._last_shown))

    def _last_shown(self) -> "tuple[TurnState, float]":
        assert self._shown
        return self._shown
