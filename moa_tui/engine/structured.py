"""JSON that a model was asked for, found in what it wrote around it. Pure."""

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?\s*\n(.*?)(?:\n```|\Z)", re.DOTALL | re.IGNORECASE)
_MOST_TRIED = 20
_LONGEST = 100_000


def json_object_in(text: str) -> dict[str, Any] | None:
    """Return the first JSON object in `text`: all of it, in a fence, or among other words."""
    text = text[:_LONGEST]
    for candidate in (text.strip(), *(match[1].strip() for match in _FENCE.finditer(text))):
        if candidate.startswith("{") and (found := _decoded(candidate)) is not None:
            return found
    start = -1
    for _ in range(_MOST_TRIED):
        start = text.find("{", start + 1)
        if start < 0:
            return None
        if (found := _decoded(text[start:])) is not None:
            return found
    return None


def _decoded(text: str) -> dict[str, Any] | None:
    """Decode the object that `text` begins with, whatever follows it."""
    try:
        value, _end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
