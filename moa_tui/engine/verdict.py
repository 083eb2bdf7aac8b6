"""What came of a stream: its answer, and the one outcome it gets. Pure.

An answer is complete only if the wire says so: with a word that is known to mean it, and with
nothing before it that could not be read. A clean end alone says nothing.
"""

from dataclasses import dataclass

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.engine.wire.finish_reason import Ending, Meaning, meaning_of
from moa_tui.engine.wire.words import shown
from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster.model import Agent

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


@dataclass(frozen=True, slots=True)
class Received:
    """What came of a stream. `done` is the end mark; `thought`: there was reasoning.

    `doubt` names what could not be read, `tool` the tool that the model calls (it may have no
    name).
    """

    text: str
    finish_reason: str | None = None
    done: bool = False
    thought: bool = False
    doubt: str = ""
    tool: str | None = None

    @property
    def has_text(self) -> bool:
        """Whether there is anything to be read."""
        return bool(self.text.strip())


def judge(
    received: Received, failure: Failure | None, *, finish_required: bool
) -> tuple[Outcome, Failure | None]:
    """Return the outcome of a stream that ended by itself, and why it is no better."""
    if failure and failure.kind is FailureKind.FILTERED:
        return Outcome.FILTERED, failure
    failure = failure or _lack(received, finish_required=finish_required)
    if failure:
        return (Outcome.PARTIAL if received.has_text else Outcome.FAILED), failure
    meaning = meaning_of(received.finish_reason)
    if meaning and meaning.ending is Ending.FILTERED:
        return Outcome.FILTERED, None
    if meaning and meaning.ending is Ending.TRUNCATED:
        return Outcome.TRUNCATED, None if received.has_text else _NO_ROOM
    if received.has_text:
        return Outcome.COMPLETE, None
    return Outcome.FAILED, _ONLY_THOUGHT if received.thought else _EMPTY


def _lack(received: Received, *, finish_required: bool) -> Failure | None:
    """Return why a stream that ended without an error is not what its end says, or has none."""
    meaning = meaning_of(received.finish_reason)
    doubt = _unread(received.doubt) if received.doubt else None
    if meaning is None:
        proved = received.done and not finish_required and received.has_text
        if not proved:
            return doubt or _CUT
    if received.tool is not None or (meaning and meaning.ending is Ending.TOOL):
        return _tool_called(received)
    if meaning and meaning.ending is Ending.PARTIAL:
        return _given_up(meaning)
    return None if meaning and meaning.ending is Ending.FILTERED else doubt


def gave_up(finish_reason: str | None) -> Failure | None:
    """Return the failure of a stream whose provider gave up, with a word that says so."""
    meaning = meaning_of(finish_reason)
    return _given_up(meaning) if meaning and meaning.gave_up else None


def failure_of(error: Exception) -> Failure:
    """Name what went wrong, whatever was raised."""
    match error:
        case ProviderError():
            return error.failure
        case MissingKeyError():
            return Failure(FailureKind.WRONG_KEY, error.message, error.advice)
        case MoaError():
            return Failure(FailureKind.LOCAL_MODEL, error.message, error.advice)
    said = shown(str(error), 200) or "no more is known"
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


def name_server_silent(provider: str) -> Failure:
    """Return why a request cannot leave whose host is still being looked up."""
    return Failure(
        FailureKind.DNS,
        f"the name server does not say where {provider} is",
        "check the network and its name server",
        retryable=True,
    )


def too_late(seconds: float, retried: Failure | None) -> Failure:
    """Return the failure of a stream that used up its time; `retried` is what it spent it on."""
    if retried:
        message = f"no answer within {seconds:g} s: {retried.message}"
        kind = retried.kind if retried.kind is FailureKind.DNS else FailureKind.TIMEOUT
        return Failure(kind, message, retried.advice)
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
_ONLY_THOUGHT = Failure(
    FailureKind.EMPTY,
    "the model thought, and wrote no answer",
    "ask again, raise max_tokens, or lower reasoning_effort",
)
_CUT = Failure(
    FailureKind.CUT,
    "the connection ended before the answer did",
    "ask again; if it happens every time, look at the proxy or the server",
)


def _given_up(meaning: Meaning) -> Failure:
    advice = "ask again" if meaning.gave_up else "ask again, or try another model"
    return Failure(FailureKind.GIVEN_UP, meaning.why, advice, retryable=meaning.gave_up)


def _tool_called(received: Received) -> Failure:
    message = "the model stopped to call a tool, and nobody gave it one"
    if received.tool:
        message = f"the model called the tool {received.tool}, which nobody gave it"
    return Failure(
        FailureKind.TOOL,
        message,
        "say in its system prompt that there are no tools, or try another model",
    )


def _unread(doubt: str) -> Failure:
    return Failure(
        FailureKind.UNREADABLE,
        f"a part of the answer could not be read: {doubt}",
        "ask again; if it happens every time, look at the proxy or the server",
    )
