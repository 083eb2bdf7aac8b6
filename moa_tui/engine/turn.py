"""What a strategy works with: a turn, of which it knows whom to ask and what they said."""

from collections.abc import Awaitable, Callable, Sequence

from moa_tui.engine import prompts
from moa_tui.engine.asking import Asker, Messages, Place
from moa_tui.engine.events import (
    Noticed,
    Role,
)
from moa_tui.engine.fitting import Fitting
from moa_tui.engine.layers import Hear, LayerRule, everybody
from moa_tui.engine.prompts import Reference
from moa_tui.engine.provider import Failure
from moa_tui.engine.stream import Clock, Emit
from moa_tui.engine.survivors import best_proposal, shared_cause
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent, Lineup

__all__ = ["Strategy", "Turn", "TurnPlan"]

MessagesFor = Callable[[Agent], Messages]
Strategy = Callable[["Turn"], Awaitable[Answer | None]]


class Turn:
    """What a strategy works with: it asks agents, and gets answers whatever happened to them."""

    def __init__(
        self, plan: TurnPlan, emit: Emit, clock: Clock, asker: Asker, fitting: Fitting
    ) -> None:
        self.plan = plan
        self.emit = emit
        self.clock = clock
        """Seconds since the turn began."""
        self.failure: Failure | None = None
        self.settled = False
        """Whether the result stands whatever those would have said who were not waited for."""
        self._asker = asker
        self._fitting = fitting

    @property
    def lineup(self) -> Lineup:
        """Who takes part."""
        return self.plan.lineup

    @property
    def answers(self) -> list[Answer]:
        """What every agent that was asked has come to, in the order they ended."""
        return self._asker.answers

    def notice(self, text: str) -> None:
        """Tell the person something about this turn."""
        self.emit(Noticed(self.clock(), text))

    async def propose(
        self,
        agents: Sequence[Agent],
        layer: int,
        references: Sequence[Reference] = (),
        *,
        messages_for: MessagesFor | None = None,
        enough: Hear = everybody,
    ) -> list[Answer]:
        """Ask all `agents` at once, each as many times as it has samples.

        After the lineup's layer deadline nobody is waited for who is not needed for its quorum,
        nor when the answers so far are `enough` (see LayerRule).
        """

        def usual(agent: Agent) -> Messages:
            return self._proposer_messages(agent, references)

        words = messages_for or usual
        places = [
            Place(agent, words, Role.PROPOSER, layer, sample)
            for agent in agents
            for sample in (range(1, agent.samples + 1) if agent.samples > 1 else (0,))
        ]
        rule = LayerRule(self.lineup.quorum, self.lineup.layer_deadline, enough)
        return await self._asker.ask_all(places, rule)

    async def ask_all(self, places: Sequence[Place], hear: Hear = everybody) -> list[Answer]:
        """Ask at all `places` at once; `hear` is told of each answer (see LayerRule)."""
        return await self._asker.ask_all(places, LayerRule(enough=hear))

    async def ask(self, place: Place) -> Answer:
        """Ask at one place."""
        return await self._asker.ask(place)

    async def aggregate(
        self,
        answers: Sequence[Answer],
        references: Sequence[Reference],
        layer: int,
        *,
        messages_for: MessagesFor | None = None,
        ranking: str = "",
    ) -> Answer | None:
        """Ask the aggregator for the final answer; where none comes, return the best proposal."""
        missing = [answer.label for answer in answers if not answer.usable]

        def usual(agent: Agent) -> Messages:
            plan = self.plan
            fitted = self.fitted(agent, references)
            return prompts.aggregating_messages(
                agent,
                plan.asked,
                fitted,
                plan.conversation,
                plan.lineup.prompts,
                missing,
                ranking,
            )

        place = Place(self.lineup.aggregator, messages_for or usual, Role.AGGREGATOR, layer)
        answer = await self.ask(place)
        if answer.text.strip():
            return answer
        why = answer.failure.message if answer.failure else answer.outcome
        return self.best_of(answers, f"{answer.label} wrote no answer ({why})")

    def best_of(self, answers: Sequence[Answer], why: str) -> Answer | None:
        """Return the best proposal as the answer, and say `why` it is no synthesis."""
        best = best_proposal(answers)
        if best:
            self.notice(f"{why}: this is {best.label}'s answer, not a synthesis")
        return best

    def fail(self, answers: Sequence[Answer]) -> None:
        """Say what nobody's answering came from."""
        self.failure = shared_cause(answers)
        advice = f" — {self.failure.advice}" if self.failure.advice else ""
        self.notice(f"{self.failure.message}{advice}")

    def references(self, answers: Sequence[Answer]) -> list[Reference]:
        """Return what the usable answers give to the next layer, shuffled; name what is missing."""
        usable = [
            Reference(
                answer.agent.name,
                answer.text,
                answer.stream,
                self._called(answer),
                outcome=answer.outcome,
            )
            for answer in answers
            if answer.usable
        ]
        missing = [answer.label for answer in answers if not answer.usable]
        if usable and missing:
            count = f"{len(usable)} of {len(answers)}"
            self.notice(f"continuing with {count} answers, without {', '.join(missing)}")
        return prompts.shuffled(usable, self.plan.seed)

    def _called(self, answer: Answer) -> str:
        if not self.plan.numbers:
            return ""
        number = self.plan.numbers.get(answer.stream)
        return f"Answer {number} ({answer.label})" if number else f"The answer of {answer.label}"

    def _proposer_messages(self, agent: Agent, references: Sequence[Reference]) -> Messages:
        plan = self.plan
        if not references:
            return prompts.question_messages(agent, plan.asked, plan.conversation)
        fitted = self.fitted(agent, references)
        return prompts.refining_messages(
            agent, plan.asked, fitted, plan.conversation, plan.lineup.prompts
        )

    def fitted(self, agent: Agent, references: Sequence[Reference]) -> list[Reference]:
        """Return `references` as long as `agent`'s provider and context have room for them."""
        return self._fitting.references(agent, references)
