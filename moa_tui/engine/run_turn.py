"""Running a turn: what surrounds its strategy, from the first event to the last."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
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
from moa_tui.engine.pricing import Pricing
from moa_tui.engine.reserving import Reserving
from moa_tui.engine.spending import Spending, TurnSpending
from moa_tui.engine.stream import Connect, Emit, Surroundings
from moa_tui.engine.turn import Strategy, Turn
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent


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
    running = _Running(plan, connect, emit, controls or TurnControls(), budgets, spending)
    turn = running.turn
    running.start()
    try:
        await running.learn_prices()
    except asyncio.CancelledError:
        emit(TurnEnded(turn.clock(), TurnOutcome.STOPPED, ""))
        raise
    async with _baseline(turn) as alone:
        try:
            with running.within_ceilings():
                final = await strategy(turn)
        except asyncio.CancelledError:
            emit(TurnEnded(turn.clock(), TurnOutcome.STOPPED, ""))
            raise
        answered_at = turn.clock()
        try:
            if alone:
                await alone
        finally:
            ended = _ended(turn, final, answered_at)
            try:
                await running.pricing.tell_rest(ended.at)
            finally:
                emit(ended)
    return ended


class _Running:
    """A turn and what it needs that no strategy knows of: kept answers, limits, prices."""

    def __init__(
        self,
        plan: TurnPlan,
        connect: Connect,
        emit: Emit,
        controls: TurnControls,
        budgets: RateBudgets | None,
        spending: Spending | None,
    ) -> None:
        self.plan = plan
        self.emit = emit
        self._kept = KeptAnswers(plan.kept, as_ended=bool(plan.further_of))
        self._began = time.perf_counter() - self._kept.seconds
        self._prices = spending.prices if spending else None
        self._spending = spending.turn(plan.lineup, plan.providers) if spending else TurnSpending()
        self.pricing = Pricing(self._prices, emit)
        reserving = Reserving(budgets, plan.providers)
        around = Surroundings(connect, emit, self.clock, reserving, controls, self._spending)
        fitting = Fitting(plan, budgets.windows if budgets else {}, self.notice)
        asker = Asker(plan, around, controls, self._kept, self.pricing, fitting)
        self.turn = Turn(plan, emit, self.clock, asker, fitting)

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
            self.notice(f"new synthesis, {kept.words}")
        elif plan.kept:
            self.notice(f"resumed, {kept.words}")

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


def _ended(turn: Turn, final: Answer | None, answered_at: float) -> TurnEnded:
    if final is None or not final.text.strip():
        return TurnEnded(turn.clock(), TurnOutcome.FAILED, "", failure=turn.failure)
    counted = [answer for answer in turn.answers if answer.used or not turn.settled]
    whole = all(answer.outcome is Outcome.COMPLETE for answer in (*counted, final))
    return TurnEnded(
        turn.clock(),
        TurnOutcome.COMPLETE if whole else TurnOutcome.DEGRADED,
        final.text,
        final.stream,
        answer_outcome=final.outcome,
        answered_at=answered_at,
    )
