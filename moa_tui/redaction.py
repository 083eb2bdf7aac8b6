"""Takes API keys out of text that was made elsewhere, and leaves it clean.

A server may repeat the key it was sent, a person may have put one into the wrong place, a crash
report quotes whatever it finds. What is taken out: every key that this process holds, in the forms
in which it could be repeated, and whatever looks like a key of a provider.

Text is looked at as a reader would see it: without what no screen shows between two letters, and
with what is written as `%2D`, `\\u002d` or `&#45;` read as the letter it stands for. It is cleaned
in the same step, so that nothing can be taken away afterwards from between the letters of a key.
"""

import base64
import hashlib
import os
import re
import unicodedata
from array import array
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias
from urllib.parse import quote

from moa_tui.text import clean

MARK = "[key]"

MOST = 64 * 1024
"""Characters that are looked through; a text that is longer is cut."""

_OVERLAP = 4096
"""Characters that two pieces of a long text share, so that no key is cut in two."""

_SHORTEST_HELD = 8
"""A shorter one ("ollama", "none") is no secret, and is a word of ordinary text."""

_SHORTEST_SPREAD = 12
"""Of a key that is looked for over spaces and line ends, too."""

_PREFIXES = r"(?:csk|sk|gsk|fw|xai|tgp|hf|pplx|nvapi|glpat|xox[abprs]|github_pat|gh[oprsu])"
_BEARER = r"bearer\s+[\w.~+/*=-]{4,}"
_PASSWORD = r"(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"  # noqa: S105 - of an address
_LOOKS = re.compile(
    rf"(?i){_BEARER}|\b{_PREFIXES}[-_][\w*.-]{{8,}}|{_PASSWORD}"
    r"|\bAIza[\w-]{30,}|\bAKIA[0-9A-Z]{16}\b|\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"
)
_WRITTEN = re.compile(
    # Long, or with a digit in it: `sk-learn` and the like are words.
    rf"(?i)\b(?:csk[-_][\w-]{{8,}}|{_PREFIXES}[-_](?:[\w-]{{20,}}|(?=\D*\d)[\w-]{{8,}}))"
)
_ENCODED = re.compile(
    r"%([0-9a-f]{2})|\\x([0-9a-f]{2})|\\u([0-9a-f]{4})|\\u\{([0-9a-f]{1,6})\}|\\U([0-9a-f]{8})"
    r"|(&(?:\#\d{1,7}|\#x[0-9a-f]{1,6}|[a-z]{2,31});)|\\([^\w\s])"
    # Colours between the letters, whole or with their ESC gone.
    r"|(\x1b\[[0-9;?]*[@-~]|\[[0-9;]*m)",
    re.IGNORECASE,
)
_UNUSUAL = re.compile("[^\x20-\x7e]")
_ROUNDS = 3
"""How often something may be encoded: `%252D` is twice."""

_SECRET_WORDS = frozenset(
    [
        *("KEY", "KEYS", "APIKEY", "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASSWORD", "PASSWD"),
        *("PASSPHRASE", "PASS", "PAT", "CREDENTIAL", "CREDENTIALS", "AUTH", "DSN", "COOKIE"),
    ]
)
_SECRET_ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD")

Span = tuple[int, int]
_Places: TypeAlias = "array[int]"
"""Compact: there is one for every letter of a text that somebody else may have made long."""


class _View:
    """A text in one of the ways it can be read, and where each letter of that stands in it."""

    __slots__ = ("ends", "letters", "starts")

    def __init__(
        self, letters: str, starts: "_Places | None" = None, ends: "_Places | None" = None
    ) -> None:
        self.letters = letters
        self.starts = array("L", range(len(letters))) if starts is None else starts
        self.ends = array("L", range(1, len(letters) + 1)) if ends is None else ends

    def span(self, start: int, end: int) -> Span:
        return self.starts[start], self.ends[end - 1]

    def found(self, needle: str) -> Iterator[Span]:
        at = self.letters.find(needle)
        while at >= 0:
            yield self.span(at, at + len(needle))
            at = self.letters.find(needle, at + len(needle))


_Find = Callable[[tuple[_View, ...]], list[Span]]

_held: dict[bytes, _Find] = {}
"""What finds each held key, by the key's hash; a function shows nothing when it is printed."""


def hold(secret: str) -> None:
    """Take `secret` out of every text from now on."""
    if len(secret) >= _SHORTEST_HELD:
        name = hashlib.sha256(secret.encode("utf-8", "replace")).digest()
        if name not in _held:
            _held[name] = _finding(secret)


def redact(text: str, *secrets: str) -> str:
    """Return `text` clean, without the keys held, `secrets`, and what looks like a key."""
    finders = [_finding(secret) for secret in secrets if secret]
    return _without(text, finders, looks=True)


def without_held(text: str) -> str:
    """Return `text` clean and without the keys held; a model's name may look like a key."""
    return _without(text, [], looks=False)


def holds_key(text: str, *secrets: str) -> bool:
    """Whether a key held, or one of `secrets`, stands in `text`, which may be of any length."""
    finders = [*_held.values(), *map(_finding, secrets)]
    if not finders:
        return False
    pieces = (text[at : at + MOST] for at in range(0, max(1, len(text)), MOST - _OVERLAP))
    return any(find(views) for views in map(_views, pieces) for find in finders)


def secrets_of(environ: Mapping[str, str] | None = None) -> list[str]:
    """Return the values of the environment whose names say that they are secret."""
    found = []
    for name, value in (os.environ if environ is None else environ).items():
        upper = name.upper()
        secret = upper.endswith(_SECRET_ENDINGS) or _SECRET_WORDS & set(upper.split("_"))
        if secret and len(value.strip()) >= _SHORTEST_HELD:
            found.append(value.strip())
    return found


def find_written_keys(text: str) -> Iterator[re.Match[str]]:
    """Yield what looks like a key in a text that a person wrote."""
    return _WRITTEN.finditer(text)


def _without(text: str, finders: list[_Find], *, looks: bool) -> str:
    if len(text) > MOST:
        return _without(text[:MOST], finders, looks=looks) + "…"
    views = _views(text)
    spans = [span for find in (*_held.values(), *finders) for span in find(views)]
    if looks:
        read = views[:1] if views[0] is views[1] else views[:2]
        spans += [view.span(*m.span()) for view in read for m in _LOOKS.finditer(view.letters)]
    if not spans:
        return clean(text)
    parts: list[str] = []
    done = 0
    for start, end in sorted(spans):
        if start >= done:
            parts += (text[done:start], MARK)
        done = max(done, end)
    return clean("".join([*parts, text[done:]]))


def _views(text: str) -> tuple[_View, ...]:
    """Return `text` as it is written, as it is read, and as it is read without spaces."""
    written = _View(_lower(text))
    if text.isascii() and text.isprintable() and not _ENCODED.search(text):
        return (written, written, _spread(written)) if " " in text else (written,) * 3
    read = _decoded(text)
    return written, read, _spread(read)


def _lower(text: str) -> str:
    """Return `text` in lower case, letter for letter."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


def _decoded(text: str) -> _View:
    view = _View(text)
    for _ in range(_ROUNDS):
        text = view.letters
        letters: list[str] = []
        starts, ends, done = array("L"), array("L"), 0
        for match in _ENCODED.finditer(text):
            start, end = match.span()
            said = _read(match)
            letters += (text[done:start], said)
            starts += view.starts[done:start] + array("L", [view.starts[start]] * len(said))
            ends += view.ends[done:start] + array("L", [view.ends[end - 1]] * len(said))
            done = end
        if not done:
            break
        letters.append(text[done:])
        view = _View("".join(letters), starts + view.starts[done:], ends + view.ends[done:])
    return _without_hidden(view)


def _read(match: re.Match[str]) -> str:
    """Return what is encoded; nothing for the bytes of letters beyond ASCII and for colours."""
    percent, *coded = match.group(1, 2, 3, 4, 5)
    if percent:
        return chr(int(percent, 16)) if int(percent, 16) < 0x80 else ""
    for digits in coded:
        if digits:
            return chr(code) if (code := int(digits, 16)) <= 0x10FFFF else ""
    if entity := match[6]:
        import html  # noqa: PLC0415 - seldom needed

        return html.unescape(entity)
    return match[7] or ""


def _without_hidden(view: _View) -> _View:
    """Leave out what takes no place of its own, and read letters of other forms as ASCII's."""
    if view.letters.isascii() and view.letters.isprintable():
        return _View(view.letters.lower(), view.starts, view.ends)
    letters: list[str] = []
    starts, ends, done = array("L"), array("L"), 0
    for match in _UNUSUAL.finditer(view.letters):
        at = match.start()
        letters.append(view.letters[done:at].lower())
        starts += view.starts[done:at]
        ends += view.ends[done:at]
        done = at + 1
        for letter in unicodedata.normalize("NFKC", match[0]):
            if letter.isspace() or not _hidden(letter):
                letters.append(low if len(low := letter.lower()) == 1 else letter)
                starts.append(view.starts[at])
                ends.append(view.ends[at])
    letters.append(view.letters[done:].lower())
    return _View("".join(letters), starts + view.starts[done:], ends + view.ends[done:])


def _hidden(char: str) -> bool:
    """Whether `char` takes no place of its own: marks, controls, joiners, fillers."""
    if char.isascii():
        return not char.isprintable()
    return unicodedata.category(char) in {"Mn", "Me", "Cc", "Cf", "Cs", "Cn"} or char in _FILLERS


_FILLERS = "\u115f\u1160\u3164\uffa0\u2800"


def _spread(view: _View) -> _View:
    kept = [at for at, char in enumerate(view.letters) if not char.isspace()]
    if len(kept) == len(view.letters):
        return view
    letters = "".join(map(view.letters.__getitem__, kept))
    starts = array("L", map(view.starts.__getitem__, kept))
    return _View(letters, starts, array("L", map(view.ends.__getitem__, kept)))


def _finding(secret: str) -> _Find:
    forms = sorted({_lower(form) for form in _forms(secret)}, key=len, reverse=True)
    read = [*forms, _decoded(secret).letters]
    spread = [form for form in read if len(form) >= _SHORTEST_SPREAD]

    def find(views: tuple[_View, ...]) -> list[Span]:
        if views[0] is views[2]:  # all are one
            return [span for form in forms for span in views[0].found(form)]
        needles = zip(views, (forms, read, spread), strict=True)
        return [s for view, wanted in needles for form in wanted if form for s in view.found(form)]

    return find


def _forms(secret: str) -> set[str]:
    """Return how `secret` may be written: as it is, in a URL, in base64 at any offset, in hex."""
    forms = {
        secret,
        quote(secret, safe="", errors="replace"),
        secret.encode("utf-8", "replace").hex(),
    }
    if len(secret) >= _SHORTEST_HELD:
        for offset in range(3):
            data = bytes(offset) + secret.encode("utf-8", "replace")
            # Without the characters at both ends that hold bits of what stands beside it.
            whole = base64.b64encode(data).rstrip(b"=").decode()
            core = whole[(0, 2, 3)[offset] : len(whole) - bool(len(data) % 3)]
            forms |= {core, core.replace("+", "-").replace("/", "_")}
    return forms
