"""A refusal by the provider → Failure.

Statuses, codes and bodies: the providers' API references, and what they were seen to send.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.waits import wait_of_quota, wait_of_server
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.text import clean_line

_TOO_LONG = {"context_length_exceeded", "exceed_context_size_error"}
_NO_MONEY = {"insufficient_quota", "payment_required"}
_WINDOW = re.compile(
    r"(?:limit is|maximum context length is|context size(?: of)?) \(?(\d{3,7}|\d{1,3}(?:,\d{3})+)\b"
)
"""How servers word it: Cerebras, OpenAI and vLLM, llama.cpp."""
_LONG_WINDOWS = ("per day", "per hour", "daily", "hourly")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a provider said instead of an answer: as an HTTP response, or inside a stream."""

    asked: Asked
    status: int | None
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> str:
        """The provider's own words, fit to be shown; often none."""
        return self.asked.quote(message_in(self.body))

    @property
    def codes(self) -> set[str]:
        """`code` and `type`: which of them says something differs from provider to provider."""
        return {str(self.body.get(name)) for name in ("code", "type")}

    def failure(
        self, kind: FailureKind, message: str, advice: str, *, retryable: bool = False
    ) -> Failure:
        """Return a Failure that says `message` and waits as the provider asks."""
        wait = wait_of_server(self.headers) if retryable else None
        return Failure(
            kind, message, advice, retryable=retryable, retry_after=wait, status=self.status
        )


def failure_of_refusal(refusal: Refusal) -> Failure:
    """Name what a refusal means; codes say more than statuses, where there are any."""
    said = refusal.said.lower()
    if refusal.codes & _TOO_LONG or refusal.status == 413 or "context length" in said:
        return _too_long(refusal)
    if refusal.codes & _NO_MONEY:
        return _payment(refusal)
    status = refusal.status or 500
    if status in _TELL:
        return _TELL[status](refusal)
    if 300 <= status < 400:
        return _redirected(refusal)
    return _failed(refusal) if status >= 500 else _bad_request(refusal)


def message_in(body: Mapping[str, Any]) -> str:
    """Return what an error object says, wherever its provider puts it."""
    inner = body.get("error")
    if isinstance(inner, dict):
        body = inner
    for name in ("message", "detail", "error"):
        if isinstance(body.get(name), str):
            return str(body[name])
    return ""


def _too_long(refusal: Refusal) -> Failure:
    advice = "shorten the question or the conversation, or lower max_tokens"
    message = f"{refusal.asked.host}: {refusal.said or 'the prompt is too long'}"
    failure = refusal.failure(FailureKind.TOO_LONG, message, advice)
    told = _WINDOW.search(refusal.said)
    return replace(failure, context_window=int(told[1].replace(",", ""))) if told else failure


def _payment(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} wants to be paid first: {refusal.said or 'payment required'}"
    return refusal.failure(FailureKind.PAYMENT, message, "look at the provider's billing page")


def _wrong_key(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} refused the key: {refusal.said or refusal.status}"
    return refusal.failure(FailureKind.WRONG_KEY, message, f"check {refusal.asked.variable}")


def _not_found(refusal: Refusal) -> Failure:
    asked, said = refusal.asked, refusal.said
    told = f"{said} {refusal.codes}".lower()
    if asked.model and ("model" in told or asked.model.lower() in told):
        message = f"{asked.host} does not serve the model '{clean_line(asked.model)}'"
        advice = f"see what it serves: moa-tui models --provider {asked.provider.name}"
        return refusal.failure(FailureKind.UNKNOWN_MODEL, message, advice)
    message = f"{asked.host} has nothing at this address" + _in_brackets(said)
    advice = f"check base_url of {asked.provider.name}: it usually ends in /v1"
    return refusal.failure(FailureKind.NOT_AN_ANSWER, message, advice)


def _rate_limited(refusal: Refusal) -> Failure:
    if "queue_exceeded" in refusal.codes:
        return _overloaded(refusal)
    said = refusal.said
    short = not any(window in said.lower() for window in _LONG_WINDOWS)
    # When the minute's quota is full again says nothing of the day's.
    wait = wait_of_quota if short else wait_of_server
    return Failure(
        FailureKind.RATE_LIMITED,
        f"{refusal.asked.host}: {said or 'too many requests'}",
        "wait, or use fewer agents or a smaller max_tokens",
        retryable=short,
        retry_after=wait(refusal.headers),
        status=refusal.status,
    )


def _overloaded(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} is overloaded" + _in_brackets(refusal.said)
    return refusal.failure(FailureKind.OVERLOADED, message, "ask again in a moment", retryable=True)


def _too_slow(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} gave up waiting for the request" + _in_brackets(refusal.said)
    return refusal.failure(FailureKind.TIMEOUT, message, "ask again", retryable=True)


def _redirected(refusal: Refusal) -> Failure:
    message = f"{refusal.asked.host} redirects elsewhere, which is not followed"
    advice = f"correct base_url of {refusal.asked.provider.name}"
    return refusal.failure(FailureKind.SERVER, message, advice)


def _failed(refusal: Refusal) -> Failure:
    status = _in_brackets(refusal.status or "")
    message = f"{refusal.asked.host} failed{status}" + (refusal.said and f": {refusal.said}")
    return refusal.failure(FailureKind.SERVER, message, "ask again later", retryable=True)


def _bad_request(refusal: Refusal) -> Failure:
    asked = refusal.asked
    reason = refusal.said or "no reason given"
    message = f"{asked.host} refused the request ({refusal.status}): {reason}"
    advice = "check this agent's settings in agents.yaml"
    return refusal.failure(FailureKind.BAD_REQUEST, message, advice)


def _in_brackets(words: object) -> str:
    return f" ({words})" if words else ""


_TELL: dict[int, Callable[[Refusal], Failure]] = {
    401: _wrong_key,
    402: _payment,
    403: _wrong_key,
    404: _not_found,
    408: _too_slow,
    429: _rate_limited,
    503: _overloaded,
    529: _overloaded,
}
