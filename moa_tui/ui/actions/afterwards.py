"""What a person does with a turn that has ended: put it together anew, compare, look behind it."""

import asyncio
import secrets
from functools import partial

from textual.worker import WorkType

from moa_tui.engine.agreement import Agreement, agreement
from moa_tui.engine.prompts import JUDGE
from moa_tui.roster.model import Agent
from moa_tui.state import TurnState
from moa_tui.ui import agreement_words, prompt_words
from moa_tui.ui.actions.room import Room
from moa_tui.ui.screens.side_by_side import SideBySide
from moa_tui.ui.screens.synthesis import Synthesis, SynthesisScreen
from moa_tui.ui.screens.text import TextScreen
from moa_tui.ui.text.wrapping import SHORT
from moa_tui.ui.widgets.read_pane import ReadPane


class Afterwards:
    """Works on the last turn and its syntheses; one of them is shown."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def choose_synthesis(self) -> None:
        """Have another aggregator or prompt chosen, then put the proposals together by it."""
        runner, last = self._room.runner, self._room.runner.last
        if why := last.reason_against_another(runner.state, running=runner.running):
            self._room.tell(why)
            return
        assert last.plan
        agents = list(runner.roster.agents.values())
        screen = SynthesisScreen(agents, last.plan.lineup, last.template)
        self._room.app.push_screen(screen, self._synthesise)

    def judge(self) -> None:
        """Have the aggregator say what the proposals agree on, contradict, have alone, and miss."""
        if self._room.runner.last.plan and self._room.runner.last.template is None:
            self._room.tell("a plan's parts answer different questions: nothing to compare")
        else:
            self.synthesise(template=JUDGE)

    def _synthesise(self, chosen: Synthesis | None) -> None:
        if chosen:
            # What was shown is what is sent, also where the last one was asked by another.
            template = chosen.template or self._room.runner.last.template
            self.synthesise(aggregator=chosen.aggregator, template=template)

    def synthesise(
        self, aggregator: Agent | None = None, template: str | None = None, again: str = ""
    ) -> None:
        """Put the kept proposals together; `again` names a stream that is asked once more."""
        runner = self._room.runner
        why = runner.last.reason_against_another(runner.state, running=runner.running, again=again)
        if why:
            self._room.tell(why)
            return
        told = tuple(runner.told)
        stage = self._room.screen.stage
        numbers = {pane.stream.id: int(pane.number) for pane in stage.agents.panes if pane.stream}
        turn = secrets.token_hex(6)
        plan = runner.last.further(told, turn, aggregator, template, again, numbers)
        stage.expect(plan.lineup)
        self._room.questions.start(lambda: runner.begin(plan))

    def turn_ended(self, state: TurnState) -> None:
        """Say on the answer's pane which of several syntheses it is."""
        self._mark(state)

    def step(self, by: int) -> None:
        """Show the synthesis before or after the one that is shown; it is what is gone on from."""
        runner, syntheses = self._room.runner, self._room.runner.last.syntheses
        if runner.running or len(syntheses) < 2:
            self._room.tell("there is one synthesis: S makes another")
            return
        at = next((i for i, s in enumerate(syntheses) if s.turn == runner.state.turn), 0)
        state = syntheses[(at + by) % len(syntheses)]
        runner.look_at(state)
        screen = self._room.screen
        screen.stage.look_at(state)
        screen.status.show(state, state.seconds or 0.0)
        self._mark(state)

    def compare(self) -> None:
        """Show all syntheses side by side."""
        syntheses = self._room.runner.last.syntheses
        if len(syntheses) < 2:
            self._room.tell("there is one synthesis: S makes another")
        else:
            self._room.app.push_screen(SideBySide(syntheses))

    def show_prompt(self, pane: ReadPane) -> None:
        """Show what the stream of a pane was sent."""
        if pane.stream is None:
            self._room.tell("nothing was sent for this pane yet")
            return
        title, text = prompt_words.title(pane.stream), prompt_words.text(pane.stream)
        self._room.app.push_screen(TextScreen(title, text))

    def show_agreement(self) -> None:
        """Show what the proposals agree and differ on."""
        state = self._room.screen.stage.state
        proposals = [s for s in state.proposers if s.text.length and not s.part]
        latest = [s for s in proposals if s.layer == max(p.layer for p in proposals)]
        if len(latest) < 2:
            self._room.tell("there are no two answers to the same question to compare")
            return
        texts = [(s.label, str(s.text)) for s in latest]
        if sum(len(text) for _, text in texts) <= SHORT:
            self._tell_agreement(state, agreement(texts))
            return
        work: WorkType[None] = partial(self._compare, state, texts)
        self._room.app.run_worker(work, group="agreement", exclusive=True)

    async def _compare(self, state: TurnState, texts: list[tuple[str, str]]) -> None:
        asked_on = self._room.app.screen
        found = await asyncio.to_thread(agreement, texts)
        if self._room.app.screen is asked_on:  # else the person has gone elsewhere
            self._tell_agreement(state, found)

    def _tell_agreement(self, state: TurnState, found: Agreement) -> None:
        self._room.app.push_screen(TextScreen("Agreement", agreement_words.text(state, found)))

    def _mark(self, state: TurnState) -> None:
        syntheses = self._room.runner.last.syntheses
        at = next((i for i, s in enumerate(syntheses, 1) if s.turn == state.turn), 0)
        several = len(syntheses) > 1 and at
        words = f"{at} of {len(syntheses)} syntheses · < >" if several else ""
        self._room.screen.stage.tag_answer(state.turn, words)
