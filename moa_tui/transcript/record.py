"""A finished turn as it is kept and printed: plain data with stable names."""

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from moa_tui import __version__
from moa_tui.engine.events import TurnEvent
from moa_tui.engine.provider import Failure
from moa_tui.state import StreamState, TurnState, race, took_part

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRecord:
    """One stream of a kept turn. Times in seconds, throughput in tokens per second.

    What has a default was not kept from the beginning.
    """

    id: str
    agent: str
    role: str
    layer: int
    sample: int
    model: str
    provider: str
    outcome: str
    text: str
    reasoning: str
    used: bool = True
    finish_reason: str | None
    failure: str | None
    attempts: int
    prompt_tokens: int | None
    output_tokens: int
    tokens_estimated: bool
    cached_tokens: int | None = None
    cost_usd: float | None = None
    ttft: float | None
    throughput: float | None
    seconds: float
    server_seconds: float | None
    part: str = ""
    instead_of: str | None = None
    color: str | None = None
    messages: tuple[dict[str, str], ...]
    queued: float = 0.0
    """Seconds that it waited for a rate limit: they are no part of `seconds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRecord:
    """A finished turn with all of its streams."""

    format: int
    version: str
    turn: str
    conversation: str
    started_at: str
    question: str
    answer: str
    answered_by: str | None
    answer_outcome: str = ""
    """How the answer ended, whole only if complete; empty where there is none."""
    participation: str = ""
    outcome: str
    strategy: str
    roster: str
    preset: str
    seed: int = 0
    further_of: str = ""
    seconds: float
    output_tokens: int
    cost_usd: float | None = None
    throughput: float | None = None
    notices: tuple[str, ...] = ()
    plan: dict[str, Any] | None = None
    votes: dict[str, Any] | None = None
    ranking: dict[str, Any] | None = None
    race: dict[str, Any] | None = None
    """The answer against the baseline: who was first, by what factor, and what each took."""
    streams: tuple[StreamRecord, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the record as plain JSON data."""
        record: dict[str, Any] = _plain(self)
        return record


def record_of(
    state: TurnState, conversation: str = "", roster: str = "", preset: str = ""
) -> TurnRecord:
    """Return the record of a turn that has ended."""
    return TurnRecord(
        format=FORMAT,
        version=__version__,
        turn=state.turn,
        conversation=conversation,
        started_at=time_of(state.started_at),
        question=state.question,
        answer=state.answer,
        answered_by=state.answered_by,
        answer_outcome=str(state.answer_outcome or ""),
        participation=str(took_part(state)),
        outcome=str(state.outcome or ""),
        strategy=state.strategy,
        roster=roster,
        preset=preset,
        seed=state.seed,
        further_of=state.further_of,
        seconds=round(state.took or 0.0, 4),
        output_tokens=state.tokens,
        cost_usd=_dollars(state.cost),
        throughput=_rounded(state.throughput),
        notices=state.notices,
        plan=_plain(state.plan),
        votes=_plain(state.tally),
        ranking=_plain(state.ranking),
        race=_race(state),
        streams=tuple(_stream(s, state.seconds or 0.0) for s in state.streams.values()),
    )


def time_of(seconds: float) -> str:
    """Return Unix time as records write it: ISO 8601 in UTC, so that text sorts by time."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _stream(stream: StreamState, now: float) -> StreamRecord:
    return StreamRecord(
        id=stream.id,
        agent=stream.agent,
        role=str(stream.role),
        layer=stream.layer,
        sample=stream.sample,
        model=stream.model,
        provider=stream.provider,
        outcome=str(stream.outcome or ""),
        text=str(stream.text),
        reasoning=str(stream.reasoning),
        used=stream.used,
        finish_reason=stream.finish_reason,
        failure=_failure(stream.failure) if stream.outcome != "complete" else None,
        attempts=stream.attempt,
        prompt_tokens=stream.usage.prompt if stream.usage else None,
        output_tokens=stream.tokens,
        tokens_estimated=stream.estimated,
        cached_tokens=stream.usage.cached if stream.usage else None,
        cost_usd=_dollars(stream.cost),
        ttft=_rounded(stream.ttft),
        throughput=_rounded(stream.throughput),
        seconds=round(stream.seconds(now), 4),
        server_seconds=_rounded(stream.timing.total if stream.timing else None),
        part=stream.part,
        instead_of=stream.instead_of,
        color=stream.color,
        messages=tuple({"role": m.role, "content": m.content} for m in stream.messages),
        queued=round(stream.queued_for(now), 4),
    )


def words_of(record: dict[str, Any]) -> str:
    """Return what a search looks through in a record that was made plain."""
    texts = [text for s in record["streams"] for text in (s["agent"], s["model"], s["text"])]
    # The answer is one of the streams' texts, as a rule.
    return "\n".join(dict.fromkeys([record["question"], record["answer"], *texts]))


def event_json(event: TurnEvent) -> dict[str, Any]:
    """Return an event as plain JSON data, its kind under `event`."""
    return {"event": type(event).__name__, **_plain(event)}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return str(value)
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _race(state: TurnState) -> dict[str, Any] | None:
    found = race(state)
    if found is None:
        return None
    sides = (found.answer, found.baseline)
    answer, baseline = (_plain(replace(s, cost_usd=_dollars(s.cost_usd))) for s in sides)
    first = str(found.first) if found.first else None
    told = {"first": first, "factor": found.factor, "words": found.shorter}
    return {**told, "answer": answer, "baseline": baseline}


def _failure(failure: Failure | None) -> str | None:
    return f"{failure.kind}: {failure.message}" if failure else None


def _dollars(value: float | None) -> float | None:
    return None if value is None else round(value, 8)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
