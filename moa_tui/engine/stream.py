"""One stream: its attempts, its deltas, its one outcome. Whatever goes wrong ends here."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from moa_tui.engine import verdict
from moa_tui.engine.advice import advised
from moa_tui.engine.controls import Interruption, StreamSwitch, TurnControls
from moa_tui.engine.counting import cost_its_prompt, credible, is_past
from moa_tui.engine.cut_prompt import cut_prompt
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TurnEvent,
)
from moa_tui.engine.gate import Patience
from moa_tui.engine.liveness import Liveness
from moa_tui.engine.metrics import prompt_tokens
from moa_tui.engine.provider import (
    AskedDifferentlyError,
    Batch,
    ChatProvider,
    ChatRequest,
    Failure,
    ProviderError,
    Step,
    Usage,
)
from moa_tui.engine.reception import Reception
from moa_tui.engine.reserving import Held, Reserving
from moa_tui.engine.retry import patience, retrying, within
from moa_tui.engine.spending import HeldMoney, TurnSpending
from moa_tui.engine.verdict import Answer
from moa_tui.engine.watch import Watch
from moa_tui.roster.model import Agent

__all__ = ["Answer", "Clock", "Connect", "Emit", "StreamRun", "Surroundings"]

Emit = Callable[[TurnEvent], None]
Connect = Callable[[str], Awaitable[ChatProvider]]
Clock = Callable[[], float]

_NOT_USED = {Interruption.NOT_USED, Interruption.REPLACED}
_BY_SOMEBODY = {Interruption.STOPPED, *_NOT_USED}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the streams of a turn run in: the way to providers, the listener, the turn's clock."""

    connect: Connect
    emit: Emit
    clock: Clock
    reserving: Reserving = field(default_factory=Reserving)
    controls: TurnControls | None = None
    spending: TurnSpending = field(default_factory=TurnSpending)


class StreamRun:
    """Runs one stream to its end and reports it.

    Raises nothing but CancelledError, and what `emit` raises: that is no failure of the agent's.
    """

    def __init__(
        self,
        planned: StreamPlanned,
        agent: Agent,
        around: Surroundings,
        schema: Mapping[str, object] | None = None,
    ) -> None:
        self._planned = planned
        self._id = planned.stream
        self._agent = agent
        self._request = ChatRequest(agent.model, planned.messages, agent.sampling, schema)
        self._around = around
        self._clock = around.clock
        self._emit_error: Exception | None = None
        self._switch = StreamSwitch(agent.timeout)
        self._retried: Failure | None = None
        self._queued = False
        self._step: Step | None = None
        """How far the attempt under way has come; None before anything is done for it."""
        self._patience = Patience()
        self._held: Held | None = None
        self._paid: HeldMoney | None = None
        self._prompt = prompt_tokens(planned.messages)
        self._retry_costs = False
        self._vain = 0
        self._came = Reception(self._id, agent.max_characters, around.clock, self._report)

    async def run(self, *, finish_required: bool = True) -> Answer:
        """Ask, retry, receive; return the answer after exactly one StreamEnded was emitted."""
        controls = self._around.controls
        if controls:
            controls.add(self._id, self._switch)
        try:
            with self._around.reserving.joined(self._agent):
                failure = await self._within_limits()
        except asyncio.CancelledError:
            resolving = self._step is Step.RESOLVING
            why = verdict.name_server_silent(self._agent.provider) if resolving else None
            self._end(Outcome.STOPPED, why)
            raise
        finally:
            if controls:
                controls.remove(self._id)
        if failure is None and self._stopped:
            return self._end(Outcome.STOPPED, None)
        came = self._came
        came.flush()
        judged = verdict.judge(came.received, failure, finish_required=finish_required)
        self._tell_of_cut_prompt()
        return self._end(*judged)

    @property
    def _characters(self) -> int:
        """Characters of text and reasoning that have come."""
        return self._agent.max_characters - max(0, self._came.room)

    @property
    def _usage(self) -> Usage | None:
        """What the provider reports, unless it cannot be true."""
        return credible(self._came.usage, self._prompt, self._characters)

    @property
    def _stopped(self) -> bool:
        """Whether somebody ended it before the model had said that it is done."""
        by = self._switch.interruption if self._switch.expired else None
        return by in _BY_SOMEBODY and not self._came.finish_reason

    async def _within_limits(self) -> Failure | None:
        try:
            async with self._switch:
                await self._attempts()
        except Exception as error:  # noqa: BLE001 - what `emit` raised is raised again
            # The one boundary: whatever happens to a stream must not end the turn.
            if self._emit_error:
                raise self._emit_error from None
            # Asked of the clock: a TimeoutError may also come from below, long before it.
            return self._cut_off() if self._switch.expired else verdict.failure_of(error)
        return None

    def _cut_off(self) -> Failure | None:
        """Why the stream was ended from outside; None where that is no failure."""
        if self._came.finish_reason or self._stopped:
            return None
        if self._switch.interruption is Interruption.GIVEN_UP:
            return self._retried or verdict.GIVEN_UP_IN_QUEUE
        waited_for = None if self._came.begun else self._retried
        if self._step is Step.RESOLVING:
            waited_for = verdict.name_server_silent(self._agent.provider)
        return verdict.too_late(self._agent.timeout, waited_for)

    async def _attempts(self) -> None:
        async for attempt in retrying(
            self._may_retry,
            self._report_retry,
            self._pause,
            left=lambda: self._switch.left,
            crowded=lambda: self._held is not None and self._held.crowded,
        ):
            with attempt:
                await self._attempt(attempt.retry_state.attempt_number)

    async def _pause(self, seconds: float) -> None:
        """Wait for the next attempt; shorter where no wait was asked for and all is well again."""
        gate = self._around.reserving.gate(self._agent)
        if gate and not (self._retried and self._retried.retry_after):
            await gate.pause(self._switch, seconds)
        else:
            await self._switch.pause(seconds)

    def _may_retry(self) -> bool:
        """Whether nothing has been shown, and the model has not said that it is done."""
        if self._came.begun or self._emit_error is not None:
            return False
        ended = self._came.finish_reason
        return ended is None or verdict.gave_up(ended) is not None

    async def _attempt(self, number: int) -> None:
        """Send off an attempt, and receive what comes of it."""
        came = self._came
        came.begin()
        self._paid = paid = self._around.spending.hold(self._planned, self._agent)
        reserving = self._around.reserving
        held = reserving.hold(self._planned, self._agent, self._clock, self._report_queue)
        self._held, self._step, refused = held, None, False
        try:
            # Before the place in the queue comes up: what this takes is nobody's answering time.
            provider = await self._around.connect(self._agent.provider)
            await held.admitted(self._switch, self._patience)
            if self._queued:
                self._report_queue(StreamQueued(self._clock(), self._id, 0.0, over=True))
            request = self._stepping(held.listening(self._request), number)
            try:
                await self._receive(provider, request)
                self._require_that_it_tried()
            except ProviderError as error:
                if self._emit_error:
                    raise
                failure = held.failed(error.failure)
                refused = not self._came.begun
                self._retry_costs = cost_its_prompt(error.failure)
                if isinstance(error, AskedDifferentlyError):
                    self._tell(error.notice)
                    raise
                refines = self._planned.layer > 1
                failure = await advised(failure, request, provider, refines=refines)
                raise ProviderError(within(failure, self._switch.left)) from None
        finally:
            usage = self._usage
            held.settle(usage, self._characters)
            if refused and not usage and self._retry_costs:
                self._vain += self._prompt
                paid.settle_prompt()
            else:
                answered = self._has_left and not refused
                paid.settle(usage, self._characters, answered=answered)

    @property
    def _has_left(self) -> bool:
        """Whether the request of the attempt under way has been written."""
        return self._step is Step.SENT

    def _stepping(self, request: ChatRequest, number: int) -> ChatRequest:
        """Return `request` so that it is told when it leaves; once, however often it is tried."""

        def note(step: Step) -> None:
            if self._step is Step.SENT:
                return
            self._step = step
            if step is Step.SENT:
                at = self._clock()
                self._came.sent(at)
                self._report(RequestSent(at, self._id, number))

        return replace(request, on_step=note)

    def _report_queue(self, event: TurnEvent) -> None:
        if isinstance(event, StreamQueued):
            self._queued = not event.over
        self._report(event)

    def _require_that_it_tried(self) -> None:
        """Raise ProviderError where the provider gave up before anything had come."""
        failure = verdict.gave_up(self._came.finish_reason)
        if failure and not self._came.begun:
            raise ProviderError(failure)

    def _tell(self, notice: str) -> None:
        if notice:
            self._report(Noticed(self._clock(), notice))

    def _report(self, event: TurnEvent) -> None:
        try:
            self._around.emit(event)
        except Exception as error:
            self._emit_error = error
            raise

    async def _receive(self, provider: ChatProvider, request: ChatRequest) -> None:
        watch = Watch(self._agent.first_token_timeout)
        try:
            async with watch, aclosing(provider.stream(request)) as batches:
                await self._take_all(batches, watch, request)
        except TimeoutError:
            if not watch.expired:
                raise
            if not self._came.finish_reason:
                raise ProviderError(self._silence()) from None

    async def _take_all(
        self, batches: AsyncIterator[Batch], watch: Watch, request: ChatRequest
    ) -> None:
        came, liveness = self._came, Liveness(watch, self._agent.gap_timeout)
        async for batch in batches:
            if self._step is not Step.SENT:
                request.on_step(Step.SENT)  # a provider that does not tell
            room = came.room
            came.take(batch)
            if self._held and (came.begun or came.finish_reason):
                self._held.accepted()
            if batch.done or self._is_past_its_limit():
                return
            liveness.heard(batch, came, grew=room != came.room)
            # Buffered batches would otherwise come one after another without any key press,
            # frame or other stream getting its turn.
            await asyncio.sleep(0)

    def _tell_of_cut_prompt(self) -> None:
        usage = self._came.usage
        if usage and (said := cut_prompt(self._planned, usage)):
            self._report(Noticed(self._clock(), said))

    def _is_past_its_limit(self) -> bool:
        """Whether the answer is past max_tokens, and ended here; raises where a ceiling is."""
        if self._paid:
            self._paid.check(self._characters)
        limit = self._agent.sampling.max_tokens
        if self._came.finish_reason or not is_past(limit, self._characters):
            return False
        self._came.finish_reason = "length"
        what = f"{self._agent.name}: {self._agent.provider} does not keep to max_tokens ({limit:,})"
        self._tell(f"{what}; the answer was ended after {self._characters:,} characters")
        return True

    def _silence(self) -> Failure:
        agent = self._agent
        if self._came.begun:
            return verdict.silence(agent.gap_timeout, agent.provider)
        if self._step is Step.RESOLVING:
            return verdict.name_server_silent(agent.provider)
        return verdict.no_first_token(agent.first_token_timeout, agent.provider)

    def _report_retry(self, attempt: int, delay: float, failure: Failure) -> None:
        if self._retried is None:
            self._patience.until = asyncio.get_running_loop().time() + patience(failure)
        self._retried = self._patience.failure = failure
        self._report(RetryScheduled(self._clock(), self._id, attempt, delay, failure))

    def _end(self, outcome: Outcome, failure: Failure | None) -> Answer:
        came = self._came
        came.flush()
        if came.usage and not self._usage:
            told = f"{came.usage.prompt:,} + {came.usage.output:,} tokens, which cannot be true"
            told = f"{self._agent.name}: {self._agent.provider} reports {told}"
            self._tell(f"{told}: what was sent and written is counted by its length")
        used = self._switch.interruption not in _NOT_USED or outcome is not Outcome.STOPPED
        self._report(
            StreamEnded(
                self._clock(),
                self._id,
                outcome,
                finish_reason=came.finish_reason,
                usage=self._usage,
                timing=came.timing,
                failure=failure,
                used=used,
                vain=self._vain,
            )
        )
        sample = self._planned.sample
        return Answer(self._id, self._agent, came.text, outcome, failure, sample, used)
