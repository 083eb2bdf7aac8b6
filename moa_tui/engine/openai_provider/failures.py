"""What can go wrong with a request → Failure, in words that say what to do next.

By where it went wrong: `statuses` for what the provider refused, `transport` for what never
arrived; here is what arrived and was no answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import openai

from moa_tui.engine import verdict
from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.statuses import Refusal, failure_of_refusal, message_in
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
            headers = error.response.headers
            return failure_of_refusal(Refusal(asked, error.status_code, _body(error.body), headers))
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


def _body(body: object) -> Mapping[str, Any]:
    """Return an error response's body as an object; of a web page there is nothing to quote."""
    if isinstance(body, str) and not _is_page(body):
        return {"message": body}
    return body if isinstance(body, dict) else {}


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
    if error.body is not None and message_in(error.body):
        return failure_of_refusal(Refusal(asked, _status_in(error.body), error.body))
    advice = f"check base_url of {asked.provider.name}, and any proxy"
    if _is_page(str(error)):
        message = f"{host} sent a web page instead of an answer"
        return Failure(FailureKind.NOT_AN_ANSWER, message, advice)
    if error.body is not None:
        message = f"{host} sent one document instead of a stream"
        return Failure(FailureKind.NOT_AN_ANSWER, message, advice)
    message = f"{host} sent {asked.quote(str(error))}"
    return Failure(FailureKind.NOT_AN_ANSWER, message, advice, retryable=True)


def _status_in(body: Mapping[str, Any]) -> int | None:
    """Return the HTTP status that an error inside a stream would have had, if it says."""
    for name in ("status_code", "code"):
        said = str(body.get(name))
        if len(said) == 3 and said.isdecimal() and said[0] in "45":
            return int(said)
    return None


def _is_page(text: str) -> bool:
    start = text[:2000].lstrip().lower()
    return start.startswith(("<!doctype", "<html")) or "<html" in start
