"""The error bodies of Cerebras, verbatim.

Sources: bodies quoted in public GitHub threads between July and September 2026, and Cerebras'
OpenAPI document of 2026-07-24. They are top-level objects: there is no "error" wrapper.
"""

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """A refusal before any stream: its HTTP status and its body (text is sent as HTML)."""

    status: int
    body: Json | str


def _body(message: str, kind: str, param: str, code: str) -> Json:
    return {"message": message, "type": kind, "param": param, "code": code}


def request_quota(window: str = "minute") -> Failure:
    """429: too many requests in a window ("second", "minute", "hour" or "day")."""
    message = f"Requests per {window} limit exceeded - too many requests sent."
    return Failure(
        429, _body(message, "too_many_requests_error", "quota", "request_quota_exceeded")
    )


def token_quota(window: str = "minute") -> Failure:
    """429: too many tokens in a window ("minute" or "day")."""
    message = f"Tokens per {window} limit exceeded - too many tokens processed."
    return Failure(429, _body(message, "too_many_tokens_error", "quota", "token_quota_exceeded"))


def wrong_api_format(*problems: str) -> Failure:
    """400: the request object is closed; several problems come joined by a newline."""
    message = "\n".join(problems)
    return Failure(
        400, _body(message, "invalid_request_error", "validation_error", "wrong_api_format")
    )


def unsupported(path: str) -> str:
    """The problem text for a field that Cerebras does not know, such as `body.store`."""
    return f"{path}: property '{path}' is unsupported"


def context_length(current: int = 196699, limit: int = 131072) -> Failure:
    """400: prompt and reservation together are longer than the context."""
    message = (
        "Please reduce the length of the messages or completion. "
        f"Current length is {current} while limit is {limit}"
    )
    body = _body(message, "invalid_request_error", "messages", "context_length_exceeded")
    return Failure(400, {**body, "id": ""})


def plain(status: int, message: str = "") -> Failure:
    """A status whose body nobody has recorded (408, 413, 422, 503): the usual shape, our words."""
    return Failure(status, _body(message or f"status {status}", "api_error", "", ""))


REQUEST_QUOTA = request_quota()
TOKEN_QUOTA = token_quota()
QUEUE_EXCEEDED = Failure(
    429,
    _body(
        "We're experiencing high traffic right now! Please try again soon.",
        "too_many_requests_error",
        "queue",
        "queue_exceeded",
    ),
)
PAYMENT_REQUIRED = Failure(
    402,
    _body(
        "Payment required to access this resource. Visit your billing tab.",
        "payment_required_error",
        "quota",
        "payment_required",
    ),
)
WRONG_KEY = Failure(
    401, _body("Wrong API Key", "invalid_request_error", "api_key", "wrong_api_key")
)
NOT_AUTHENTICATED = Failure(403, {"detail": "Not authenticated"})
MODEL_NOT_FOUND = Failure(
    404,
    _body(
        "Model does not exist or you do not have access to it.",
        "not_found_error",
        "model",
        "model_not_found",
    ),
)
HTML = (
    "<!DOCTYPE html>\n<html><head><title>Internal Server Error</title></head>"
    "<body><h1>Internal Server Error</h1></body></html>\n"
)
HTML_500 = Failure(500, HTML)
