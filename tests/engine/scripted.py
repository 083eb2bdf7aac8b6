"""A provider that plays scripts, and what the tests of the engine build turns from.

A script is a sequence of steps: a batch is sent, an event is waited for, an exception is raised.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from moa_tui.engine.events import (
    PromptRead,
    ReasoningDelta,
    ReasoningRecognized,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    StreamEvent,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnStarted,
)
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.provider import (
    Batch,
    ChatProvider,
    ChatRequest,
    Failure,
    FailureKind,
    ProviderError,
)
from moa_tui.engine.provider import Step as RequestStep
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.stream import Emit
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Agent, Dialect, Lineup, Prompts, Provider

PATIENCE = 10.0
"""Seconds that a loaded machine may take; nothing here waits that long by itself."""


@dataclass(frozen=True, slots=True)
class Endless:
    """A batch that comes again and again."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing comes any more."""


Step = Batch | Endless | Hang | asyncio.Event | Exception


def pieces(*texts: str, finish: str | None = "stop") -> list[Step]:
    """Return a script that sends `texts` one by one, then the finish reason and the end marker."""
    return [*(Batch(text=text) for text in texts), Batch(finish_reason=finish, done=True)]


def error(
    kind: FailureKind = FailureKind.SERVER,
    message: str = "the server stumbled",
    *,
    retryable: bool = False,
    retry_after: float | None = None,
) -> ProviderError:
    """Return what a provider raises."""
    return ProviderError(
        Failure(kind, message, "wait", retryable=retryable, retry_after=retry_after)
    )


class ScriptedProvider:
    """Plays a script for each request; a model without one says its own name and is done."""

    def __init__(self) -> None:
        self.requests: list[ChatRequest] = []
        self.connected: list[str] = []
        self.live = 0
        self.connect_error: Exception | None = None
        self._scripts: dict[str, list[Sequence[Step]]] = {}
        self._asked = asyncio.Condition()

    def script(self, model: str, *scripts: Sequence[Step]) -> "ScriptedProvider":
        """Have the n-th request for `model` play the n-th of `scripts`, further ones the last."""
        self._scripts[model] = list(scripts)
        return self

    async def connect(self, name: str) -> ChatProvider:
        """Be every provider there is."""
        self.connected.append(name)
        if self.connect_error:
            raise self.connect_error
        return self

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Batch, None]:
        """Play the script."""
        self.requests.append(request)
        request.on_step(RequestStep.SENT)
        self.live += 1
        try:
            async with self._asked:
                self._asked.notify_all()
            for step in self._next_script(request.model):
                match step:
                    case Batch():
                        yield step
                    case Endless():
                        while True:
                            yield step.batch
                    case Hang():
                        await asyncio.Event().wait()
                    case asyncio.Event():
                        await step.wait()
                    case Exception():
                        raise step
        finally:
            self.live -= 1

    async def models(self) -> list[str]:
        """Return the models that have scripts."""
        return list(self._scripts)

    async def aclose(self) -> None:
        """Nothing is open."""

    async def until_asked(self, count: int) -> None:
        """Wait until `count` requests have come."""
        async with asyncio.timeout(PATIENCE), self._asked:
            await self._asked.wait_for(lambda: len(self.requests) >= count)

    def prompts_for(self, model: str) -> list[str]:
        """Return each prompt that `model` was sent, all messages in one text."""
        return [
            "\n".join(message.content for message in request.messages)
            for request in self.requests
            if request.model == model
        ]

    def _next_script(self, model: str) -> Sequence[Step]:
        scripts = self._scripts.get(model)
        if not scripts:
            return pieces(f"<{model}> ", "has spoken.")
        return scripts.pop(0) if len(scripts) > 1 else scripts[0]


def agent(name: str, **changes: Any) -> Agent:
    """Return an agent called Agent-`name` whose model is `name`."""
    plain = Agent(name=f"Agent-{name}", model=name, provider="acme", timeout=PATIENCE)
    return replace(plain, **changes)


def plan(
    *layers: str | Sequence[Agent],
    aggregator: Agent | None = None,
    reserves: Sequence[Agent] = (),
    strategy: str = "mixture",
    question: str = "Why is the sky blue?",
    conversation: tuple[Exchange, ...] = (),
    prompts: Prompts = Prompts(),
    provider: Provider | None = None,
    seed: int = 7,
) -> TurnPlan:
    """Return a plan; a layer given as text has an agent for each of its characters."""
    built = tuple(
        tuple(agent(c) for c in layer) if isinstance(layer, str) else tuple(layer)
        for layer in layers
    )
    judge = aggregator or agent("judge")
    everyone = (*(a for layer in built for a in layer), judge, *reserves)
    acme = provider or Provider("acme", "https://acme.test/v1", "ACME_API_KEY", Dialect())
    return TurnPlan(
        turn="t1",
        question=question,
        lineup=Lineup(strategy, built, judge, prompts, reserves=everyone),
        providers={"acme": acme},
        conversation=conversation,
        seed=seed,
    )


async def run(
    provider: ScriptedProvider, turn_plan: TurnPlan, emit: Emit | None = None
) -> tuple[TurnEnded, list[TurnEvent]]:
    """Run a turn to its end; return its last event and all of them, checked for their order."""
    events: list[TurnEvent] = []

    def take(event: TurnEvent) -> None:
        events.append(event)
        if emit:
            emit(event)

    strategy = STRATEGIES[turn_plan.lineup.strategy]
    async with asyncio.timeout(PATIENCE):
        ended = await run_turn(turn_plan, strategy, provider.connect, take)
    check_order(events)
    assert provider.live == 0
    return ended, events


def check_order(events: Sequence[TurnEvent]) -> None:
    """Fail unless `events` are those of a turn that has ended, in an order that consumers rely on.

    A turn starts once and ends once, at its end; a stream is planned, asked, heard and ended once.
    """
    assert isinstance(events[0], TurnStarted)
    assert [type(e) for e in events if isinstance(e, TurnStarted | TurnEnded)] == [
        TurnStarted,
        TurnEnded,
    ]
    assert isinstance(events[-1], TurnEnded)
    # A delta's time is when its bytes were read: others may have been told of meanwhile.
    told = [e.at for e in events if not isinstance(e, TextDelta | ReasoningDelta | PromptRead)]
    assert told == sorted(told)
    names = [e.stream for e in events if isinstance(e, StreamPlanned)]
    assert len(set(names)) == len(names)
    heard = {e.stream for e in events if isinstance(e, StreamEvent)}
    assert heard == set(names)
    for name in names:
        check_stream(of_stream(events, name))


def check_stream(events: Sequence[TurnEvent]) -> None:
    """Fail unless `events` are one stream's, whole and in order."""
    assert [e.at for e in events] == sorted(e.at for e in events)
    kinds = [type(e) for e in events if not isinstance(e, StreamPlanned)]
    assert kinds.count(StreamEnded) == 1
    assert kinds[-1] is StreamEnded
    attempts = [e.attempt for e in events if isinstance(e, RequestSent)]
    # One that finds no connection is none that was sent.
    assert attempts == sorted(set(attempts))
    deltas = [i for i, kind in enumerate(kinds) if kind in {TextDelta, ReasoningDelta, PromptRead}]
    retries = [i for i, kind in enumerate(kinds) if kind is RetryScheduled]
    assert not deltas or RequestSent in kinds[: deltas[0]]
    shown = [i for i in deltas if kinds[i] is not PromptRead]
    assert not shown or not retries or max(retries) < min(shown)


def of_stream(events: Sequence[TurnEvent], stream: str) -> list[TurnEvent]:
    """Return the events of one stream."""
    return [e for e in events if isinstance(e, StreamEvent) and e.stream == stream]


def text_of(events: Sequence[TurnEvent], stream: str = "s1") -> str:
    """Return the text of a stream as its deltas tell it, without what turned out to be thinking."""
    pieces: list[str] = []
    for event in of_stream(events, stream):
        if isinstance(event, TextDelta):
            pieces.append(event.text)
        elif isinstance(event, ReasoningRecognized):
            pieces.clear()
    return "".join(pieces)
