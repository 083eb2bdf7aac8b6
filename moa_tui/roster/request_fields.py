"""What a file may add to requests: further fields and headers, and what it may not.

Nothing that holds a key, nothing that the program sets itself, nothing that breaks out of its line.
"""

import json
import math
import re
from typing import Any

from pydantic_core import PydanticCustomError

REFUSED = "request_field"
"""The kind of the errors raised here: their words stand alone."""

MOST_BYTES = 8192
"""Of all further fields of a request, as JSON."""

_DEEPEST = 8
_MOST_HEADERS = 20
_LONGEST_VALUE = 500

_OWN_NAMES = {
    "system": "system_prompt",
    "max_completion_tokens": "max_tokens",
    **{
        name: name
        for name in (
            *("model", "temperature", "top_p", "max_tokens", "seed", "stop", "reasoning_effort"),
        )
    },
}
"""Fields that have a key of their own in the file."""

_OURS = frozenset({"messages", "stream", "n", "best_of", "prompt", "input", "response_format"})
"""Fields that belong to how the program asks: with another value it could not read the answer."""

_SECRET = re.compile(
    r"(?:^|[-_.])(?:api[-_]?keys?|x[-_]?key|auth|authorization|authentication|passw(?:or)?d|passwd"
    r"|secrets?|credentials?|(?:access|auth|id|refresh|bearer|api|session)[-_]?tokens?|token|bearer"
    r"|cookies?|signature|private[-_]?key|subscription[-_]?key)(?:$|[-_.])",
    re.IGNORECASE,
)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_SCHEME = re.compile(r"(?:bearer|basic|digest|negotiate)\s", re.IGNORECASE)
_HEADERS_OF_THE_CONNECTION = frozenset(
    (
        *("accept", "accept-charset", "accept-encoding", "connection", "content-encoding"),
        *(
            "content-length",
            "content-type",
            "date",
            "expect",
            "forwarded",
            "host",
            "http2-settings",
        ),
        *("keep-alive", "range", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
        *("via", "x-http-method-override", "x-method-override", "x-forwarded-for"),
        *("x-forwarded-host", "x-forwarded-proto", "x-real-ip", "x-stainless-raw-response"),
    )
)


def checked_extra_body(value: dict[str, Any]) -> dict[str, Any]:
    """Return further fields of a request; raises pydantic's error for what may not be there."""
    for name in value:
        own = _OWN_NAMES.get(name.strip().lower())
        if own:
            raise _refused(f"should not hold '{_shown(name)}' — write it as '{own}:' of the agent")
        if name.strip().lower() in _OURS:
            raise _refused(f"should not hold '{_shown(name)}', which moa-tui sets — take it out")
        if name.strip().lower() == "stream_options":
            raise _refused("should not hold 'stream_options' — 'omit' leaves it out")
    _look_through(value, 0)
    size = len(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    if size > MOST_BYTES:
        raise _refused(f"should have at most {MOST_BYTES // 1024} KB in all — make it smaller")
    return value


def checked_headers(value: dict[str, str]) -> dict[str, str]:
    """Return further headers of requests; raises pydantic's error for what may not be there."""
    if len(value) > _MOST_HEADERS:
        raise _refused(f"should have at most {_MOST_HEADERS} entries — take some out")
    names = [name.lower() for name in value]
    for name, text in value.items():
        lower, shown = name.lower(), _shown(name)
        if not _HEADER_NAME.fullmatch(name):
            raise _refused(f"has '{shown}', which is no name of a header — letters, digits and '-'")
        if names.count(lower) > 1:
            raise _refused(f"has '{shown}' twice — keep one")
        if lower in _HEADERS_OF_THE_CONNECTION or lower.startswith(
            ("proxy-", "sec-", "x-stainless")
        ):
            raise _refused(f"should not hold '{shown}', which belongs to the connection")
        if _SECRET.search(name) or _SCHEME.match(text):
            raise _refused(
                f"should not hold '{shown}', as a key does not belong into this file — name its"
                " variable: api_key_env"
            )
        if not _HEADER_VALUE.fullmatch(text) or len(text) > _LONGEST_VALUE:
            raise _refused(
                f"'{shown}' should be one line of at most {_LONGEST_VALUE} plain characters (ASCII)"
            )
    return value


def _look_through(value: object, depth: int) -> None:
    """Refuse what JSON cannot hold, what is nested without end, and names of keys."""
    if depth > _DEEPEST:
        raise _refused(f"should be nested at most {_DEEPEST} deep — make it flatter")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_name(name, inner)
            _look_through(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _look_through(inner, depth + 1)
    elif not isinstance(value, str | int | float | None):
        raise _refused("should hold text, numbers, true, false and lists of these only")
    elif isinstance(value, float) and not math.isfinite(value):
        raise _refused("should hold numbers that are finite")


def _check_name(name: object, value: object) -> None:
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise _refused("should have words as its names — put them in quotes")
    if _SECRET.search(name) and not isinstance(value, int | float):
        raise _refused(
            f"should not hold '{_shown(name)}', as a key does not belong into this file"
            " — name its variable: api_key_env"
        )


def _refused(what: str) -> PydanticCustomError:
    return PydanticCustomError(REFUSED, "{what}", {"what": what})


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in name[:60])
