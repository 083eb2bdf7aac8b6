"""Values of an older file, within what an agents.yaml may hold; every change leaves a note."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from moa_tui.text import clean, clean_line

MAX_PROMPT = 100_000
MAX_NAME = 60
MAX_MODEL = 200
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")


class Values:
    """The settings of one agent, or of the main model, read key by key; `notes` fill up."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data
        self._read: set[str] = set()
        self.notes: list[str] = []

    def number(self, *keys: str, low: float, high: float) -> float | None:
        """Return the first of `keys` that there is, between `low` and `high`; else None."""
        key, value = self._first(keys)
        number = _number(value)
        if number is None:
            if value is not None:
                self.notes.append(f"{key} was {_shown(value)}, which is no number: left out")
            return None
        kept = min(max(number, low), high)
        if kept != number:
            self.notes.append(f"{key} was {_shown(value)}: {kept:g} is the nearest that is allowed")
        return kept

    def whole(self, *keys: str, low: int, high: int) -> int | None:
        """Return a whole number likewise; what is below `low` is left out."""
        key, value = self._first(keys)
        number = _number(value)
        if number is None or number < low:
            if value is not None:
                self.notes.append(f"{key} was {_shown(value)}: left out")
            return None
        kept = min(math.floor(number), high)
        if kept != number:
            self.notes.append(f"{key} was {_shown(value)}: {kept:,} is used")
        return kept

    def text(self, *keys: str) -> str:
        """Return a prompt, cleaned, without space around it; empty where there is none."""
        key, value = self._first(keys)
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            value = "\n".join(value)
        if not isinstance(value, str):
            if value is not None:
                self.notes.append(f"{key} was {_shown(value)}, which is no text: left out")
            return ""
        text = clean(value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if len(text) > MAX_PROMPT:
            self.notes.append(f"{key} was cut: {len(text):,} characters, {MAX_PROMPT:,} are kept")
            text = text[:MAX_PROMPT].strip()
        return text

    def texts(self, *keys: str, most: int) -> list[str] | None:
        """Return the first `most` of a list of texts, or a single one; None where there is none."""
        key, value = self._first(keys)
        if value is None:
            return None
        given = [value] if isinstance(value, str) else value
        if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
            self.notes.append(f"{key} was {_shown(value)}, which is no list of texts: left out")
            return None
        texts = [text for text in map(clean, given) if text]
        if len(texts) > most:
            self.notes.append(f"{key} had {len(texts)} texts: the first {most} are taken over")
        return texts[:most] or None

    def one_of(self, key: str, known: tuple[str, ...]) -> str | None:
        """Return the value of `key` if it is one of `known`."""
        _, value = self._first((key,))
        if value is None:
            return None
        if isinstance(value, str) and value.lower() in known:
            return value.lower()
        self.notes.append(
            f"{key} was {_shown(value)}, which is none of {', '.join(known)}: left out"
        )
        return None

    def word(self, *keys: str) -> str:
        """Return a model's name, in one line; empty where there is none."""
        key, value = self._first(keys)
        if value is not None and not isinstance(value, str):
            self.notes.append(f"{key} was {_shown(value)}, which is no text: left out")
            return ""
        return clean_line(value or "", MAX_MODEL)

    def skip(self, *keys: str) -> None:
        """Take note that `keys` have been dealt with elsewhere."""
        self._read.update(keys)

    def note_rest(self, where: Iterable[str] = ()) -> None:
        """Name the keys that nobody has asked for."""
        rest = [key for key in (*self._data, *where) if key not in self._read]
        if rest:
            names = ", ".join(clean_line(key, 40) or repr(key) for key in rest[:12])
            more = f" and {len(rest) - 12} more" if len(rest) > 12 else ""
            self.notes.append(f"not taken over: {names}{more}")

    def _first(self, keys: tuple[str, ...]) -> tuple[str, Any]:
        self._read.update(keys)
        for key in keys:
            if self._data.get(key) is not None:
                return key, self._data[key]
        return keys[0], None


def one_name(wanted: str, number: int, taken: Iterable[str]) -> tuple[str, str]:
    """Return a name that no other agent has, and a note where it is not the one that was given."""
    plain = clean_line(wanted, MAX_NAME) or f"agent {number}"
    name, again = plain, 1
    others = set(taken)
    while name in others:
        again += 1
        name = f"{plain[: MAX_NAME - len(str(again)) - 1].rstrip()} {again}"
    return name, "" if name == wanted else f"the name was {_shown(wanted)}"


def _number(value: Any) -> float | None:
    """Read a number, also one in quotes; what is no finite number is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        thousands = _THOUSANDS.fullmatch(value.strip())
        value = value.replace(",", "" if thousands else ".")
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    except OverflowError:
        number = 1e308 if value > 0 else -1e308
    return number if math.isfinite(number) else None


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f"'{clean_line(value, 60)}'" if clean_line(value) else "empty"
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return clean_line(str(value), 40)
