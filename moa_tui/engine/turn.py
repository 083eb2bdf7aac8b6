"""A turn: one question and everything it causes, up to the final answer."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from moa_tui.engine import prompts
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    Role,
    StreamPlanned,
    TurnEnded,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.prompts import Exchange, Reference
from moa_tui.engine.provider import Message
from moa_tui.engine.stream import Answer, Connect, Emit, StreamRun
from moa_tui.roster.model import Agent, Lineup, Provider

Strategy = Callable[["Turn"], Awaitable[Answer | None]]
Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """What a turn is made from. `turn` names it in the history; `seed` orders references."""

    turn: str
    question: str
    lineup: Lineup
    providers: Mapping[str, Provider]
    conversation: tuple[Exchange, ...] = ()
    seed: int = 0


@dataclass(slots=True)
class Turn:
    """What a strategy works with: it asks agents, and gets answers whatever happened to them."""

    plan: TurnPlan
    connect: Connect
    emit: Emit
    answers: list[Answer] = field(default_factory=list)
    _began: float = field(default_factory=time.perf_counter)
    _streams: int = 0

    @property
    def lineup(self) -> Lineup:
        """Who takes part."""
        return self.plan.lineup

    def clock(self) -> float:
        """Return the seconds since the turn began."""
        return time.perf_counter() - self._began

    def notice(self, text: str) -> None:
        """Tell the person something about this turn."""
        self.emit(Noticed(self.clock(), text))

    async def propose(
        self, agents: Sequence[Agent], layer: int, references: Sequence[Reference] = ()
    ) -> list[Answer]:
        """Ask all `agents` at once, each as many times as it has samples."""

        def messages_for(agent: Agent) -> Messages:
            return self._proposer_messages(agent, references)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [
                    group.create_task(
                        self._ask(agent, messages_for, Role.PROPOSER, layer, sample=sample)
                    )
                    for agent in agents
                    for sample in (range(1, agent.samples + 1) if agent.samples > 1 else (0,))
                ]
        except BaseExceptionGroup as group_error:
            # Streams end in answers; what is raised here is a defect of whoever listens, and the
            # same one for every stream: it goes on as itself, so that it can be caught by its type.
            raise group_error.exceptions[0] from None
        return [task.result() for task in tasks]

    async def aggregate(self, references: Sequence[Reference], layer: int) -> Answer:
        """Ask the aggregator for the final answer."""

        def messages_for(agent: Agent) -> Messages:
            plan = self.plan
            fitted = self._fitted(agent, references)
            return prompts.aggregating_messages(
                agent, plan.question, fitted, plan.conversation, plan.lineup.prompts
            )

        answer = await self._ask(self.lineup.aggregator, messages_for, Role.AGGREGATOR, layer)
        if not answer.text.strip():
            why = answer.failure.message if answer.failure else answer.outcome
            self.notice(f"{answer.label} wrote no answer ({why}); what the agents answered stays")
        return answer

    def references(self, answers: Sequence[Answer]) -> list[Reference]:
        """Return what the usable answers give to the next layer, shuffled; name what is missing."""
        usable = [Reference(answer.agent.name, answer.text) for answer in answers if answer.usable]
        missing = [answer.label for answer in answers if not answer.usable]
        if usable and missing:
            count = f"{len(usable)} of {len(answers)}"
            self.notice(f"{count} answers go on; without {', '.join(missing)}")
        return prompts.shuffled(usable, self.plan.seed)

    def _proposer_messages(self, agent: Agent, references: Sequence[Reference]) -> Messages:
        plan = self.plan
        if not references:
            return prompts.question_messages(agent, plan.question, plan.conversation)
        fitted = self._fitted(agent, references)
        return prompts.refining_messages(
            agent, plan.question, fitted, plan.conversation, plan.lineup.prompts
        )

    def _fitted(self, agent: Agent, references: Sequence[Reference]) -> list[Reference]:
        tokens = self.plan.providers[agent.provider].reference_tokens
        return [prompts.cut(reference, tokens) for reference in references]

    async def _ask(
        self,
        agent: Agent,
        messages_for: Callable[[Agent], Messages],
        role: Role,
        layer: int,
        sample: int = 0,
    ) -> Answer:
        """Ask `agent`; when nothing came of it, those it falls back to, one after another."""
        known = {other.name: other for other in self.lineup.reserves}
        answer = await self._stream(agent, messages_for(agent), role, layer, sample)
        for name in agent.fallback:
            if answer.text.strip():
                break
            self.notice(f"{answer.label} failed; {name} is asked instead")
            answer = await self._stream(known[name], messages_for(known[name]), role, layer, sample)
        self.answers.append(answer)
        return answer

    async def _stream(
        self, agent: Agent, messages: Messages, role: Role, layer: int, sample: int
    ) -> Answer:
        dialect = self.plan.providers[agent.provider].dialect
        self._streams += 1
        planned = StreamPlanned(
            self.clock(),
            f"s{self._streams}",
            agent.name,
            role,
            layer,
            agent.model,
            agent.provider,
            messages,
            color=agent.color,
            sample=sample,
        )
        self.emit(planned)
        run = StreamRun(planned, agent, self.connect, self.emit, self.clock)
        return await run.run(finish_required=dialect.finish_required)


async def run_turn(plan: TurnPlan, strategy: Strategy, connect: Connect, emit: Emit) -> TurnEnded:
    """Run `plan` by `strategy`, reporting every step through `emit`, and return the last event.

    `connect` gives the provider of a name. Cancelling stops all streams, keeps what they wrote,
    reports the turn as stopped and raises CancelledError.
    """
    turn = Turn(plan, connect, emit)
    emit(TurnStarted(0.0, plan.turn, plan.question, plan.lineup.strategy, time.time(), plan.seed))
    try:
        final = await strategy(turn)
    except asyncio.CancelledError:
        emit(TurnEnded(turn.clock(), TurnOutcome.STOPPED, ""))
        raise
    ended = _ended(turn, final)
    emit(ended)
    return ended


def _ended(turn: Turn, final: Answer | None) -> TurnEnded:
    if final is None or not final.text.strip():
        return TurnEnded(turn.clock(), TurnOutcome.FAILED, "")
    whole = all(answer.outcome is Outcome.COMPLETE for answer in turn.answers)
    outcome = TurnOutcome.COMPLETE if whole else TurnOutcome.DEGRADED
    return TurnEnded(turn.clock(), outcome, final.text, final.stream)
