"""What came of a stream: its answer, and the one outcome it gets. Pure.

An answer is complete only if the wire says so: a clean end alone says nothing.
"""

from dataclasses import dataclass

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster.model import Agent
from moa_tui.text import clean_line

USABLE = frozenset({Outcome.COMPLETE, Outcome.TRUNCATED})
"""Outcomes whose text may be given to others: text of a broken stream never is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a stream came to. `used` is false where its layer went on without it.

    `part` names the part of the plan that it answers, in a turn that has one.
    """

    stream: str
    agent: Agent
    text: str
    outcome: Outcome
    failure: Failure | None = None
    sample: int = 0
    used: bool = True
    part: str = ""

    @property
    def label(self) -> str:
        """The agent's name, with the number of the sample where there are several."""
        return f"{self.agent.name} {self.sample}" if self.sample else self.agent.name

    @property
    def usable(self) -> bool:
        """Whether the text may be given to others."""
        return bool(self.text.strip()) and self.outcome in USABLE


def judge(
    text: str, finish_reason: str | None, failure: Failure | None, *, finish_required: bool
) -> tuple[Outcome, Failure | None]:
    """Return the outcome of a stream that ended by itself, and why it is no better."""
    has_text = bool(text.strip())
    if failure and failure.kind is FailureKind.FILTERED:
        return Outcome.FILTERED, failure
    if failure:
        return (Outcome.PARTIAL if has_text else Outcome.FAILED), failure
    match finish_reason:
        case "length":
            return Outcome.TRUNCATED, None if has_text else _NO_ROOM
        case "content_filter":
            return Outcome.FILTERED, None
        case None if finish_required or not has_text:
            return (Outcome.PARTIAL if has_text else Outcome.FAILED), _CUT
    return (Outcome.COMPLETE, None) if has_text else (Outcome.FAILED, _EMPTY)


def failure_of(error: Exception) -> Failure:
    """Name what went wrong, whatever was raised."""
    match error:
        case ProviderError():
            return error.failure
        case MissingKeyError():
            return Failure(FailureKind.WRONG_KEY, error.message, error.advice)
        case MoaError():
            return Failure(FailureKind.LOCAL_MODEL, error.message, error.advice)
    said = clean_line(str(error)) or "no more is known"
    return Failure(FailureKind.INTERNAL, f"{type(error).__name__}: {said}")


def no_first_token(seconds: float, provider: str) -> Failure:
    """Return the failure of an attempt that brought nothing in time."""
    return Failure(
        FailureKind.TIMEOUT,
        f"{provider} sent nothing of an answer within {seconds:g} s",
        "raise this agent's first_token_timeout, or try another model",
        retryable=True,
    )


def silence(seconds: float, provider: str) -> Failure:
    """Return the failure of a stream that fell silent."""
    return Failure(
        FailureKind.TIMEOUT,
        f"{provider} sent no more of the answer for {seconds:g} s",
        "ask again, or raise this agent's gap_timeout",
    )


def too_late(seconds: float, retried: Failure | None) -> Failure:
    """Return the failure of a stream that used up its time; `retried` is what it spent it on."""
    if retried:
        message = f"no answer within {seconds:g} s: {retried.message}"
        return Failure(FailureKind.TIMEOUT, message, retried.advice)
    message = f"no complete answer within {seconds:g} s"
    return Failure(FailureKind.TIMEOUT, message, "raise this agent's timeout, or ask for less")


def too_large(characters: int) -> Failure:
    """Return the failure of an answer that does not end."""
    return Failure(
        FailureKind.TOO_LARGE,
        f"the answer did not end within {characters:,} characters",
        "lower max_tokens, or raise this agent's max_characters",
    )


GIVEN_UP_IN_QUEUE = Failure(
    FailureKind.RATE_LIMITED,
    "given up while waiting for the rate limit",
    "wait a minute, or use fewer agents or a smaller max_tokens",
)
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
