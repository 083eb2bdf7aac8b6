"""Asking agents, and those they fall back to: one stream each, named as it is asked."""

from collections.abc import Callable
from dataclasses import replace

from moa_tui.engine.controls import Interruption, TurnControls
from moa_tui.engine.events import Noticed, Outcome, Role, StreamPlanned
from moa_tui.engine.kept import KeptAnswers
from moa_tui.engine.provider import Message
from moa_tui.engine.stream import StreamRun, Surroundings
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent

Messages = tuple[Message, ...]


class Asker:
    """Asks the agents of a turn. `answers` is what each has come to, in the order they ended."""

    def __init__(
        self, plan: TurnPlan, around: Surroundings, controls: TurnControls, kept: KeptAnswers
    ) -> None:
        self.answers: list[Answer] = []
        self._plan = plan
        self._around = around
        self._controls = controls
        self._kept = kept
        self._live: set[str] = set()
        self._streams = kept.streams

    async def ask(
        self,
        agent: Agent,
        messages_for: Callable[[Agent], Messages],
        role: Role,
        layer: int,
        sample: int = 0,
    ) -> Answer:
        """Ask `agent`; when it fails, those it falls back to, one after another.

        Where all fail, the first of them that wrote anything is who failed.
        """
        known = {other.name: other for other in self._plan.lineup.reserves}
        planned = self._planned(agent, messages_for(agent), role, layer, sample)
        answer = answered = await self._run(planned, agent)
        for name in agent.fallback:
            if answered.usable or answered.outcome is Outcome.STOPPED:
                break
            self._notice(f"{answered.label} failed; {name} is asked instead")
            stand_in, failed = known[name], answered.stream
            planned = self._planned(stand_in, messages_for(stand_in), role, layer, sample, failed)
            answered = await self._run(planned, stand_in)
            if answered.usable or not answer.text.strip():
                answer = answered
        self.answers.append(answer)
        return answer

    def _planned(
        self,
        agent: Agent,
        messages: Messages,
        role: Role,
        layer: int,
        sample: int,
        instead_of: str | None = None,
    ) -> StreamPlanned:
        return StreamPlanned(
            self._around.clock(),
            "",  # named when it is asked: what was kept has a name
            agent.name,
            role,
            layer,
            agent.model,
            agent.provider,
            messages,
            color=agent.color,
            sample=sample,
            instead_of=instead_of,
        )

    async def _run(self, planned: StreamPlanned, agent: Agent) -> Answer:
        if answer := self._kept.answer(planned, agent):
            return answer
        planned = self._named(planned)
        dialect = self._plan.providers[agent.provider].dialect
        self._around.emit(planned)
        self._live.add(planned.stream)
        try:
            run = StreamRun(planned, agent, self._around)
            return await run.run(finish_required=dialect.finish_required)
        finally:
            self._live.discard(planned.stream)

    def _named(self, planned: StreamPlanned) -> StreamPlanned:
        """Name a stream that is about to be asked; where it had been before, say so."""
        earlier = self._kept.earlier(planned)
        instead_of = earlier.planned.stream if earlier else planned.instead_of
        if earlier and earlier.usable:
            self._notice(f"{earlier.label} is asked again: what it is asked has changed since")
        self._streams += 1
        name = f"s{self._streams}"
        return replace(planned, at=self._around.clock(), stream=name, instead_of=instead_of)

    def stop_stragglers(self) -> None:
        """End the streams that still run: their layer goes on without them."""
        for stream in list(self._live):
            self._controls.interrupt(stream, Interruption.NOT_USED)

    def _notice(self, text: str) -> None:
        self._around.emit(Noticed(self._around.clock(), text))
