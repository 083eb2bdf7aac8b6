"""The main screen: what is above, the stage, the prompt, the figures, the keys.

Its first frame has as little in it as a person can begin with; `furnish` brings the rest.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from moa_tui.ui.screens.sized import Sized, TooSmall
from moa_tui.ui.widgets.first_prompt import PLACEHOLDER, FirstPrompt
from moa_tui.ui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from moa_tui.roster.model import Lineup
    from moa_tui.state import TurnState
    from moa_tui.ui.late import Furniture
    from moa_tui.ui.widgets.forecast_line import ForecastLine
    from moa_tui.ui.widgets.prompt_box import PromptBox
    from moa_tui.ui.widgets.stage import Stage
    from moa_tui.ui.widgets.status_bar import StatusBar
    from moa_tui.ui.widgets.tab_strip import TabStrip

_BACK = "Show all panes again, stop the turn, or leave a pane"
_TWICE = 1.5
"""Seconds in which the second Esc counts, where it takes two."""
GO_ON = "Ask on in this conversation…   Esc goes back to the present one"
_TAB = "Next pane, or the prompt"
_NEXT, _PREVIOUS = "Next pane", "Previous pane"


class MainScreen(Sized):
    """Shows one conversation. `show` takes the state of its present turn."""

    HELP = (
        "Every agent answers in its own pane, then the answer is written from what they said. Esc"
        " stops, Tab moves between the prompt and the panes,"
        " Ctrl+P finds everything that can be done by its name."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: a key typed right after one of these must find the focus where it leads.
        Binding("escape", "back", "Stop", id="turn.stop", tooltip=_BACK, priority=True),
        Binding("tab", "app.focus_next", "Panes", id="focus.next", tooltip=_TAB, priority=True),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "Back",
            show=False,
            id="focus.previous",
            tooltip="Pane before, or the prompt",
            priority=True,
        ),
        Binding("f2", "step(1)", "Next", id="pane.next", tooltip=_NEXT, priority=True),
        Binding("shift+f2", "step(-1)", show=False, id="pane.previous", tooltip=_PREVIOUS),
        Binding("i", "prompt", "Prompt", show=False, id="focus.prompt", tooltip="Go and type"),
        Binding(
            "ctrl+o",
            "jump",
            "Jump",
            id="focus.jump",
            tooltip="Print a letter over every pane, and go where the next key says",
            priority=True,
        ),
        Binding("right_square_bracket", "step(1)", show=False, id="pane.right", tooltip=_NEXT),
        Binding("left_square_bracket", "step(-1)", show=False, id="pane.left", tooltip=_PREVIOUS),
        *(
            Binding(
                str(n),
                f"pick('agent-{n}')",
                f"Pane {n}",
                show=False,
                id=f"pane.{n}",
                tooltip="Pane by its number",
            )
            for n in range(1, 10)
        ),
        Binding(
            "0,a",
            "pick('answer')",
            "Answer",
            show=False,
            id="pane.answer",
            tooltip="The pane of the answer",
        ),
        Binding(
            "ctrl+l",
            "timeline",
            "Timeline",
            show=False,
            id="turn.timeline",
            tooltip="Every stream of the turn as a bar on one time axis",
            priority=True,
        ),
        Binding("b", "pick('')", "Board", show=False, id="pane.board", tooltip="All at a glance"),
    ]

    class StopRequested(Message):
        """The person wants the turn stopped."""

    class KeptLeft(Message):
        """The person has seen enough of the turn of the history that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.stop_key = "esc"
        self._escaped = False
        self._shown: tuple[TurnState, float] | None = None
        self.kept = False
        self._tabs: TabStrip | None = None
        self._stage: Stage | None = None
        self._status: StatusBar | None = None
        self._prompt: PromptBox | None = None
        self._forecast: ForecastLine | None = None

    def compose(self) -> ComposeResult:
        """What there is before anybody knows who answers."""
        yield TopLine(id="headline")
        yield Container(id="room")
        with Container(id="prompt-frame"):
            yield FirstPrompt(id="first-prompt")
        yield Static(Content(" ○ starting"), id="starting", markup=False)
        yield Static(id="no-keys-yet", markup=False)
        yield TooSmall(id="too-small")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(FirstPrompt).focus()

    async def furnish(self, parts: "Furniture") -> list[str]:
        """Put in everything else; return the questions that were sent before it was there."""
        self._tabs, self._stage, self._status = parts.tabs, parts.stage, parts.status
        self._prompt, self._forecast = parts.prompt, parts.forecast
        first = self.query_one(FirstPrompt)
        with self.app.batch_update():
            for passing in ("#room", "#starting", "#no-keys-yet"):
                await self.query_one(passing).remove()
            await self.mount_all([parts.tabs, parts.stage, parts.forecast], before="#prompt-frame")
            await self.mount(parts.status, after="#prompt-frame")
            await self.mount(parts.footer, after=parts.status)
            await self.mount(parts.prompt, after=first)
            sent = parts.prompt.take_over(first.typed, first.sent)
            parts.prompt.focus()
            await first.remove()
        return sent

    def introduce(
        self, lineup: "Lineup", headline: Content, hint: str, badges: Sequence[str] = ()
    ) -> None:
        """Show who answers, what is to be said about it, and what stays in sight."""
        self.query_one(TopLine).introduce(lineup, headline)
        self.status.set_badges(badges)
        self.stage.show_lineup(lineup, hint)
        self._show_tabs()

    def complain(self, trouble: str) -> None:
        """Have a line about a file of the person's in the headline's place, until it is empty."""
        self.query_one(TopLine).complain(trouble)

    def expect(self, lineup: "Lineup", headline: Content, hint: str, badges: Sequence[str]) -> None:
        """Show who answers from the next turn on; what there is to read stays until then."""
        self.query_one(TopLine).introduce(lineup, headline, next_turn=True)
        self.status.set_badges(badges)
        self.stage.expect(lineup, hint)
        self._show_tabs()

    @property
    def stage(self) -> "Stage":
        """The panes; there once the screen is furnished."""
        assert self._stage
        return self._stage

    @property
    def prompt(self) -> "PromptBox":
        """Where questions are typed; there once the screen is furnished."""
        assert self._prompt
        return self._prompt

    @property
    def forecast(self) -> "ForecastLine":
        """What the next turn would take; there once the screen is furnished."""
        assert self._forecast
        return self._forecast

    @property
    def status(self) -> "StatusBar":
        """The figures; there once the screen is furnished."""
        assert self._status
        return self._status

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
        if self._tabs and self._stage:
            self._tabs.show(self._stage.tabs(), self._stage.selected)

    def on_resize(self) -> None:
        """The figures and the tabs are cut to the width."""
        self.query_one(TooSmall).show(*self.size)
        self.call_after_refresh(self._show_tabs)

    def on_tab_strip_chosen(self, message: "TabStrip.Chosen") -> None:
        """A tab was clicked."""
        self.stage.focus_pane(message.pane)

    def action_back(self) -> None:
        """Leave what was entered last: selection, search, zoom, a kept or running turn, a pane."""
        if self.get_selected_text():
            self.clear_selection()
        elif self._stage and (self._stage.end_search() or self._stage.unzoom()):
            pass
        elif self.kept:
            self.post_message(self.KeptLeft())
        elif not self.running or self.stop_key == "ctrl+c":
            self.action_prompt()
        elif self.stop_key == "esc" or self._escaped:
            self.post_message(self.StopRequested())
        else:
            self._escaped = True
            self.set_timer(_TWICE, self._forget_escape)
            self.notify("Esc again stops the turn", timeout=_TWICE, markup=False)

    def _forget_escape(self) -> None:
        self._escaped = False

    def action_step(self, by: int) -> None:
        """Go to the next pane, or the one before."""
        if self._stage:
            self._stage.step(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A number means something where there is such a pane."""
        if action == "pick" and parameters != ("",):
            return bool(self.query(f"#{parameters[0]}"))
        return super().check_action(action, parameters)

    def action_jump(self) -> None:
        """Show where one can go, and go where the next key says."""
        if not (self._stage and self._tabs and self._prompt):
            return
        from moa_tui.ui.screens.jump import JumpScreen, targets  # noqa: PLC0415 - not for the first frame

        tabs = self._tabs.places() if self._tabs.region else ()
        places = targets(self._stage.panes, tabs, self._prompt)
        self.app.push_screen(JumpScreen(places), self._jump_to)

    def action_timeline(self) -> None:
        """Show how the turn spends its time."""
        if self._shown and self.app.screen is self:
            from moa_tui.ui.screens.timeline import TimelineScreen  # noqa: PLC0415 - not for the first frame

            self.app.push_screen(TimelineScreen(self._last_shown))

    def _last_shown(self) -> "tuple[TurnState, float]":
        assert self._shown
        return self._shown

    def _jump_to(self, place: str | None) -> None:
        if place == self.prompt.id:
            self.action_prompt()
        elif place:
            self.action_pick(place)

    def action_pick(self, pane: str) -> None:
        """Go to a pane by its number; nothing picked is the board."""
        if not self._stage:
            return
        if not pane:
            self.stage.select("")
            self.action_prompt()
        elif self.query(f"#{pane}"):
            self.stage.focus_pane(pane)

    def action_prompt(self) -> None:
        """Give the keys to the prompt."""
        if self._prompt:
            self._prompt.focus()
