"""What a turn reports while it runs. `at` is seconds since the turn began, on the engine's clock.

The history, the screen, the JSON and the recordings are all made from these and nothing else.
"""

from dataclasses import dataclass
from enum import StrEnum

from moa_tui.engine.planning.plan import Plan
from moa_tui.engine.provider import Failure, Message, ServerTiming, Usage
from moa_tui.engine.ranking.borda import Ranking
from moa_tui.engine.voting.tally import Tally
from moa_tui.roster.model import Price


class Outcome(StrEnum):
    """How a stream ended, in the words that every part of the program shows."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    FILTERED = "filtered"
    PARTIAL = "partial"
    FAILED = "failed"
    STOPPED = "stopped"


class TurnOutcome(StrEnum):
    """How a turn ended: degraded means that it has an answer and that something is missing."""

    COMPLETE = "complete"
    DEGRADED = "degraded"
    FAILED = "failed"
    STOPPED = "stopped"


class Role(StrEnum):
    """What a stream is for."""

    PROPOSER = "proposer"
    AGGREGATOR = "aggregator"
    PLANNER = "planner"
    REVIEWER = "reviewer"
    BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class TurnStarted:
    """A question is taken up. `started_at` is Unix time in seconds; `seed` orders references.

    `layers` names the proposers of each layer. Of a turn that is taken up again, what was kept
    follows, with the times it had. `further_of` names the turn whose proposals are put together
    once more.
    """

    at: float
    turn: str
    question: str
    strategy: str
    started_at: float
    seed: int = 0
    layers: tuple[tuple[str, ...], ...] = ()
    aggregator: str = ""
    attached: str = ""
    """What goes along with the question, as it is sent after it."""
    further_of: str = ""


@dataclass(frozen=True, slots=True)
class StreamPlanned:
    """A stream is about to be asked for; `stream` names it in all later events of the turn."""

    at: float
    stream: str
    agent: str
    role: Role
    layer: int
    model: str
    provider: str
    messages: tuple[Message, ...]
    color: str | None = None
    sample: int = 0
    instead_of: str | None = None
    """The stream that this one stands in for: it failed, or was cut off and is asked again."""
    part: str = ""
    """The part of the plan that it answers, in a turn that has one."""


@dataclass(frozen=True, slots=True)
class StreamQueued:
    """A request waits for the rate limit, for about `wait` seconds; told again if that changes.

    `over` says that it waits no longer.
    """

    at: float
    stream: str
    wait: float
    over: bool = False


@dataclass(frozen=True, slots=True)
class RequestSent:
    """The request of an attempt is about to be written; the first attempt is 1.

    An attempt that finds no connection has no such event.
    """

    at: float
    stream: str
    attempt: int


@dataclass(frozen=True, slots=True)
class PromptRead:
    """The server has read `tokens` of the `total` tokens of the prompt."""

    at: float
    stream: str
    tokens: int
    total: int


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """A piece of reasoning, cleaned, as it arrived; `at` is when its bytes were read."""

    at: float
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of the answer, cleaned, as it arrived; it may hold many tokens.

    `at` is when its bytes were read: pieces of one read have the same.
    """

    at: float
    stream: str
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningRecognized:
    """All text of the stream so far has been reasoning: a mark that ends it has come.

    What follows is the answer. The model had not set the mark that begins it.
    """

    at: float
    stream: str


@dataclass(frozen=True, slots=True)
class RetryScheduled:
    """An attempt failed and another follows after `delay` seconds."""

    at: float
    stream: str
    attempt: int
    delay: float
    failure: Failure


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """A stream is over; what it wrote stays, whatever the outcome.

    `used` is false for a straggler that was stopped because its layer had gone on without it.
    """

    at: float
    stream: str
    outcome: Outcome
    finish_reason: str | None = None
    usage: Usage | None = None
    timing: ServerTiming | None = None
    failure: Failure | None = None
    used: bool = True
    vain: int = 0
    """Tokens, estimated, of the prompts of attempts that brought nothing and may have cost."""


@dataclass(frozen=True, slots=True)
class PlanMade:
    """The planner has parted the question, or named the one agent who answers it whole."""

    at: float
    plan: Plan


@dataclass(frozen=True, slots=True)
class VotesCounted:
    """Exact answers were counted: told again with every answer that comes."""

    at: float
    tally: Tally


@dataclass(frozen=True, slots=True)
class AnswersRanked:
    """The agents have ranked one another's answers."""

    at: float
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something the person should know about this turn, in a sentence."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Priced:
    """What a model costs that takes part; may come at any time before the turn has ended."""

    at: float
    provider: str
    model: str
    price: Price


@dataclass(frozen=True, slots=True)
class TurnEnded:
    """The turn is over. `answer` is the final answer, empty when there is none.

    `answered_by` is the stream it came from, `answer_outcome` how that one ended: only a complete
    answer is whole. `answered_at` is when it was there: a baseline may go on for longer. `failure`
    is what all agents failed of, where none gave an answer.
    """

    at: float
    outcome: TurnOutcome
    answer: str
    answered_by: str | None = None
    failure: Failure | None = None
    answer_outcome: Outcome | None = None
    answered_at: float | None = None


StreamEvent = (
    StreamPlanned
    | StreamQueued
    | RequestSent
    | PromptRead
    | ReasoningDelta
    | TextDelta
    | ReasoningRecognized
    | RetryScheduled
    | StreamEnded
)
TurnEvent = (
    TurnStarted
    | StreamEvent
    | PlanMade
    | VotesCounted
    | AnswersRanked
    | Noticed
    | Priced
    | TurnEnded
)
