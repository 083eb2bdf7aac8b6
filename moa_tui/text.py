"""Cleaning of untrusted text, per code point, before anything shows, stores or sends it.

Nothing here looks for whole escape sequences: without the control character that starts it a
sequence is plain text, so no sequence can hide by arriving in two pieces.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

_MAX_MARKS = 8
"""Marks kept on one character; more attacks the line height, no script needs it."""

_REPLACEMENT = "\ufffd"
_LINE_BREAKS = dict.fromkeys((0x85, 0x2028, 0x2029), "\n")
# Dropped and not marked: they take no cell, and no text may be longer than it came.
_BIDI_CONTROLS = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""
)
# With those that `_KINDS` has, all of Unicode's Default_Ignorable_Code_Point: text may stand in
# them that a model reads and no person sees. The fillers are blanks that pass for letters.
_INVISIBLE = dict.fromkeys(
    (
        *(0x00AD, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x200B, *range(0x2060, 0x2066)),
        *(*range(0x206A, 0x2070), 0x3164, 0xFEFF, 0xFFA0, *range(0xFFF0, 0xFFFC)),
        *(*range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE0020)),
        *(*range(0xE0080, 0xE0100), *range(0xE01F0, 0xE1000)),
    ),
    "",
)
_CONTROLS = {
    code: "" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if code not in (0x09, 0x0A)
}
_TABLE: dict[int, str] = {**_CONTROLS, **_LINE_BREAKS, **_BIDI_CONTROLS, **_INVISIBLE}

_ASCII_DROPPED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def _as_class(codes: Iterable[int]) -> str:
    """Write code points as a regex class of ranges, which is matched several times faster."""
    ranges: list[list[int]] = []
    for code in sorted(codes):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{re.escape(chr(low))}-{re.escape(chr(high))}" for low, high in ranges)


_DROPPED = re.compile(f"[{_as_class(_TABLE)}]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
# Every mark, joiner, selector and tag there is, and letters between them: what has none of these
# is not looked at letter by letter.
_MAY_STACK = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u1cff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\u2cef-\u2dff"
    "\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb1e\ufe00-\ufe2f\U000101fd-\U0001e94f"
    "\U000e0020-\U000e007f\U000e0100-\U000e01ef]"
)

_JOINER, _NON_JOINER, _SELECTOR, _STYLE, _SUPPLEMENT, _MONGOLIAN, _ORDER, _TAG = (
    1 << number for number in range(8)
)
_KINDS: dict[str, int] = {
    "\u200d": _JOINER,
    "\u200c": _NON_JOINER,
    "\u034f": _ORDER,
    **dict.fromkeys(map(chr, range(0x180B, 0x1810)), _MONGOLIAN),
    **dict.fromkeys(map(chr, range(0xFE00, 0xFE0E)), _SELECTOR),
    **dict.fromkeys("\ufe0e\ufe0f", _STYLE),
    **dict.fromkeys(map(chr, range(0xE0100, 0xE01F0)), _SUPPLEMENT),
    **dict.fromkeys(map(chr, range(0xE0020, 0xE0080)), _TAG),
}
"""What nobody sees by itself, and means something after some letters only; once after each."""

_FLAG, _END_OF_TAGS = "\U0001f3f4", "\U000e007f"
_FLAGS = frozenset(
    "".join(chr(0xE0000 + ord(char)) for char in name) + _END_OF_TAGS
    for name in ("gbeng", "gbsct", "gbwls")
)
"""What follows a black flag to make it England's, Scotland's or Wales': all that fonts have."""

_LONGEST_FLAG = 6
_AFTER: dict[int, re.Pattern[str]] = {
    # After any: apart, two emoji take more room than as one.
    _JOINER: re.compile(""),
    _NON_JOINER: re.compile("[^\x00-\u02ff]"),
    _SELECTOR: re.compile("[0\u1000-\U0010ffff]"),
    # As text, or as an emoji.
    _STYLE: re.compile("[#*0-9\xa9\xae\u203c-\U0010ffff]"),
    _SUPPLEMENT: re.compile(
        "[\u2e80-\u2fdf\u3005\u3007\u3021-\u3029\u303b\u3400-\u4dbf\u4e00-\u9fff"
        "\uf900-\ufaff\U00020000-\U0003ffff]"
    ),
    _MONGOLIAN: re.compile("[\u1800-\u18af]"),
    # Of Hebrew points.
    _ORDER: re.compile("[\u0590-\u05ff]"),
}
"""After which letters each kind means something."""

_SELECTORS = (_SELECTOR, _STYLE, _SUPPLEMENT, _MONGOLIAN)
_SPENDS = dict.fromkeys(_SELECTORS, sum(_SELECTORS))
"""What may not come again after the same letter: of selectors, any."""

_MARKS = frozenset({"Mn", "Me"})


def clean(text: str) -> str:
    """Return `text` without control, bidi-override and invisible code points, LF and TAB excepted.

    Half a surrogate pair becomes U+FFFD. The result takes no more cells than `text`.
    """
    cleaner = StreamCleaner()
    return cleaner.feed(text) + cleaner.flush()


def clean_line(text: str, limit: int = 200) -> str:
    """Clean `text` for a place that holds one line of at most `limit` characters."""
    line = " ".join(clean(text[: limit * 4]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def shown_path(path: object) -> str:
    """Return a path as it may be printed: a file may have any name, and a home folder, too."""
    return clean_line(str(path), 4096)


def clean_data(data: Any) -> Any:
    """Return plain JSON data with every text in it clean, the keys of objects too."""
    match data:
        case str():
            return clean(data)
        case list():
            return [clean_data(item) for item in data]
        case dict():
            return {clean_data(key): clean_data(value) for key, value in data.items()}
    return data


class StreamCleaner:
    """Cleans a text that arrives in pieces; the result does not depend on where it was split."""

    __slots__ = ("_base", "_high", "_marks", "_seen", "_tags")

    def __init__(self) -> None:
        self._high = ""
        self._base = ""
        self._marks = 0
        self._seen = 0
        self._tags = ""

    def feed(self, piece: str) -> str:
        """Return the clean form of `piece`, holding back at its end half of a surrogate pair.

        The tags of a flag are held back, too, until they are known to be a flag's.
        """
        if self._high or _SURROGATES.search(piece):
            piece = self._join_surrogates(self._high + piece)
        if piece.isascii():
            if _ASCII_DROPPED.search(piece):
                piece = piece.translate(_TABLE)
        elif _DROPPED.search(piece):
            piece = piece.translate(_TABLE)
        if not piece.isascii() and _MAY_STACK.search(piece):
            return self._in_context(piece)
        if piece:
            self._base, self._marks, self._seen, self._tags = piece[-1], 0, 0, ""
        return piece

    def flush(self) -> str:
        """Return what was held back, now that nothing can follow."""
        held, self._high = self._high, ""
        return _REPLACEMENT if held else ""

    def _join_surrogates(self, text: str) -> str:
        self._high = ""
        if "\ud800" <= text[-1] <= "\udbff":
            text, self._high = text[:-1], text[-1]
        joined = _PAIR.sub(
            lambda m: chr(0x10000 + ((ord(m[1]) - 0xD800) << 10) + ord(m[2]) - 0xDC00), text
        )
        return _SURROGATES.sub(_REPLACEMENT, joined)

    def _in_context(self, text: str) -> str:
        """Return `text` with what may stand after its letters, and only as often as it may."""
        kept: list[str] = []
        base, marks, seen, tags = self._base, self._marks, self._seen, self._tags
        for char in text:
            kind = _KINDS.get(char)
            if kind is None:
                if char < "\u0300" or unicodedata.category(char) not in _MARKS:
                    kept.append(char)
                    base, marks, seen, tags = char, 0, 0, ""
                elif marks < _MAX_MARKS:
                    kept.append(char)
                    marks += 1
            elif kind == _TAG:
                if base == _FLAG and not marks and not seen:
                    tags += char
                    if char == _END_OF_TAGS or len(tags) == _LONGEST_FLAG:
                        kept.append(tags if tags in _FLAGS else "")
                        seen, tags = _TAG, ""
            elif not seen & kind and _AFTER[kind].match(base):
                kept.append(char)
                seen |= _SPENDS.get(kind, kind)
        self._base, self._marks, self._seen, self._tags = base, marks, seen, tags
        return "".join(kept)
