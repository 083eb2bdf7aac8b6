"""What an error body says, whatever its shape: the most telling sentence, and the codes in it.

Lists (Gemini), `detail` (FastAPI, RFC 9457), objects under `message` (Mistral), `errors[]`, JSON in
a string (OpenRouter's `metadata.raw`, gateways that quote their upstream), web pages, XML and plain
text: all are looked through by one reader, which stops at a depth and at a number of values.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_DEEPEST = 10
_SEEN = 400
_LONGEST = 20_000
"""Characters of one text that are looked at."""
_SHOWN = 3
"""Messages of a list that are joined."""

_TELLING = {
    name: rank
    for rank, names in enumerate(
        (
            ("raw", "upstreamerror", "providererror"),
            ("msg", "message", "errormessage", "errormsg", "errmsg", "statusmessage", "statusmsg"),
            ("detail", "details", "errordescription", "description", "reasonphrase"),
            ("error", "errors", "innererror", "cause", "violations", "fieldviolations", "reasons"),
            ("title", "text", "statustext", "failure", "fault", "faultstring", "info", "hint"),
        )
    )
    for name in names
}
"""Names under which words stand, by how much they tell; others are looked through for these."""
_CODES = {"code", "type", "status", "reason", "errorcode", "errortype", "kind", "name"}
_NAMING = {"param", "parameter", "field", "loc", "path", "property"}
_UNTOLD = {"input", "ctx", "headers", "requestid", "timestamp", "documentationurl"}
"""Names of what repeats the request, or is for machines."""
_HINTS = {"quotaid", "quotametric", "limitname", "limittype", "quotalimit", "window", "provider"}
_EMPTY_WORDS = frozenset(
    (
        *("anerroroccurred", "anerrorinthestream", "apierror", "badgateway", "badrequest"),
        *("clienterror", "error", "errors", "fail", "failed", "failure", "false", "forbidden"),
        *("internalerror", "internalservererror", "invalidrequest", "invalidrequesterror", "none"),
        *("notfound", "null", "ok", "providerreturnederror", "requestfailed", "true", "unknown"),
        *("serviceunavailable", "toomanyrequests", "unauthorized", "unknownerror"),
        *("unprocessableentity", "upstreamerror", "upstreamrequestfailed"),
        *("validationerror", "validationfailed"),
    )
)
"""What says nothing that the status does not say."""
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_TITLES = (
    re.compile(r"<title[^>]{0,200}>(.{1,300}?)</title", re.IGNORECASE | re.DOTALL),
    re.compile(r"<h1[^>]{0,200}>(.{1,300}?)</h1", re.IGNORECASE | re.DOTALL),
)
_XML_MESSAGE = re.compile(
    r"<(?:\w{1,40}:)?(message|faultstring|detail|description)(?:\s[^>]{0,200})?>(.{1,2000}?)</",
    re.IGNORECASE | re.DOTALL,
)
_XML_CODE = re.compile(r"<(?:\w{1,40}:)?code(?:\s[^>]{0,200})?>([^<]{1,100})</", re.IGNORECASE)
_MARKUP = re.compile(r"<[a-z/!?][^<>]{0,500}>", re.IGNORECASE)
_OPENS = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
"""What may begin a tag: `<= 100` and `1 < 2` are words."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What a refusal says. `page` marks a web page: then `words` is its title, and no API spoke.

    `codes` holds every code, type and status in it, `names` the parts of the request it names,
    `hints` other words that tell of limits.
    """

    words: str = ""
    codes: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    hints: str = ""
    page: bool = False

    def has(self, *fragments: str) -> bool:
        """Whether one of the codes has one of `fragments` in it; case and marks do not count."""
        squeezed = [_squeezed(code) for code in self.codes]
        return any(fragment in code for code in squeezed for fragment in fragments)


def parsed(text: str) -> object:
    """Return what the text of a body is: JSON of any kind, or else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
    except RecursionError:
        return None  # nested to do harm: there is nothing to quote of it


def reason_in(body: object) -> Reason:
    """Read an error body; what has no words has an empty Reason."""
    return _Reader().read(body)


@dataclass(frozen=True, slots=True)
class _Words:
    """A candidate: words, the rank of the name they stand under, and how deep."""

    text: str
    rank: int
    depth: int

    @property
    def order(self) -> tuple[bool, int, int]:
        return _squeezed(self.text) in _EMPTY_WORDS or not self.text, self.rank, self.depth


class _Reader:
    """Reads one body."""

    def __init__(self) -> None:
        self._words: list[_Words] = []
        self._codes: list[str] = []
        self._names: list[str] = []
        self._hints: list[str] = []
        self._left = _SEEN
        self._page = False

    def read(self, body: object) -> Reason:
        self._look(body, 1, 0)
        best = min(self._words, key=lambda words: words.order, default=None)
        return Reason(
            best.text if best else "",
            frozenset(self._codes[:40]),
            tuple(dict.fromkeys(self._names[:20])),
            " ".join(self._hints[:20]),
            page=self._page,
        )

    def _look(self, value: object, rank: int, depth: int) -> None:
        """Take up what stands under a name of this rank."""
        self._left -= 1
        if self._left < 0 or depth > _DEEPEST:
            return
        if isinstance(value, str):
            self._read_text(value[:_LONGEST], rank, depth)
        elif isinstance(value, list):
            self._read_list(value, rank, depth)
        elif isinstance(value, dict):
            self._read_object(value, rank, depth)

    def _read_list(self, items: list[Any], rank: int, depth: int) -> None:
        before = len(self._words)
        for item in items[:_SEEN]:
            self._look(item, rank, depth + 1)
        found = [words for words in self._words[before:] if words.rank <= rank + 1]
        texts = list(dict.fromkeys(words.text for words in found if not words.order[0]))
        if len(texts) > 1:
            del self._words[before:]
            more = "; …" if len(texts) > _SHOWN else ""
            self._words.append(_Words("; ".join(texts[:_SHOWN]) + more, found[0].rank, depth))

    def _read_object(self, value: dict[str, Any], rank: int, depth: int) -> None:
        before = len(self._words)
        for name, inner in list(value.items())[:_SEEN]:
            squeezed = _squeezed(str(name)[:60])
            if squeezed in _NAMING:
                self._names += _texts(inner)
            if squeezed in _HINTS:
                self._hints += _texts(inner)
            if squeezed in _CODES:
                self._codes += _texts(inner)
            known = _TELLING.get(squeezed)
            if squeezed in _NAMING or squeezed in _UNTOLD:
                continue
            if known is not None:
                self._look(inner, known, depth + 1)
            elif isinstance(inner, dict | list):
                self._look(inner, rank, depth + 1)
        place = _place(value.get("loc"))
        if place:
            self._words[before:] = [
                _Words(f"{place}: {words.text}", words.rank, words.depth)
                if place not in words.text
                else words
                for words in self._words[before:]
            ]

    def _read_text(self, text: str, rank: int, depth: int) -> None:
        stripped = text.strip()
        if stripped.startswith(("{", "[")):
            inner = parsed(stripped)
            if isinstance(inner, dict | list):
                self._look(inner, rank, depth + 1)
                return
        if "<" in stripped and self._read_markup(stripped, rank, depth):
            return
        quoted = _quoted_object(stripped)
        if quoted is not None:
            before = len(self._words)
            self._look(quoted, rank, depth + 1)
            if len(self._words) > before:
                return
        if stripped:
            self._words.append(_Words(_without_markup(stripped), rank, depth))

    def _read_markup(self, text: str, rank: int, depth: int) -> bool:
        if _PAGE.search(text[:4000]):
            self._page = True
            titles = (pattern.search(text) for pattern in _TITLES)
            found = next((title[1] for title in titles if title), "")
            self._words.append(_Words(_without_markup(found), rank, depth))
            return True
        if message := _XML_MESSAGE.search(text):
            self._codes += [code.strip() for code in _XML_CODE.findall(text)[:5]]
            self._words.append(_Words(_without_markup(message[2]), rank, depth))
            return True
        return False


def _quoted_object(text: str) -> dict[str, Any] | None:
    """Return an object that a gateway quotes in its message: `400 - {"error": {…}}`."""
    start = text.find('{"')
    if start < 0:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _texts(value: object) -> list[str]:
    """Return the words and numbers in `value`, each short."""
    items = value[:20] if isinstance(value, list) else [value]
    return [
        str(item)[:100]
        for item in items
        if isinstance(item, str)
        or (isinstance(item, int) and not isinstance(item, bool) and abs(item) < 10**9)
    ]


def _place(loc: object) -> str:
    """Write where FastAPI found something: `body.messages.0.role`, without the `body`."""
    if not isinstance(loc, list):
        return ""
    return ".".join(part for part in _texts(loc) if part != "body")


def _without_markup(text: str) -> str:
    return " ".join(_OPENS.sub(" ", html.unescape(_MARKUP.sub(" ", text))).split())


def _squeezed(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text[:200].lower())


def statuses_in(body: Mapping[str, Any]) -> Iterator[int]:
    """Yield the HTTP statuses that an error inside a stream says it would have had."""
    inner = body.get("error")
    for source in (body, inner if isinstance(inner, dict) else {}):
        for name in ("status_code", "code", "status", "http_status", "http_code"):
            said = str(source.get(name))[:10]
            if len(said) == 3 and said.isdecimal() and said[0] in "345":
                yield int(said)
