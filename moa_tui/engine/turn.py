"""A turn: one question and everything it causes, up to the final answer."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from moa_tui.engine import forecast, prompts
from moa_tui.engine.asking import Asker, Messages, Place
from moa_tui.engine.budget import RateBudgets
from moa_tui.engine.controls import TurnControls
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    Role,
    TurnEnded,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.engine.fitting import Fitting
from moa_tui.engine.kept import KeptAnswers
from moa_tui.engine.layers import Hear, LayerRule, everybody
from moa_tui.engine.pricing import Pricing
from moa_tui.engine.prompts import Reference
from moa_tui.engine.provider import Failure
from moa_tui.engine.reserving import Reserving
from moa_tui.engine.spending import Spending, TurnSpending
from moa_tui.engine.stream import Connect, Emit, Surroundings
from moa_tui.engine.survivors import best_proposal, shared_cause
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent, Lineup

__all__ = ["Strategy", "Turn", "TurnPlan", "run_turn"]

MessagesFor = Callable[[Agent], Messages]
Strategy = Callable[["Turn"], Awaitable[Answer | None]]


class Turn:
    """What a strategy works with: it asks agents, and gets answers whatever happened to them."""

    def __init__(
        self,
        plan: TurnPlan,
        connect: Connect,
        emit: Emit,
        controls: TurnControls | None = None,
        budgets: RateBudgets | None = None,
        spending: Spending | None = None,
    ) -> None:
        self.plan = plan
        self.emit = emit
        self.failure: Failure | None = None
        self.settled = False
        """Whether the result stands whatever those would have said who were not waited for."""
        self._kept = KeptAnswers(plan.kept, as_ended=bool(plan.further_of))
        self._began = time.perf_counter() - self._kept.seconds
        controls = controls or TurnControls()
        reserving = Reserving(budgets, plan.providers)
        self._prices = spending.prices if spending else None
        self._spending = spending.turn(plan.lineup, plan.providers) if spending else TurnSpending()
        self.pricing = Pricing(self._prices, emit)
        around = Surroundings(connect, emit, self.clock, reserving, controls, self._spending)
        self._fitting = Fitting(plan, budgets.windows if budgets else {}, self.notice)
        self._asker = Asker(plan, around, controls, self._kept, self.pricing, self._fitting)

    @property
    def lineup(self) -> Lineup:
        """Who takes part."""
        return self.plan.lineup

    @property
    def answers(self) -> list[Answer]:
        """What every agent that was asked has come to, in the order they ended."""
        return self._asker.answers

    def clock(self) -> float:
        """Return the seconds since the turn began."""
        return time.perf_counter() - self._began

    def notice(self, text: str) -> None:
        """Tell the person something about this turn."""
        self.emit(Noticed(self.clock(), text))

    def start(self) -> None:
        """Report the beginning, and what was kept of it when it is taken up again."""
        plan, kept = self.plan, self._kept
        layers = tuple(tuple(agent.name for agent in layer) for layer in plan.lineup.layers)
        self.emit(
            TurnStarted(
                0.0,
                plan.turn,
                plan.question,
                plan.lineup.strategy,
                kept.started_at or time.time(),
                plan.seed,
                layers,
                plan.lineup.aggregator.name,
                plan.attached,
                plan.further_of,
            )
        )
        for event in kept.events:
            self.emit(event)
        if plan.further_of:
            self.notice(f"a further synthesis, {kept.words}")
        elif plan.kept:
            self.notice(f"taken up again, {kept.words}")

    async def learn_prices(self) -> None:
        """Have the prices at hand without which a ceiling could not be kept."""
        prices, wanted = self._prices, self._spending.needs_prices
        if prices and wanted and prices.missing(self.plan.lineup.agents):
            await prices.load()

    @contextmanager
    def within_ceilings(self) -> Iterator[None]:
        """Keep the aggregator's share for it until the end."""
        spending, plan = self._spending, self.plan
        if plan.lineup.strategy != "single" and spending.ceilings:
            spending.set_aside(plan.lineup.aggregator, forecast.aggregator_prompt(plan))
        try:
            yield
        finally:
            spending.release()

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
        usable = [Reference(answer.agent.name, answer.text) for answer in answers if answer.usable]
        missing = [answer.label for answer in answers if not answer.usable]
        if usable and missing:
            count = f"{len(usable)} of {len(answers)}"
            self.notice(f"{count} answers go on; without {', '.join(missing)}")
        return prompts.shuffled(usable, self.plan.seed)

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


async def run_turn(
    plan: TurnPlan,
    strategy: Strategy,
    connect: Connect,
    emit: Emit,
    *,
    controls: TurnControls | None = None,
    budgets: RateBudgets | None = None,
    spending: Spending | None = None,
) -> TurnEnded:
    """Run `plan` by `strategy`, reporting every step through `emit`, and return the last event.

    `connect` gives the provider of a name; `controls` reach single streams meanwhile; `budgets`
    keep the requests of all turns within the providers' rate limits, `spending` what they cost
    within its ceilings. Cancelling stops all streams, keeps what they wrote, reports the turn as
    stopped and raises CancelledError; a turn that only waits for its baseline has its answer, and
    is reported as what it is.
    """
    turn = Turn(plan, connect, emit, controls, budgets, spending)
    turn.start()
    try:
        await turn.learn_prices()
    except asyncio.CancelledError:
        emit(TurnEnded(turn.clock(), TurnOutcome.STOPPED, ""))
        raise
    async with _baseline(turn) as alone:
        try:
            with turn.within_ceilings():
                final = await strategy(turn)
        except asyncio.CancelledError:
            emit(TurnEnded(turn.clock(), TurnOutcome.STOPPED, ""))
            raise
        try:
            if alone:
                await alone
        finally:
            ended = _ended(turn, final)
            try:
                await turn.pricing.tell_rest(ended.at)
            finally:
                emit(ended)
    return ended


@asynccontextmanager
async def _baseline(turn: Turn) -> AsyncIterator[asyncio.Task[Answer] | None]:
    """Have the baseline answer the question alone meanwhile, on the same clock."""
    if turn.lineup.baseline is None:
        yield None
        return
    question, conversation = turn.plan.asked, turn.plan.conversation

    def messages_for(agent: Agent) -> Messages:
        return prompts.question_messages(agent, question, conversation)

    place = Place(turn.lineup.baseline, messages_for, Role.BASELINE, layer=0)
    task = asyncio.create_task(turn.ask(place))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})


def _ended(turn: Turn, final: Answer | None) -> TurnEnded:
    if final is None or not final.text.strip():
        return TurnEnded(turn.clock(), TurnOutcome.FAILED, "", failure=turn.failure)
    counted = [answer for answer in turn.answers if answer.used or not turn.settled]
    whole = all(answer.outcome is Outcome.COMPLETE for answer in counted)
    outcome = TurnOutcome.COMPLETE if whole else TurnOutcome.DEGRADED
    return TurnEnded(turn.clock(), outcome, final.text, final.stream)
