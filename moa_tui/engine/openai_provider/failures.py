"""What can go wrong with a request → Failure, in words that say what to do next.

By where it went wrong: `statuses` for what the provider refused, `transport` for what never
arrived; here is what arrived and was no answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import httpx2
import openai

from moa_tui.engine import verdict
from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.reasons import parsed, reason_in, statuses_in
from moa_tui.engine.openai_provider.statuses import Refusal, failure_of_refusal
from moa_tui.engine.openai_provider.transport import failure_of_transport
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.engine.wire.errors import (
    CutShortError,
    EmptyAnswerError,
    UnreadableError,
    WireError,
)
from moa_tui.errors import MoaError

_SERVER_IS_GONE = {FailureKind.REFUSED, FailureKind.CONNECTION}


def failure_of(error: Exception, asked: Asked) -> Failure:
    """Name what `error` means for the request that was `asked`."""
    match error:
        case MoaError():
            return verdict.failure_of(error)
        case openai.APIStatusError():
            return failure_of_refusal(refusal_of(error, asked))
        case WireError():
            return _of_wire(error, asked)
    return failure_of_transport(error, asked)


def may_have_ended(failure: Failure) -> bool:
    """Whether `failure` looks as if there were no server any more."""
    return failure.kind in _SERVER_IS_GONE


def server_ended(failure: Failure) -> Failure:
    """Return what to say of the embedded model's server when its process has ended."""
    message, advice = "the embedded model's server stopped", "ask again: it is started anew"
    kind = FailureKind.LOCAL_MODEL
    return replace(failure, kind=kind, message=message, advice=advice, retryable=True)


def refusal_of(error: openai.APIStatusError, asked: Asked) -> Refusal:
    """Return what an error response says, whole: the SDK keeps a part of its body only."""
    try:
        body = parsed(error.response.text)
    except (httpx2.StreamError, LookupError):  # not read, or in no encoding that there is
        body = error.body
    return Refusal(asked, error.status_code, body, error.response.headers)


def _of_wire(error: WireError, asked: Asked) -> Failure:
    host = asked.host
    match error:
        case EmptyAnswerError():
            message, advice = f"{host} sent an empty answer", "ask again, or try another model"
            return Failure(FailureKind.EMPTY, message, advice, retryable=True)
        case CutShortError():
            message = f"the connection to {host} ended before the answer did"
            return Failure(FailureKind.CUT, message, "ask again", retryable=True)
        case UnreadableError():
            message = f"nothing could be read of what {host} sent: {asked.quote(str(error))}"
            advice = f"check base_url of {asked.provider.name}, and any proxy"
            return Failure(FailureKind.UNREADABLE, message, advice)
    if error.body is not None and _is_error(error.body):
        status = next(statuses_in(error.body), None)
        return failure_of_refusal(Refusal(asked, status, error.body))
    advice = f"check base_url of {asked.provider.name}, and any proxy"
    if _is_page(str(error)):
        message = f"{host} sent a web page instead of an answer"
        return Failure(FailureKind.NOT_AN_ANSWER, message, advice)
    if error.body is not None:
        message = f"{host} sent one document instead of a stream"
        return Failure(FailureKind.NOT_AN_ANSWER, message, advice)
    message = f"{host} sent {asked.quote(str(error))}"
    return Failure(FailureKind.NOT_AN_ANSWER, message, advice, retryable=True)


def _is_error(body: Mapping[str, Any]) -> bool:
    """Whether an object says what went wrong: an answer's fields are no words of an error."""
    told = {name: body[name] for name in body if name not in {"choices", "usage"}}
    return bool(reason_in(told).words)


def _is_page(text: str) -> bool:
    start = text[:2000].lstrip().lower()
    return start.startswith(("<!doctype", "<html")) or "<html" in start
