"""Whether an object that a server sent says that something is wrong, and what it says.

An error is what says something: an empty error object, a code that means success or the word "ok"
is none. A message that stands by itself is remembered, and is the reason if no answer comes.
"""

from collections.abc import Mapping
from typing import Any

from moa_tui.engine.wire.content import says_something
from moa_tui.engine.wire.errors import WireError

_DEEPEST = 6
_FINE = {
    *("", "0", "ok", "success", "succeeded", "successful", "successfully", "none", "null", "nil"),
    *(
        "false",
        "no error",
        "no_error",
        "noerror",
        "normal",
        "done",
        "completed",
        "complete",
        "fine",
    ),
    *("request successful", "processing", "pending", "queued", "running", "in_progress"),
    *("ping", "pong", "heartbeat", "keepalive", "keep-alive", "keep_alive"),
}
_BESIDE = {"param", "params", "id", "request_id", "requestid", "sid", "trace_id", "traceid"}
_BESIDE |= {"log_id", "timestamp", "created", "object", "model", "version", "source", "provider"}
"""What stands beside an error's words and says nothing by itself."""

_CODES = (
    *("code", "status_code", "statusCode", "status", "error_code", "err_code", "errno"),
    "base_resp",
)
_ERRORS = ("error", "Error", "errors", "Errors", "fault")
"""Fields that hold an error, where they say something."""

_WORDS = ("message", "msg", "detail", "error_msg", "error_message", "errors", "reason")
_WORDS_BELOW = {*_WORDS, "error", "faultstring", "errormessage", "errmsg", "status_msg"}
"""Names of words in an object of an event that has none of its own."""

_MOST = 64


def error_in(event: Mapping[str, Any]) -> WireError | None:
    """Return the error that an event is, or holds; None where it says of none."""
    groq = event.get("x_groq")
    inner = groq.get("error") if isinstance(groq, dict) else None
    held = (*(event.get(name) for name in _ERRORS), inner)
    error = next((e for e in held if _is_error(e)), None)
    if error is None:
        if says_something(event.get("choices")) or not _is_refusal(event):
            return None
        words = next((event[n] for n in _WORDS if says_something(event.get(n))), None)
        if words is None:
            return WireError("an error in the stream", event)
        error = {"message": words, "code": event.get("code"), "type": event.get("type")}
    return _as_error(error, event)


def remark_in(event: Mapping[str, Any]) -> WireError | None:
    """Return what an event without choices says, without saying that it is an error."""
    for name in _WORDS:
        if _is_error(said := event.get(name)):
            return _as_error({"message": said}, event)
    if any(isinstance(inner, dict) and _has_words(inner) for inner in event.values()):
        return WireError("an error in the stream", event)  # AWS, Apigee: under a name of its own
    return None


def error_of_choice(choices: list[Any]) -> WireError | None:
    """Return the error that stands within a choice (OpenRouter); None where there is none."""
    for item in choices:
        if isinstance(item, dict) and not item.get("index") and _is_error(item.get("error")):
            return _as_error(item["error"], {})
    return None


def _has_words(value: Mapping[str, Any], depth: int = 0) -> bool:
    for name, inner in list(value.items())[:_MOST]:
        if str(name).lower() in _WORDS_BELOW and _is_error(inner):
            return True
        if isinstance(inner, dict) and depth < _DEEPEST and _has_words(inner, depth + 1):
            return True
    return False


def _as_error(error: object, event: Mapping[str, Any]) -> WireError:
    body = error if isinstance(error, dict) else {"message": error}
    if isinstance(error, bool | int | float):  # a flag or a code: the words stand beside it
        words = next((event[name] for name in _WORDS if says_something(event.get(name))), None)
        body = {"message": words, "code": error} if words else body
    said = body.get("message")
    # Not str(said): the message of a hostile server may be nested too deeply for it.
    message = said if isinstance(said, str) and said.strip() else ""
    status = event.get("status_code")
    beside = {} if status is None else {"status_code": status}
    if message or isinstance(said, dict | list):
        return WireError(message or "an error in the stream", {**body, **beside})
    message = "an error in the stream"
    return WireError(message, {**body, "message": message, **beside})


def _is_refusal(event: Mapping[str, Any]) -> bool:
    """Whether an event without choices is an error by its type, its status or its code."""
    named = {str(event.get(name)).lower() for name in ("object", "type", "event")}
    named.add(str(event.get("__type")).lower())  # AWS; its streams name an event by its key
    held = ((name, inner) for name, inner in event.items() if isinstance(inner, dict))
    named |= {str(name).lower() for name, inner in held if _is_error(inner)}
    if any(name.endswith(("error", "exception")) for name in named):
        return True
    return any(_is_bad_code(event.get(name)) for name in _CODES)


def _is_bad_code(code: object) -> bool:
    if isinstance(code, dict):  # MiniMax: base_resp
        return any(_is_bad_code(code.get(name)) for name in ("status_code", "code"))
    if isinstance(code, str):
        plain = code.strip().lower()
        return (
            _is_bad_code(int(plain))
            if plain.isdecimal() and len(plain) < 9
            else (plain not in _FINE)
        )
    if isinstance(code, bool) or not isinstance(code, int | float):
        return False
    return code != 0 and not 100 <= code < 400


def _is_error(value: object, depth: int = 0) -> bool:
    """Whether a value in the place of an error says something."""
    match value:
        case None | False:
            return False
        case True:
            return True
        case str():
            return value.strip().lower() not in _FINE
        case int() | float():
            return _is_bad_code(value)
        case list():
            return depth > _DEEPEST or any(_is_error(item, depth + 1) for item in value)
        case dict():
            return depth > _DEEPEST or _object_is_error(value, depth)
    return False


def _object_is_error(value: Mapping[str, Any], depth: int) -> bool:
    for name, item in value.items():
        plain = str(name).lower()
        if plain in _BESIDE:
            continue
        if _is_bad_code(item) if plain in _CODES else _is_error(item, depth + 1):
            return True
    return False
