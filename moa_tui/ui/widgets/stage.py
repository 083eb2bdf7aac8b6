"""The stage: a pane for every agent, the answer's pane, and which of them is shown alone.

Wide: agents in a grid beside the answer. Medium: agents above it, and they give way when it is
being written. Narrow: one pane at a time under a strip of tabs, or the board of all of them. Which
of the three it is, app.tcss decides by the classes that the screen's width sets.
"""

from collections import Counter
from collections.abc import Collection, Mapping

from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.widget import Widget

from moa_tui.engine.events import Role, TurnOutcome
from moa_tui.roster.model import Lineup
from moa_tui.state import TurnState, took_part
from moa_tui.ui import figures
from moa_tui.ui.overview import overview
from moa_tui.ui.restyling import reclass
from moa_tui.ui.seats import seats_of
from moa_tui.ui.widgets.agent_grid import AgentGrid
from moa_tui.ui.widgets.board import Board
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.pane_frame import Owner
from moa_tui.ui.widgets.tab_strip import Tab

ANSWER = "answer"


class Stage(Container):
    """Shows a turn."""

    class Selected(Message):
        """Another pane was chosen to be the one that is shown alone."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes="-fresh")
        self._lineup: Lineup | None = None
        self._next: Lineup | None = None
        self._state = TurnState()
        self._tag = ("", "")
        self._muted: Collection[str] = ()
        self._turned = False
        self.selected = ""
        self.sparing = False

    def compose(self) -> ComposeResult:
        """The board, the agents, the answer."""
        yield Board(id="board")
        yield AgentGrid(id="agents")
        yield Pane("Σ", id=ANSWER)

    @property
    def answer(self) -> Pane:
        """The pane of the final answer."""
        return self.query_one(f"#{ANSWER}", Pane)

    @property
    def agents(self) -> AgentGrid:
        """The panes of the proposers."""
        return self.query_one("#agents", AgentGrid)

    @property
    def panes(self) -> list[Pane]:
        """All panes in use, the answer's last."""
        return [*self.agents.panes, self.answer]

    def show_lineup(self, lineup: Lineup, hint: str = "") -> None:
        """Show who answers, before anything has been asked; `hint` stands in the answer's pane."""
        self._lineup, self._next = lineup, None
        single = lineup.strategy == "single"
        usual = usual_provider(lineup)
        self.agents.clear(seats_of(lineup), usual)
        self.agents.mute(self._muted)
        self._reclass({"-answering": False, "-fresh": bool(hint), "-single": single})
        writer = lineup.aggregator
        self.answer.usual = usual
        elsewhere = writer.provider if writer.provider != usual else ""
        who = Owner(writer.name, writer.model, elsewhere, agent=writer.name)
        owner = Owner("answer") if single else who
        self.answer.clear(owner, hint)

    def expect(self, lineup: Lineup, hint: str = "") -> None:
        """Show who answers from the next turn on: at once, unless there is something to read."""
        if self._state.turn and not self.has_class("-fresh"):
            self._next = lineup
        else:
            self.show_lineup(lineup, hint)

    def look_at(self, state: TurnState) -> None:
        """Show another synthesis of the same answers."""
        answer = self.answer
        answer.clear(answer.owner, "")
        self._state = state
        self.show_answer(state, state.seconds or 0.0)

    def tag_answer(self, turn: str, words: str) -> None:
        """Have `words` stand on the answer's pane as long as it shows the turn called so."""
        self._tag = turn, words
        if turn == self._state.turn:
            self.answer.tag(words)

    def mute(self, names: Collection[str]) -> None:
        """Mark who is left out from the next turn on."""
        self._muted = frozenset(names)
        self.agents.mute(names)

    def show(self, state: TurnState, now: float) -> None:
        """Show what is new in `state`; `now` is seconds since the turn began."""
        if state.turn != self._state.turn:
            self._turned = False
            if lineup := self._next or self._lineup:
                self.show_lineup(lineup)
            if not self.has_class("-zoomed"):
                self.select("")
        self._state = state
        # A turn of the history brings its own seats.
        seats = seats_of(self._lineup, state.plan) if self._lineup else ()
        self.agents.show(state, seats, now, sparing=self.sparing)
        self.show_answer(state, now)
        shown = [pane for pane in self.agents.panes if pane.stream]
        if state.aggregator:
            shown.append(self.answer)
        streams = [pane.stream for pane in shown if pane.stream]
        numbers = [pane.number for pane in shown]
        self.query_one(Board).show(streams, now, numbers, sparing=self.sparing)

    def show_kept(self, state: TurnState) -> None:
        """Show a turn of the history: its own streams have panes, whoever answers now."""
        single = state.aggregator is None and len(state.current) == 1
        self._state = state
        self._next, self._lineup = self._next or self._lineup, None
        self.unzoom()
        self.agents.clear(())
        self._reclass({"-answering": False, "-fresh": False, "-single": single})
        usual = Counter(s.provider for s in state.streams.values()).most_common(1)
        for pane in self.query(Pane):
            pane.usual = usual[0][0] if usual else ""
        self.answer.clear(Owner("answer"), "")
        self.select("")
        self.show(state, state.seconds or 0.0)
        for pane in self.panes:
            # Nothing is being written: there is no end to follow.
            pane.text.action_jump("top")

    def show_answer(self, state: TurnState, now: float) -> None:
        """Show the answer of `state`, or what it waits for, and how it comes about."""
        stream = state.aggregator
        if state.answered_by and not self.has_class("-single"):
            # A lone survivor's answer, or the best one where nobody could put them together.
            stream = state.streams[state.answered_by]
        self._note(state, answered=stream is not None)
        if stream is None:
            self.answer.hint.say(_waiting(state))
            return
        self._reclass({"-answering": True})
        self.answer.show(stream, now)
        self.answer.tag(self._tag[1] if self._tag[0] == state.turn else "")
        present = took_part(state)
        self.answer.head.say("" if present.whole else str(present))
        if stream.text.length and not self.selected:
            # Where only one pane fits, there is something to read now.
            self.select(ANSWER)

    def toggle_notes(self) -> None:
        """Show how the answer came about, in full or in a line."""
        self._turned = not self._turned
        self._note(self._state, answered=bool(self.answer.stream))

    def _note(self, state: TurnState, *, answered: bool) -> None:
        # A plan has done its work once there is an answer; a ranking belongs to it.
        folded = (answered and state.plan is not None) is not self._turned
        room = max(30, self.answer.size.width - 2)
        self.answer.notes.say(overview(state, room, folded=folded))

    def tabs(self) -> list[Tab]:
        """Return the panes as tabs."""
        return [
            Tab(
                pane.id or "",
                pane.number,
                pane.owner.name,
                figures.glyph(pane.stream),
                figures.tone(pane.stream),
            )
            for pane in self.panes
        ]

    def select(self, pane_id: str) -> None:
        """Choose the pane that is shown where one fits; empty: the board."""
        self.selected = pane_id
        for pane in self.panes:
            pane.set_class(pane.id == pane_id, "-selected", update=False)
        self.agents.set_class(pane_id not in {"", ANSWER}, "-picked", update=False)
        self.set_class(bool(pane_id), "-picked", update=False)
        self.app.stylesheet.update_nodes(self._parts())
        self.agents.share_room()
        self.post_message(self.Selected())

    def focus_pane(self, pane_id: str) -> None:
        """Choose a pane and give it the keys."""
        self.select(pane_id)
        self.query_one(f"#{pane_id}", Pane).text.focus()

    def step(self, by: int) -> None:
        """Go to the next pane, or to the one before."""
        names = [pane.id or "" for pane in self.panes]
        focused = self.screen.focused
        inside = next((p for p in self.panes if focused and p in focused.ancestors), None)
        current = (inside.id or "") if inside else self.selected
        at = names.index(current) + by if current in names else (0 if by > 0 else -1)
        self.focus_pane(names[at % len(names)])

    def on_pane_zoom_requested(self, message: Pane.ZoomRequested) -> None:
        """One pane alone, or all of them again."""
        message.stop()
        if not self.unzoom():
            self._reclass({"-zoomed": True})
            self.focus_pane(message.pane.id or ANSWER)

    def end_search(self) -> bool:
        """End the search in the pane that has the keys; return whether there was one."""
        focused = self.screen.focused
        inside = next((p for p in self.query(Pane) if focused and p in focused.ancestors), None)
        return inside is not None and inside.end_search()

    def unzoom(self) -> bool:
        """Show all panes again; return whether one was alone."""
        if not self.has_class("-zoomed"):
            return False
        self._reclass({"-zoomed": False})
        return True

    def _reclass(self, classes: Mapping[str, bool]) -> None:
        reclass(self, classes, self._parts())

    def _parts(self) -> list[Widget]:
        """What app.tcss arranges by the classes of the stage: nothing inside a pane is."""
        return [self, self.query_one(Board), self.agents, *self.query(Pane)]


def usual_provider(lineup: Lineup) -> str:
    """Return the provider of most agents, which goes without saying."""
    return Counter(agent.provider for agent in lineup.agents).most_common(1)[0][0]


def _waiting(state: TurnState) -> str:
    match state.outcome:
        case None if not state.proposers:
            return "waiting for the plan" if state.strategy == "route" else "waiting for the agents"
        case None if any(s.role is Role.REVIEWER for s in state.current):
            return "waiting for the ranking"
        case None:
            done = sum(stream.outcome is not None for stream in state.proposers)
            if plan := state.plan:
                return f"waiting for the parts: {done} of {len(plan.parts)} done"
            return f"waiting for the agents: {done} of {len(state.proposers)} done"
        case TurnOutcome.STOPPED:
            return "stopped before the answer was begun"
    if failure := state.failure:
        return f"{failure.message}\n\n→ {failure.advice}" if failure.advice else failure.message
    return "no agent gave an answer: each pane says why"
