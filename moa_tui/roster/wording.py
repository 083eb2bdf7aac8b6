"""What the problems of an agents.yaml are called: pydantic's findings in words for a person."""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from moa_tui.roster.document import Location
from moa_tui.roster.request_fields import REFUSED
from moa_tui.roster.schema import fields_at
from moa_tui.text import clean_line

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_KEYS_THAT_HOLD_KEYS = {"api_key", "apikey", "key", "token", "api_token", "secret", "password"}
_KEY_VARIABLE = "should be the name of a variable that ends in _API_KEY or _API_TOKEN, not a key"
_COLOR = "should be '#rrggbb' or a common colour such as 'orange'"
_NAME = "should be one line with no space at its ends"

_BY_TYPE = {
    "model_type": "should be 'key: value' lines",
    "dict_type": "should be 'key: value' lines",
    "list_type": "should be a list",
    "bool_type": "should be true or false",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
}
_BY_TYPE_ALONE = {
    "missing": "is missing — add it",
    "string_too_short": "should not be empty",
    "too_short": "should not be empty",
    "too_long": "should have at most {max_length} entries",
    "string_too_long": "should have at most {max_length} characters",
}


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` — did you mean 'x'?` when `word` is close to one of `known`, else the whole list."""
    names = list(known)
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f" — did you mean '{close[0]}'?"
    return f" — known: {', '.join(names)}" if names else ""


def describe(error: "ErrorDetails", location: Location) -> str:
    """Say what is wrong with the value at `location`, and what to do where that is not plain."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return _unknown_key(str(location[-1]), location[:-1])
    if location[-1] == "api_key_env":
        # Never with the value: somebody may have put the key itself here.
        return _KEY_VARIABLE
    if kind == REFUSED:
        return error["msg"]
    if kind in _BY_TYPE_ALONE:
        return _BY_TYPE_ALONE[kind].format(**error.get("ctx", {}))
    shown = _shown(error["input"])
    if kind == "string_type":
        quotes = " — put it in quotes" if isinstance(error["input"], bool | int | float) else ""
        return f"should be text, not {shown}{quotes}"
    if kind == "string_pattern_mismatch":
        return f"{_COLOR if location[-1] == 'color' else _NAME}, not {shown}"
    return f"{_BY_TYPE.get(kind, error['msg'].removeprefix('Input '))}, not {shown}"


def _unknown_key(key: str, parent: Location) -> str:
    if key.lower().replace("-", "_") in _KEYS_THAT_HOLD_KEYS:
        return "a key does not belong into this file — name its variable: api_key_env"
    known = fields_at(parent)
    if key == "system" and "system_prompt" in known:
        return "is short for system_prompt, which is here too — remove one"
    return f"unknown key{did_you_mean(key, known)}"


def _shown(value: Any) -> str:
    """Show a refused value as it was written, if it is short enough to be recognised."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{clean_line(value, 60)}'" if value else "an empty text"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "'key: value' lines" if isinstance(value, dict) else str(value)
