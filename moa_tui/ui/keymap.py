"""The person's own keys: what cannot be one is told with its place, the others count."""

import unicodedata
from collections.abc import Iterator, Mapping

from textual.app import App
from textual.keys import Keys

from moa_tui.roster.document import Position, Problem
from moa_tui.roster.wording import did_you_mean
from moa_tui.settings.loading import Loaded, told
from moa_tui.ui.key_table import ANYWHERE, PANE, PROMPT, KeyLine, key_lines

_MODIFIERS = ("alt", "ctrl", "shift", "super")
_NAMES = sorted(
    {key.value for key in Keys if "+" not in key.value and not key.value.startswith("<")}
)
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "alt+enter": "enter"}
"""Keys that a terminal sends as others."""
_OF_A_CARD = {"turn.resume", "turn.dismiss"}


def follow_keymap(app: App[None], loaded: Loaded) -> list[str]:
    """Give bindings the keys of the settings; return what is wrong with any, with its place."""
    wanted = {name: _normal(keys) for name, keys in loaded.settings.keymap.items()}
    problems = dict(_problems(wanted, list(key_lines())))
    app.set_keymap({name: ",".join(wanted[name]) for name in wanted if name not in problems})
    start = Position(1, 1)
    placed = [
        Problem(loaded.keymap_at.get(name, start), f"keymap.{name}: {what}")
        for name, what in problems.items()
    ]
    return list(told(loaded.path, placed))


def _problems(wanted: Mapping[str, list[str]], lines: list[KeyLine]) -> Iterator[tuple[str, str]]:
    known = {line.id: line for line in lines}
    for name, keys in wanted.items():
        if name not in known:
            yield name, f"there is no such binding{_meant(name, known)}"
        elif what := next(filter(None, (_refusal(key) for key in keys)), ""):
            yield name, what
        elif known[name].priority and any(_types(key) for key in keys):
            yield (
                name,
                "a letter alone could not be typed any more — add ctrl or alt, or use F1-F12",
            )
        elif taken := _taken(known[name], keys, wanted, lines):
            yield name, f"'{taken[0]}' is the key of {taken[1]} — give that another one too"


def _taken(
    line: KeyLine, keys: list[str], wanted: Mapping[str, list[str]], lines: list[KeyLine]
) -> tuple[str, str] | None:
    """Return the first of `keys` that another binding has where this one counts, and its id."""
    for other in lines:
        if other.id != line.id and _meet(line, other):
            for key in keys:
                if key in wanted.get(other.id, other.keys):
                    return key, other.id
    return None


def _meet(one: KeyLine, other: KeyLine) -> bool:
    """Whether a key could only mean one of the two: in one place, or where one always goes first.

    The keys of the card of an interrupted turn are its own only while nothing is written.
    """
    if one.room == other.room:
        return True
    anywhere = [line for line in (one, other) if line.room == ANYWHERE]
    among_the_keys = {one.room, other.room} & {PROMPT, PANE}
    return bool(
        anywhere and among_the_keys and anywhere[0].priority and anywhere[0].id not in _OF_A_CARD
    )


def _meant(name: str, known: Mapping[str, KeyLine]) -> str:
    meant = did_you_mean(name, known)
    return meant if "did you mean" in meant else " — docs/keys.md has all of them"


def _normal(keys: str) -> list[str]:
    """Return the names of keys as Textual has them: `?` is question_mark."""
    return [_named(key.strip().lower()) for key in keys.split(",")]


def _named(key: str) -> str:
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    if len(name) == 1 and not name.isalnum():
        name = unicodedata.name(name, name).lower().replace("-", "_").replace(" ", "_")
    aliases = {"esc": "escape", "return": "enter", "del": "delete", "pgup": "pageup"}
    return "+".join([*sorted(modifiers), aliases.get(name, name)])


def _refusal(key: str) -> str:
    """Say why `key` is none that a terminal sends; empty if it is one."""
    if key in _SAME:
        return f"'{key}' arrives as {_SAME[key]}: choose another one"
    *modifiers, name = key.split("+")
    if strange := next((each for each in modifiers if each not in _MODIFIERS), ""):
        return f"'{strange}' is no modifier — known: {', '.join(_MODIFIERS)}"
    if name.isdecimal() and modifiers:
        return f"'{key}' does not arrive in most terminals: choose another one"
    if len(name) == 1 or name in _NAMES or _character(name):
        return ""
    return f"there is no key '{key}'{did_you_mean(name, _NAMES)}" if name else "should name a key"


def _types(key: str) -> bool:
    """Whether `key` alone writes something."""
    return len(key) == 1 or key == "space" or bool("+" not in key and _character(key))


def _character(name: str) -> str:
    try:
        return unicodedata.lookup(name.replace("_", " ").upper())
    except KeyError:
        return ""
