"""The stage: a pane for every agent, the answer's pane, and which of them is shown alone.

Wide: agents in a grid beside the answer. Medium: agents above it, and they give way when it is
being written. Narrow: one pane at a time under a strip of tabs, or the board of all of them. Which
of the three it is, app.tcss decides by the classes that the screen's width sets.
"""

from collections import Counter
from collections.abc import Collection

from moa_tui.engine.events import Role, TurnOutcome
from moa_tui.roster.model import Lineup
from moa_tui.state import TurnState, took_part
from moa_tui.ui.overview import overview
from moa_tui.ui.seats import seats_of
from moa_tui.ui.widgets.board import Board
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.pane_frame import Owner
from moa_tui.ui.widgets.panes import ANSWER, Panes

__all__ = ["ANSWER", "Stage", "usual_provider"]


class Stage(Panes):
    """Shows a turn: `state`, which has no name before anything has been asked."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id, classes="-fresh")
        self._lineup: Lineup | None = None
        self._next: Lineup | None = None
        self.state = TurnState()
        self._tag = ("", "")
        self._muted: Collection[str] = ()
        self._turned = False
        self.sparing = False

    def show_lineup(self, lineup: Lineup, hint: str = "") -> None:
        """Show who answers, before anything has been asked; `hint` stands in the answer's pane."""
        self._lineup, self._next, self.state = lineup, None, TurnState()
        single = lineup.strategy == "single"
        usual = usual_provider(lineup)
        self.agents.clear(seats_of(lineup), usual)
        self.agents.mute(self._muted)
        self.arrange_by({"-answering": False, "-fresh": bool(hint), "-single": single})
        writer = lineup.aggregator
        self.answer.usual = usual
        elsewhere = writer.provider if writer.provider != usual else ""
        who = Owner(writer.name, writer.model, elsewhere, agent=writer.name)
        owner = Owner("answer") if single else who
        self.answer.clear(owner, hint)

    def expect(self, lineup: Lineup, hint: str = "") -> None:
        """Show who answers from the next turn on: at once, unless there is something to read."""
        if self.state.turn and not self.has_class("-fresh"):
            self._next = lineup
        else:
            self.show_lineup(lineup, hint)

    def look_at(self, state: TurnState) -> None:
        """Show another synthesis of the same answers."""
        answer = self.answer
        answer.clear(answer.owner, "")
        self.state = state
        self.show_answer(state, state.seconds or 0.0)

    def tag_answer(self, turn: str, words: str) -> None:
        """Have `words` stand on the answer's pane as long as it shows the turn called so."""
        self._tag = turn, words
        if turn == self.state.turn:
            self.answer.tag(words)

    def mute(self, names: Collection[str]) -> None:
        """Mark who is left out from the next turn on."""
        self._muted = frozenset(names)
        self.agents.mute(names)

    def show(self, state: TurnState, now: float) -> None:
        """Show what is new in `state`; `now` is seconds since the turn began."""
        if state.turn != self.state.turn:
            self._turned = False
            if lineup := self._next or self._lineup:
                self.show_lineup(lineup)
            if not self.has_class("-zoomed"):
                self.select("")
        self.state = state
        # A turn of the history brings its own seats.
        seats = seats_of(self._lineup, state.plan) if self._lineup else ()
        self.agents.show(state, seats, now, sparing=self.sparing)
        self.show_answer(state, now)
        shown = [pane for pane in self.agents.panes if pane.stream]
        if state.aggregator:
            shown.append(self.answer)
        streams = [pane.stream for pane in shown if pane.stream]
        numbers = [pane.number for pane in shown]
        board = self.query_one(Board)
        notes = overview(state, max(30, self.size.width - 8))
        board.show(streams, now, numbers, notes=notes, sparing=self.sparing)

    def show_kept(self, state: TurnState) -> None:
        """Show a turn of the history: its own streams have panes, whoever answers now."""
        single = state.aggregator is None and len(state.current) == 1
        self.state = state
        self._next, self._lineup = self._next or self._lineup, None
        self.unzoom()
        self.agents.clear(())
        self.arrange_by({"-answering": False, "-fresh": False, "-single": single})
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
        stream = state.answerer
        self._note(state, answered=stream is not None)
        if stream is None:
            self.answer.hint.say(_waiting(state))
            return
        self.arrange_by({"-answering": True})
        self.answer.show(stream, now)
        self.answer.tag(self._tag[1] if self._tag[0] == state.turn else "")
        present = took_part(state)
        self.answer.head.say("" if present.whole else str(present))
        if stream.text.length and not self.selected and not self.has_class("-single"):
            # Where only one pane fits, there is something to read now; one agent has its own pane.
            self.select(ANSWER)

    def toggle_notes(self) -> None:
        """Show how the answer came about, in full or in a line."""
        self._turned = not self._turned
        self._note(self.state, answered=bool(self.answer.stream))

    def _note(self, state: TurnState, *, answered: bool) -> None:
        # A plan has done its work once there is an answer; a ranking belongs to it.
        folded = (answered and state.plan is not None) is not self._turned
        room = max(30, self.answer.size.width - 2)
        self.answer.notes.say(overview(state, room, folded=folded))


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
