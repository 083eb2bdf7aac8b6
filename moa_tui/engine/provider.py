"""What the engine asks of a provider: one protocol, its request, what comes back, how it fails."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto
from typing import Protocol

from moa_tui.engine.buckets import RateReading
from moa_tui.errors import MoaError
from moa_tui.roster.model import Sampling


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a prompt; `role` is system, user or assistant."""

    role: str
    content: str


class Step(Enum):
    """How far a request has come."""

    RESOLVING = auto()
    """A name server is asked where the host is."""
    CONNECTING = auto()
    SENT = auto()
    """Its first bytes are about to be written."""


def _ignore(_told: object, /) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What is sent for one stream. `on_limits` hears what the response says of rate limits.

    `on_step` hears how far the request has come; every provider tells `Step.SENT`.

    `schema` is a JSON schema that the answer should have, where the provider can see to that.
    """

    model: str
    messages: tuple[Message, ...]
    sampling: Sampling
    schema: Mapping[str, object] | None = field(default=None, compare=False)
    on_limits: Callable[[Sequence[RateReading]], None] = field(default=_ignore, compare=False)
    on_step: Callable[[Step], None] = field(default=_ignore, compare=False)


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; `output` includes `reasoning`."""

    prompt: int
    output: int
    reasoning: int = 0
    cached: int = 0


@dataclass(frozen=True, slots=True)
class ServerTiming:
    """Seconds as the provider measured them; None where it does not say."""

    queue: float | None = None
    prompt: float | None = None
    completion: float | None = None
    total: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Everything that one network read brought, in the order reasoning, text.

    A batch may hold many tokens; `finish_reason` is in the provider's own words, which
    `wire.finish_reason` understands; `done` is the end-of-stream marker; `at` is when the bytes
    were read, as `time.perf_counter` counts, None where nobody took note.
    """

    text: str = ""
    reasoning: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    timing: ServerTiming | None = None
    prompt_read: tuple[int, int] | None = None
    """Prompt tokens read so far and in all, from servers that report it."""
    done: bool = False
    recognized: bool = False
    """All text before this batch has been reasoning, as a mark in the text now shows."""
    reopened: bool = False
    """There is text after the finish reason: that one was not the end."""
    doubt: str = ""
    """Something came that could not be read: the text may lack it."""
    tool: str | None = None
    """The model calls a tool; the name of it, where it is told."""
    at: float | None = None


class FailureKind(StrEnum):
    """Why a stream failed, one word each; the words shown are in `Failure.message`."""

    REFUSED = "refused"
    DNS = "dns"
    TLS = "tls"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    WRONG_KEY = "wrong key"
    FORBIDDEN = "not allowed"
    FILTERED = "filtered"
    PAYMENT = "payment"
    UNKNOWN_MODEL = "unknown model"
    BAD_REQUEST = "bad request"
    TOO_LONG = "too long"
    RATE_LIMITED = "rate limited"
    OVERLOADED = "overloaded"
    SERVER = "server error"
    NOT_AN_ANSWER = "not an answer"
    CUT = "cut"
    UNREADABLE = "not understood"
    GIVEN_UP = "given up"
    TOOL = "tool"
    EMPTY = "empty"
    TOO_LARGE = "too large"
    CEILING = "not sent"
    LOCAL_MODEL = "embedded model"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a stream failed: what happened, what the person can do, whether asking again may help.

    `retry_after` is the provider's own wish in seconds.
    """

    kind: FailureKind
    message: str
    advice: str = ""
    retryable: bool = False
    retry_after: float | None = None
    status: int | None = None
    context_window: int | None = None
    """What a refusal of a prompt that is too long says of the model's window, in tokens."""


class ProviderError(MoaError):
    """A request that failed, as a Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message, failure.advice)
        self.failure = failure


class AskedDifferentlyError(ProviderError):
    """A refusal of a part of the request, which is left out from now on: to be asked again at once.

    `notice` says what was left out; it is empty where that has been said before.
    """

    def __init__(self, failure: Failure, notice: str = "") -> None:
        super().__init__(failure)
        self.notice = notice


class ChatProvider(Protocol):
    """A place to send requests to. Implementations raise ProviderError and nothing else."""

    def stream(self, request: ChatRequest) -> AsyncGenerator[Batch, None]:
        """Send `request` and yield one batch per network read until the stream ends."""
        ...

    async def models(self) -> list[str]:
        """Return the names of the models this provider serves."""
        ...

    async def aclose(self) -> None:
        """Close connections; the provider is not used afterwards."""
        ...
