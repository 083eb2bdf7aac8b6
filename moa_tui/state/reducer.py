"""One pure function from state and event to the next state."""

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from moa_tui.engine.events import (
    AnswersRanked,
    Noticed,
    Outcome,
    PlanMade,
    Priced,
    PromptRead,
    ReasoningDelta,
    ReasoningRecognized,
    RequestSent,
    RetryScheduled,
    StreamEnded,
    StreamEvent,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnStarted,
    VotesCounted,
)
from moa_tui.engine.provider import FailureKind
from moa_tui.engine.wholeness import outcome_of
from moa_tui.state.model import Phase, StreamState, TurnState

# A turn of ours comes nowhere near; each one copies those before it, and a recording is anyone's.
MOST_NOTICES = 1_000
MOST_PRICES = 300


def apply(state: TurnState, event: TurnEvent) -> TurnState:
    """Return the state after `event`."""
    match event:
        case TurnStarted():
            return TurnState(
                turn=event.turn,
                question=event.question,
                strategy=event.strategy,
                attached=event.attached,
                started_at=event.started_at,
                seed=event.seed,
                further_of=event.further_of,
            )
        case Noticed():
            return replace(state, notices=(*state.notices, event.text)[:MOST_NOTICES])
        case PlanMade():
            return replace(state, plan=event.plan)
        case VotesCounted():
            return replace(state, tally=event.tally)
        case AnswersRanked():
            return replace(state, ranking=event.ranking)
        case Priced():
            return _priced(state, event)
        case TurnEnded():
            return replace(
                state,
                outcome=event.outcome,
                answer=event.answer,
                answered_by=event.answered_by,
                seconds=event.at,
                failure=event.failure,
                answer_outcome=_answer_outcome(state, event),
                answered_at=event.answered_at,
            )
    stream = _apply_to_stream(state.streams.get(event.stream), event)
    if (course := stream.course.after(event)) is not stream.course:
        stream = replace(stream, course=course)
    if isinstance(event, StreamPlanned):
        stream = replace(stream, price=state.prices.get((event.provider, event.model)))
    streams = MappingProxyType({**state.streams, event.stream: stream})
    return replace(state, streams=streams)


def fold(state: TurnState, events: Iterable[TurnEvent]) -> TurnState:
    """Return the state after all `events`."""
    for event in events:
        state = apply(state, event)
    return state


def _answer_outcome(state: TurnState, ended: TurnEnded) -> Outcome | None:
    stream = state.streams.get(ended.answered_by or "")
    return outcome_of(ended, stream.outcome if stream else None)


def _priced(state: TurnState, event: Priced) -> TurnState:
    key = event.provider, event.model
    if key not in state.prices and len(state.prices) == MOST_PRICES:
        return state
    prices = MappingProxyType({**state.prices, key: event.price})
    streams = {
        name: replace(s, price=event.price) if (s.provider, s.model) == key else s
        for name, s in state.streams.items()
    }
    return replace(state, prices=prices, streams=MappingProxyType(streams))


def _apply_to_stream(stream: StreamState | None, event: StreamEvent) -> StreamState:
    if isinstance(event, StreamPlanned):
        return StreamState(
            id=event.stream,
            agent=event.agent,
            role=event.role,
            layer=event.layer,
            model=event.model,
            provider=event.provider,
            messages=event.messages,
            color=event.color,
            sample=event.sample,
            instead_of=event.instead_of,
            part=event.part,
            planned_at=event.at,
        )
    if stream is None:
        raise ValueError(f"event for a stream that was never planned: {event.stream}")
    at = event.at
    match event:
        case TextDelta() | ReasoningDelta():
            return _delta(stream, event)
        case ReasoningRecognized():
            return _recognized(stream)
        case RequestSent():
            queue = _queue_ended(stream, at)
            first = stream.asked_at is None
            return replace(
                stream,
                phase=Phase.WAITING,
                attempt=event.attempt,
                sent_at=at,
                asked_at=at if first else stream.asked_at,
                retry_at=None,
                queued_until=None,
                prompt_read=None,
                queued_unasked=queue["queued"] if first else stream.queued_unasked,
                **queue,
            )
        case PromptRead():
            progress = (event.tokens, event.total)
            return replace(stream, phase=Phase.READING, prompt_read=progress)
        case StreamQueued():
            return _queue(stream, event)
        case RetryScheduled():
            limited = event.failure.kind is FailureKind.RATE_LIMITED
            return replace(
                stream,
                phase=Phase.RETRYING,
                attempt=event.attempt,
                failure=event.failure,
                retry_at=at + event.delay,
                **(_queue_ended(stream, at) | {"queued_since": at if limited else None}),
            )
        case StreamEnded():
            return replace(
                stream,
                phase=Phase.ENDED,
                outcome=event.outcome,
                ended_at=at,
                retry_at=None,
                queued_until=None,
                finish_reason=event.finish_reason,
                usage=event.usage,
                timing=event.timing,
                failure=event.failure,
                used=event.used,
                vain=event.vain,
                **_queue_ended(stream, at),
            )


def _recognized(stream: StreamState) -> StreamState:
    """What was taken for the answer has been reasoning."""
    return replace(
        stream,
        phase=Phase.THINKING,
        reasoning=stream.reasoning.append(str(stream.text)),
        text=stream.text.begun_anew(),
        wrote_at=None,
    )


def _delta(stream: StreamState, event: TextDelta | ReasoningDelta) -> StreamState:
    at, characters = event.at, len(event.text)
    first = at if stream.first_at is None else stream.first_at
    at_first = stream.at_first + (characters if at <= first else 0)
    if isinstance(event, ReasoningDelta):
        return replace(
            stream,
            phase=Phase.THINKING,
            reasoning=stream.reasoning.append(event.text),
            first_at=first,
            last_at=at,
            at_first=at_first,
        )
    return replace(
        stream,
        phase=Phase.WRITING,
        text=stream.text.append(event.text),
        first_at=first,
        wrote_at=at if stream.wrote_at is None else stream.wrote_at,
        last_at=at,
        at_first=at_first,
    )


def _queue(stream: StreamState, event: StreamQueued) -> StreamState:
    if event.over:
        ended = _queue_ended(stream, event.at)
        return replace(stream, phase=Phase.WAITING, queued_until=None, **ended)
    return replace(
        stream,
        phase=Phase.QUEUED,
        retry_at=None,
        queued_until=event.at + event.wait,
        queued_since=event.at if stream.queued_since is None else stream.queued_since,
    )


def _queue_ended(stream: StreamState, at: float) -> dict[str, Any]:
    """What changes when a wait for a rate limit is over, if there was one."""
    return {"queued": stream.queued_for(at), "queued_since": None}
