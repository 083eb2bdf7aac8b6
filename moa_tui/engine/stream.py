"""One stream: its attempts, its deltas, its one outcome. Whatever goes wrong ends here."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from moa_tui.engine.events import (
    Outcome,
    PromptRead,
    ReasoningDelta,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEvent,
)
from moa_tui.engine.provider import (
    Batch,
    ChatProvider,
    ChatRequest,
    Failure,
    FailureKind,
    ProviderError,
    ServerTiming,
    Usage,
)
from moa_tui.engine.retry import retrying
from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster.model import Agent
from moa_tui.text import StreamCleaner, clean_line

Emit = Callable[[TurnEvent], None]
Connect = Callable[[str], Awaitable[ChatProvider]]
Clock = Callable[[], float]

DONE_GRACE = 2.0
"""Seconds to wait for usage and the end marker once a finish reason has come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stream came to."""

    stream: str
    agent: Agent
    text: str
    outcome: Outcome
    failure: Failure | None = None
    sample: int = 0

    @property
    def label(self) -> str:
        """The agent's name, with the number of the sample where there are several."""
        return f"{self.agent.name} {self.sample}" if self.sample else self.agent.name

    @property
    def usable(self) -> bool:
        """Whether the text may be given to others: text of a broken stream never is."""
        return bool(self.text.strip()) and self.outcome in {Outcome.COMPLETE, Outcome.TRUNCATED}


class StreamRun:
    """Runs one stream to its end and reports it.

    Raises nothing but CancelledError, and what `emit` raises: that is no failure of the agent's.
    """

    def __init__(
        self, planned: StreamPlanned, agent: Agent, connect: Connect, emit: Emit, clock: Clock
    ) -> None:
        self._id = planned.stream
        self._sample = planned.sample
        self._agent = agent
        self._request = ChatRequest(agent.model, planned.messages, agent.sampling)
        self._connect = connect
        self._emit = emit
        self._emit_error: Exception | None = None
        self._clock = clock
        self._text: list[str] = []
        self._seen_any = False
        self._retried: Failure | None = None
        self._finish_reason: str | None = None
        self._usage: Usage | None = None
        self._timing: ServerTiming | None = None
        self._text_cleaner = StreamCleaner()
        self._reasoning_cleaner = StreamCleaner()

    async def run(self, *, finish_required: bool = True) -> Answer:
        """Ask, retry, receive; return the answer after exactly one StreamEnded was emitted."""
        try:
            failure = await self._within_timeout()
        except asyncio.CancelledError:
            self._end(Outcome.STOPPED, None)
            raise
        return self._end(*self._judge(failure, finish_required=finish_required))

    async def _within_timeout(self) -> Failure | None:
        try:
            async with asyncio.timeout(self._agent.timeout) as deadline:
                await self._attempts(deadline)
        except Exception as error:
            # The one boundary: whatever happens to a stream must not end the turn.
            if error is self._emit_error:
                raise
            # Asked of the deadline: a TimeoutError may also come from below, long before it.
            if deadline.expired():
                return None if self._finish_reason else self._too_late()
            return _failure_of(error)
        return None

    def _too_late(self) -> Failure:
        seconds = f"{self._agent.timeout:g} s"
        if self._retried and not self._seen_any:  # waiting was not the trouble, but this
            message = f"no answer within {seconds}: {self._retried.message}"
            return Failure(FailureKind.TIMEOUT, message, self._retried.advice)
        message = f"no complete answer within {seconds}"
        return Failure(FailureKind.TIMEOUT, message, "raise this agent's timeout, or ask for less")

    async def _attempts(self, deadline: asyncio.Timeout) -> None:
        async for attempt in retrying(self._may_retry, self._report_retry):
            with attempt:
                self._begin(attempt.retry_state.attempt_number)
                provider = await self._connect(self._agent.provider)
                await self._receive(provider, deadline)

    def _may_retry(self) -> bool:
        """Whether nothing has been shown, and the model has not said that it is done."""
        return not self._seen_any and self._finish_reason is None

    def _begin(self, attempt: int) -> None:
        """Send off an attempt; what a failed one left behind is no part of it."""
        self._usage = self._timing = None
        self._text_cleaner, self._reasoning_cleaner = StreamCleaner(), StreamCleaner()
        self._report(RequestSent(self._clock(), self._id, attempt))

    def _report(self, event: TurnEvent) -> None:
        try:
            self._emit(event)
        except Exception as error:
            self._emit_error = error
            raise

    async def _receive(self, provider: ChatProvider, deadline: asyncio.Timeout) -> None:
        async with aclosing(provider.stream(self._request)) as batches:
            async for batch in batches:
                self._take(batch)
                if batch.done:
                    break
                if self._finish_reason:
                    now = asyncio.get_running_loop().time()
                    deadline.reschedule(min(now + DONE_GRACE, deadline.when() or now))
                # Buffered batches would otherwise come one after another without any key press,
                # frame or other stream getting its turn.
                await asyncio.sleep(0)

    def _take(self, batch: Batch) -> None:
        if batch.prompt_read and not self._seen_any:
            self._report(PromptRead(self._clock(), self._id, *batch.prompt_read))
        if batch.reasoning and (reasoning := self._reasoning_cleaner.feed(batch.reasoning)):
            self._take_reasoning(reasoning)
        if batch.text and (text := self._text_cleaner.feed(batch.text)):
            self._take_text(text)
        self._finish_reason = batch.finish_reason or self._finish_reason
        self._usage = batch.usage or self._usage
        self._timing = batch.timing or self._timing

    def _take_reasoning(self, reasoning: str) -> None:
        self._seen_any = True
        self._report(ReasoningDelta(self._clock(), self._id, reasoning))

    def _take_text(self, text: str) -> None:
        self._seen_any = True
        self._text.append(text)
        self._report(TextDelta(self._clock(), self._id, text))

    def _report_retry(self, attempt: int, delay: float, failure: Failure) -> None:
        self._retried = failure
        self._report(RetryScheduled(self._clock(), self._id, attempt, delay, failure))

    def _judge(
        self, failure: Failure | None, *, finish_required: bool
    ) -> tuple[Outcome, Failure | None]:
        """An answer is complete only if the wire says so (a clean end alone says nothing)."""
        has_text = bool("".join(self._text).strip())
        if failure:
            return (Outcome.PARTIAL if has_text else Outcome.FAILED), failure
        match self._finish_reason:
            case "length":
                return Outcome.TRUNCATED, None if has_text else _NO_ROOM
            case "content_filter":
                return Outcome.FILTERED, None
            case None if finish_required or not has_text:
                return (Outcome.PARTIAL if has_text else Outcome.FAILED), _CUT
        return (Outcome.COMPLETE, None) if has_text else (Outcome.FAILED, _EMPTY)

    def _end(self, outcome: Outcome, failure: Failure | None) -> Answer:
        if rest := self._reasoning_cleaner.flush():
            self._take_reasoning(rest)
        if rest := self._text_cleaner.flush():
            self._take_text(rest)
        self._report(
            StreamEnded(
                self._clock(),
                self._id,
                outcome,
                finish_reason=self._finish_reason,
                usage=self._usage,
                timing=self._timing,
                failure=failure,
            )
        )
        text = "".join(self._text)
        return Answer(self._id, self._agent, text, outcome, failure, self._sample)


def _failure_of(error: Exception) -> Failure:
    match error:
        case ProviderError():
            return error.failure
        case MissingKeyError():
            return Failure(FailureKind.WRONG_KEY, error.message, error.advice)
        case MoaError():
            return Failure(FailureKind.LOCAL_MODEL, error.message, error.advice)
    said = clean_line(str(error)) or "no more is known"
    return Failure(FailureKind.INTERNAL, f"{type(error).__name__}: {said}")


_NO_ROOM = Failure(
    FailureKind.EMPTY,
    "the token limit was used up before any answer was written",
    "raise max_tokens, or lower reasoning_effort",
)
_EMPTY = Failure(FailureKind.EMPTY, "an empty answer", "ask again, or try another model")
_CUT = Failure(
    FailureKind.CUT,
    "the connection ended before the answer did",
    "ask again; if it happens every time, look at the proxy or the server",
)
