"""Plain data → YAML that a person likes to read: prompts as blocks, notes as comments."""

import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence

WIDTH = 96
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./-]| (?=[A-Za-z0-9_./-]))*")
_WORDS_WITH_A_MEANING = {"true", "false", "null", "yes", "no", "on", "off"}
# What YAML's reader takes as it is (yaml.org/spec/1.2.2, 5.1); all else is written as an escape.
_REFUSED = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | float | int | Sequence[str]
"""What a key of an agent may have; a number is written as it is."""


def comment(text: str, indent: str = "") -> list[str]:
    """Return `text` as comment lines."""
    first, more = f"{indent}# ", f"{indent}#   "
    plain = _REFUSED.sub("\ufffd", text)
    return textwrap.wrap(
        plain, WIDTH, initial_indent=first, subsequent_indent=more, break_on_hyphens=False
    )


def mapping(values: Mapping[str, Value], indent: str) -> list[str]:
    """Return `key: value` lines."""
    return [line for key, value in values.items() for line in _pair(key, value, indent)]


def item(values: Mapping[str, Value], indent: str, notes: Iterable[str]) -> list[str]:
    """Return an entry of a list, its notes above it."""
    lines = mapping(values, f"{indent}  ")
    lines[0] = f"{indent}- {lines[0].lstrip()}"
    return [line for note in notes for line in comment(note, indent)] + lines


def _pair(key: str, value: Value, indent: str) -> list[str]:
    if isinstance(value, float | int):
        return [f"{indent}{key}: {value!r}"]
    if not isinstance(value, str):
        return [
            f"{indent}{key}: [{', '.join(json.dumps(_REFUSED.sub('', text)) for text in value)}]"
        ]
    blockish = len(indent) + len(key) + len(value) > WIDTH or "\n" in value
    if not blockish or value != value.strip() or _REFUSED.search(value):
        return [f"{indent}{key}: {_scalar(value)}"]
    inner = f"{indent}  "
    folded = _folded(value, inner)
    if folded:
        return [f"{indent}{key}: >-", *folded]
    lines = [f"{inner}{line}" if line else "" for line in value.split("\n")]
    return [f"{indent}{key}: |-", *lines]


def _folded(value: str, inner: str) -> list[str]:
    """Wrap a long line so that YAML puts it together as it was; nothing where it could not."""
    words = value.split(" ")
    if "\n" in value or "\t" in value or "" in words:
        return []
    lines, line = [], ""
    for word in words:
        if line and len(inner) + len(line) + 1 + len(word) > WIDTH:
            lines.append(inner + line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, inner + line]


def _scalar(value: str) -> str:
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS_WITH_A_MEANING:
        return value
    return _REFUSED.sub(_escaped, json.dumps(value, ensure_ascii=False))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
