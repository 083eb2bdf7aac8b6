"""From the record of a turn back to its state: a past turn is shown as it looked. Pure."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.planning.plan import Plan
from moa_tui.engine.provider import Failure, FailureKind, Message, ServerTiming, Usage
from moa_tui.engine.ranking.borda import Ranking
from moa_tui.engine.voting.tally import Tally
from moa_tui.roster.schema import COLOR_NAMES
from moa_tui.state import KeptFigures, Phase, StreamState, TextLog, TurnState
from moa_tui.transcript.record import StreamRecord, TurnRecord

_Word = TypeVar("_Word", bound=StrEnum)
_Part = TypeVar("_Part")


def state_of(record: TurnRecord) -> TurnState:
    """Return the state that `record_of` made `record` from, as far as it is kept.

    A turn that never ended counts as stopped. When a stream began is in its events alone: here all
    of them begin with the turn. What a hostile record ties together in ways that
    cannot be, such as a stream that stands in for itself, is left out.
    """
    streams: dict[str, StreamState] = {}
    for stream in record.streams:
        streams[stream.id] = _stream(stream, earlier=streams)
    writer = record.answered_by if record.answered_by in streams else None
    return TurnState(
        turn=record.turn,
        question=record.question,
        strategy=record.strategy,
        started_at=_unix_time(record.started_at),
        seed=record.seed,
        further_of=record.further_of,
        streams=MappingProxyType(streams),
        plan=_plan(record.plan),
        tally=_tally(record.votes, streams),
        ranking=_ranking(record.ranking, streams),
        notices=record.notices,
        outcome=_word(TurnOutcome, record.outcome, TurnOutcome.STOPPED),
        answer=record.answer,
        answered_by=writer,
        seconds=record.seconds,
        kept=KeptFigures(record.cost_usd, record.throughput, seconds=record.seconds),
        answer_outcome=_word(Outcome, record.answer_outcome, None),
        answered_at=record.seconds if writer and _is_of_the_answer(record) else None,
    )


def _is_of_the_answer(record: TurnRecord) -> bool:
    """Return whether the time of `record` is the answer's.

    Earlier versions kept the time of the whole turn, the baseline's included.
    """
    return bool(record.race) or all(stream.role != Role.BASELINE for stream in record.streams)


def _stream(record: StreamRecord, earlier: Mapping[str, StreamState]) -> StreamState:
    outcome = _word(Outcome, record.outcome, None)
    text, reasoning = _log(record.text), _log(record.reasoning)
    usage = None
    if not record.tokens_estimated:
        usage = Usage(record.prompt_tokens or 0, record.output_tokens, 0, record.cached_tokens or 0)
    total = record.server_seconds
    return StreamState(
        id=record.id,
        agent=record.agent,
        role=_word(Role, record.role, Role.PROPOSER) or Role.PROPOSER,
        layer=record.layer,
        model=record.model,
        provider=record.provider,
        messages=tuple(Message(m.get("role", ""), m.get("content", "")) for m in record.messages),
        color=record.color if _is_colour(record.color) else None,
        sample=record.sample,
        phase=_phase(outcome, text, reasoning),
        outcome=outcome,
        text=text,
        reasoning=reasoning,
        attempt=record.attempts,
        ended_at=record.seconds if outcome else None,
        finish_reason=record.finish_reason,
        usage=usage,
        timing=None if total is None else ServerTiming(total=total),
        failure=_failure(record.failure),
        instead_of=record.instead_of if record.instead_of in earlier else None,
        used=record.used,
        part=record.part,
        kept=KeptFigures(record.cost_usd, record.throughput, record.ttft, record.seconds),
        queued=record.queued,
    )


def _phase(outcome: Outcome | None, text: TextLog, reasoning: TextLog) -> Phase:
    if outcome is not None:
        return Phase.ENDED
    if text.length:
        return Phase.WRITING
    return Phase.THINKING if reasoning.length else Phase.WAITING


def _log(text: str) -> TextLog:
    return TextLog().append(text) if text else TextLog()


def _failure(said: str | None) -> Failure | None:
    """Take a failure apart that was kept as `kind: message`."""
    if said is None:
        return None
    kind, _, message = said.partition(": ")
    if (known := _word(FailureKind, kind, None)) is not None:
        return Failure(known, message, "")
    return Failure(FailureKind.INTERNAL, said, "")


def _word(kind: type[_Word], word: str, otherwise: _Word | None) -> _Word | None:
    return kind(word) if word in set(kind) else otherwise


def _unix_time(written: str) -> float:
    try:
        return datetime.fromisoformat(written).timestamp()
    except (ValueError, OverflowError, OSError):
        return 0.0


def _is_colour(name: str | None) -> bool:
    if name is None:
        return False
    if name.startswith("#"):
        return len(name) == 7 and all(digit in "0123456789abcdefABCDEF" for digit in name[1:])
    return name in COLOR_NAMES


def _plan(data: dict[str, Any] | None) -> Plan | None:
    plan = _converted(data, Plan)
    if plan is None or not plan.parts:
        return None
    before: set[str] = set()
    for part in plan.parts:
        if part.name in before or not before.issuperset(part.needs):
            return None
        before.add(part.name)
    return plan


def _tally(data: dict[str, Any] | None, streams: Mapping[str, StreamState]) -> Tally | None:
    tally = _converted(data, Tally)
    if tally is None:
        return None
    named = {name for count in tally.counts for name in count.streams} | set(tally.without)
    return tally if named <= streams.keys() else None


def _ranking(data: dict[str, Any] | None, streams: Mapping[str, StreamState]) -> Ranking | None:
    ranking = _converted(data, Ranking)
    if ranking is None:
        return None
    return ranking if {s.stream for s in ranking.standings} <= streams.keys() else None


def _converted(data: dict[str, Any] | None, kind: type[_Part]) -> _Part | None:
    if data is None:
        return None
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError:
        return None
