"""Bytes of a JSON file → its root object."""

import json
from typing import Any

from moa_tui.errors import MoaError
from moa_tui.text import clean_line

MAX_BYTES = 1024 * 1024
"""Of a file to import; the largest real one has a hundredth of it."""

_EXPECTED = "give the JSON that the workshop's app, or a program it was made from, has exported"


def read_object(source: bytes, name: str) -> dict[str, Any]:
    """Return the object in `source`, in any encoding that JSON may have; raises MoaError."""
    if len(source) > MAX_BYTES:
        raise MoaError(f"{name} has more than {MAX_BYTES // 1024:,} KB", _EXPECTED)
    if not source.strip():
        raise MoaError(f"{name} is empty", _EXPECTED)
    try:
        data = json.loads(source, object_pairs_hook=_keeping_all)
    except json.JSONDecodeError as error:
        place = f"{name}:{error.lineno}:{error.colno}"
        raise MoaError(f"{place}: not JSON: {clean_line(error.msg)}", _EXPECTED) from None
    except UnicodeDecodeError:
        raise MoaError(f"{name} is neither UTF-8 nor UTF-16", "save it as UTF-8") from None
    except RecursionError:
        raise MoaError(f"{name} is nested too deeply", _EXPECTED) from None
    except ValueError as error:  # a number of thousands of digits
        raise MoaError(f"{name}: {clean_line(str(error))}", _EXPECTED) from None
    if not isinstance(data, dict):
        raise MoaError(f"{name} holds no JSON object", _EXPECTED)
    return data


def _keeping_all(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; an agent whose name stands there twice must not take the other's place."""
    found: dict[str, Any] = {}
    times: dict[str, int] = {}
    for key, value in pairs:
        times[key] = times.get(key, 0) + 1
        found[key if times[key] == 1 else f"{key} ({times[key]})"] = value
    return found
