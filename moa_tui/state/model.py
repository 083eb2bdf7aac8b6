"""What a turn and its streams look like at one moment. Immutable; figures are worked out here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType

from moa_tui.engine import metrics
from moa_tui.engine.cost import cost_of
from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.planning.plan import Plan
from moa_tui.engine.provider import Failure, Message, ServerTiming, Usage
from moa_tui.engine.ranking.borda import Ranking
from moa_tui.engine.voting.tally import Tally
from moa_tui.roster.model import Price
from moa_tui.state.spans import UNBEGUN, Course
from moa_tui.state.text_log import TextLog

_INSTANT = 0.01
"""Seconds in which what is asked for next has certainly left."""


class Phase(StrEnum):
    """Where a stream is on its way."""

    WAITING = "waiting"
    QUEUED = "queued"
    READING = "reading"
    THINKING = "thinking"
    WRITING = "writing"
    RETRYING = "retrying"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class KeptFigures:
    """Figures of a past turn or stream: what they were worked out from is not kept with it."""

    cost: float | None = None
    throughput: float | None = None
    ttft: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StreamState:
    """One stream. Times are seconds since the turn began; None where it has not happened."""

    id: str
    agent: str
    role: Role
    layer: int
    model: str
    provider: str
    messages: tuple[Message, ...] = ()
    color: str | None = None
    sample: int = 0
    phase: Phase = Phase.WAITING
    outcome: Outcome | None = None
    text: TextLog = field(default_factory=TextLog)
    reasoning: TextLog = field(default_factory=TextLog)
    planned_at: float = 0.0
    attempt: int = 0
    sent_at: float | None = None
    first_at: float | None = None
    wrote_at: float | None = None
    last_at: float | None = None
    ended_at: float | None = None
    retry_at: float | None = None
    queued_until: float | None = None
    prompt_read: tuple[int, int] | None = None
    finish_reason: str | None = None
    usage: Usage | None = None
    timing: ServerTiming | None = None
    failure: Failure | None = None
    instead_of: str | None = None
    used: bool = True
    part: str = ""
    price: Price | None = None
    course: Course = UNBEGUN
    """What it has spent its time with."""
    kept: KeptFigures | None = None
    asked_at: float | None = None
    """When its first request left; `sent_at` is when the last one did."""
    queued: float = 0.0
    """Seconds that it has waited for a rate limit, without a wait that still lasts."""
    queued_since: float | None = None
    queued_unasked: float = 0.0
    """What of `queued` was before its first request."""
    at_first: int = 0
    """Characters that came with the first read: when they were written is not known."""
    vain: int = 0
    """Tokens of the prompts of attempts that brought nothing and may have cost."""

    @property
    def label(self) -> str:
        """The agent's name, with the number of the sample where there are several."""
        return f"{self.agent} {self.sample}" if self.sample else self.agent

    @property
    def tokens(self) -> int:
        """Output tokens, reasoning included: as reported, or estimated while it runs."""
        if self.usage:
            return self.usage.output
        return metrics.estimated_tokens(self.text.length + self.reasoning.length)

    @property
    def estimated(self) -> bool:
        """Whether `tokens` is an estimate."""
        return self.usage is None

    @property
    def cost(self) -> float | None:
        """US dollars, estimated while `estimated`; None where the price is not known."""
        if self.kept:
            return self.kept.cost
        nothing_came = self.outcome is Outcome.FAILED and not self.tokens
        if self.usage is None and (self.sent_at is None or nothing_came):
            usage = Usage(0, 0)
        else:
            usage = self.usage or Usage(metrics.prompt_tokens(self.messages), self.tokens)
        usage = replace(usage, prompt=usage.prompt + self.vain)
        if not usage.prompt and not usage.output:
            return 0.0
        return None if self.price is None else cost_of(self.price, usage)

    @property
    def ttft(self) -> float | None:
        """Seconds from the last attempt's request to the first delta."""
        if self.kept:
            return self.kept.ttft
        if self.first_at is None or self.sent_at is None:
            return None
        return self.first_at - self.sent_at

    @property
    def throughput(self) -> float | None:
        """Output tokens per second while it wrote: as the provider reports, or as they arrived.

        None where it wrote for too short a time to tell.
        """
        if self.kept:
            return self.kept.throughput
        begun, ended, tokens = self.writing
        return metrics.throughput(tokens, ended - begun)

    @property
    def writing(self) -> tuple[float, float, int]:
        """When it began to write and when it ended, and how many tokens that were.

        Without the provider's own time it is counted from the first read to the last, and without
        what came with the first: that had been written before, for how long nobody knows.
        """
        if self.first_at is None or self.last_at is None:
            return 0.0, 0.0, 0
        reported = self.timing.completion if self.timing and self.usage else None
        if reported and reported >= metrics.SHORTEST:
            return self.last_at - reported, self.last_at, self.tokens
        shown = self.text.length + self.reasoning.length
        later = round(self.tokens * (shown - self.at_first) / shown) if shown else 0
        return self.first_at, self.last_at, later

    @property
    def thought_tokens(self) -> int:
        """Tokens of its reasoning: as reported, or estimated."""
        if self.usage and self.usage.reasoning:
            return self.usage.reasoning
        return metrics.estimated_tokens(self.reasoning.length)

    def thought_for(self, now: float) -> float:
        """Return for how long it thought before it wrote, or has thought by now."""
        ends = (self.wrote_at, self.ended_at, now)
        end = next(at for at in ends if at is not None)
        return max(0.0, end - (self.first_at if self.first_at is not None else end))

    def seconds(self, now: float) -> float:
        """Return how long this stream has been under way, or took, from when its request left.

        What it waits for a rate limit is no part of it. Before its request has left, it is how long
        ago it was planned.
        """
        if self.kept:
            return self.kept.seconds
        end = self.ended_at if self.ended_at is not None else now
        begun, queued = self.planned_at, self.queued_for(end)
        if self.asked_at is not None:
            begun, queued = self.asked_at, queued - self.queued_unasked
        return max(0.0, end - begun - queued)

    def queued_for(self, now: float) -> float:
        """Return the seconds that it has waited for a rate limit by `now`."""
        since = self.queued_since
        return self.queued + (max(0.0, now - since) if since is not None else 0.0)


@dataclass(frozen=True, slots=True)
class TurnState:
    """A turn: its streams in the order they were planned, and what became of it."""

    turn: str = ""
    question: str = ""
    strategy: str = ""
    started_at: float = 0.0
    seed: int = 0
    further_of: str = ""
    streams: Mapping[str, StreamState] = field(default_factory=lambda: MappingProxyType({}))
    plan: Plan | None = None
    tally: Tally | None = None
    ranking: Ranking | None = None
    notices: tuple[str, ...] = ()
    outcome: TurnOutcome | None = None
    answer: str = ""
    answered_by: str | None = None
    seconds: float | None = None
    failure: Failure | None = None
    attached: str = ""
    """What went along with the question."""
    prices: Mapping[tuple[str, str], Price] = field(default_factory=lambda: MappingProxyType({}))
    """By provider and model, as far as they have been told."""
    kept: KeptFigures | None = None
    answer_outcome: Outcome | None = None
    """How the stream of the answer ended; None where there is no answer, or nothing says it."""
    answered_at: float | None = None
    """When the answer was there; a baseline may go on for longer."""

    @property
    def asked(self) -> str:
        """The question as agents were given it."""
        return f"{self.question}\n\n{self.attached}" if self.attached else self.question

    @property
    def running(self) -> bool:
        """Whether the turn has begun and not ended."""
        return bool(self.turn) and self.outcome is None

    def asking(self, now: float) -> bool:
        """Whether requests may be about to leave: nothing else should take the time.

        So it is for an instant after the turn's beginning, a stream's end, and a request.
        """
        times = (stream.ended_at or stream.sent_at or 0.0 for stream in self.streams.values())
        return self.running and now - max(times, default=0.0) < _INSTANT

    @property
    def proposers(self) -> list[StreamState]:
        """The streams that answer the question, or a part of it, for the aggregator."""
        return [s for s in self.current if s.role is Role.PROPOSER]

    @property
    def aggregator(self) -> StreamState | None:
        """The stream of the aggregator; the last one, where another had to step in."""
        found = [s for s in self.streams.values() if s.role is Role.AGGREGATOR]
        return found[-1] if found else None

    @property
    def answerer(self) -> StreamState | None:
        """The stream whose text is the answer, whoever wrote it; who writes it while it runs.

        None as long as that is not known.
        """
        ended = self.streams.get(self.answered_by or "")
        alone = self.proposers[-1:] if self.strategy == "single" else []
        return ended or self.aggregator or (alone[0] if alone else None)

    @property
    def current(self) -> list[StreamState]:
        """The streams in order; where an agent was asked once more, the later one in its place."""
        places: dict[str, str] = {}
        current: dict[str, StreamState] = {}
        for stream in self.streams.values():
            before = self.streams.get(stream.instead_of or "")
            again = before is not None and before.label == stream.label
            # A recording is anyone's: a stream may claim to stand in for itself or a later one.
            place = places.get(before.id, stream.id) if before and again else stream.id
            places[stream.id] = place
            current[place] = stream
        return list(current.values())

    @property
    def baseline(self) -> StreamState | None:
        """The stream that runs alone beside the others, on the same clock."""
        found = [s for s in self.streams.values() if s.role is Role.BASELINE]
        return found[-1] if found else None

    @property
    def answer_seconds(self) -> float | None:
        """Seconds from the first request until the answer was there.

        A baseline may go on for longer.
        """
        if self.answered_at is not None:
            return self._since_asked(self.answered_at)
        # Earlier versions did not tell: there was nothing to wait for but these streams.
        ends = [s.ended_at for s in self.beside_baseline if s.ended_at is not None]
        ended = max(ends, default=self.seconds) if self.answered_by else None
        return None if ended is None else self._since_asked(ended)

    @property
    def baseline_seconds(self) -> float | None:
        """Seconds from the first request to the end of the baseline: on the answer's clock."""
        alone = self.baseline
        if alone is None or alone.ended_at is None:
            return None
        return self._since_asked(alone.ended_at)

    @property
    def asked_at(self) -> float:
        """When the turn's first request left, or 0."""
        return min((s.asked_at for s in self.streams.values() if s.asked_at is not None), default=0)

    def _since_asked(self, at: float) -> float:
        return at if self.kept else max(0.0, at - self.asked_at)

    @property
    def took(self) -> float | None:
        """Seconds until the answer was there, or until the turn was over without one."""
        if self.answered_by and (self.baseline or self.answered_at is not None):
            return self.answer_seconds
        return self.seconds

    @property
    def beside_baseline(self) -> list[StreamState]:
        """All streams but the baseline's: what the answer is made from."""
        return [s for s in self.streams.values() if s.role is not Role.BASELINE]

    @property
    def tokens(self) -> int:
        """Output tokens of all streams."""
        return sum(stream.tokens for stream in self.streams.values())

    @property
    def written(self) -> int:
        """About how many tokens of text and reasoning have been shown: it never jumps."""
        shown = sum(s.text.length + s.reasoning.length for s in self.streams.values())
        return metrics.estimated_tokens(shown)

    @property
    def answer_tokens(self) -> int:
        """Output tokens of what the answer is made from: of all streams but a baseline's."""
        return sum(stream.tokens for stream in self.beside_baseline)

    @property
    def cost(self) -> float | None:
        """US dollars of all streams; None where that of any is not known."""
        if self.kept:
            return self.kept.cost
        costs = [stream.cost for stream in self.streams.values()]
        return None if None in costs else sum(cost for cost in costs if cost is not None)

    @property
    def throughput(self) -> float | None:
        """Output tokens per second of all streams but a baseline's, from the first to the last."""
        if self.kept:
            return self.kept.throughput
        writing = [s.writing for s in self.beside_baseline if s.first_at is not None]
        if not writing:
            return None
        begun, ended, tokens = zip(*writing, strict=True)
        return metrics.throughput(sum(tokens), max(ended) - min(begun))
