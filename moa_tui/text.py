"""Cleaning of untrusted text, per code point, before anything shows, stores or sends it.

Nothing here looks for whole escape sequences: without the control character that starts it a
sequence is plain text, so no sequence can hide by arriving in two pieces.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

_MAX_MARKS = 8
"""Marks and joiners kept on one character; more attacks the line height, no script needs it."""

_REPLACEMENT = "\ufffd"
_LINE_BREAKS = dict.fromkeys((0x85, 0x2028, 0x2029), "\n")
# Dropped and not marked: they take no cell, and no text may be longer than it came.
_BIDI_CONTROLS = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), ""
)
_INVISIBLE = dict.fromkeys(
    (
        *(0x00AD, 0x180E, 0x200B, *range(0x2060, 0x2066), *range(0x206A, 0x2070), 0xFEFF),
        *(*range(0xFFF9, 0xFFFC), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B)),
    ),
    "",
)
_TAGS = dict.fromkeys(range(0xE0000, 0xE0080), "")
_CONTROLS = {
    code: "" for code in (*range(0x20), 0x7F, *range(0x80, 0xA0)) if code not in (0x09, 0x0A)
}
_TABLE: dict[int, str] = {**_CONTROLS, **_LINE_BREAKS, **_BIDI_CONTROLS, **_INVISIBLE, **_TAGS}

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
# Every mark and joiner there is, and letters between them: what has none of these needs no count.
_MAY_STACK = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u1cff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\u2cef-\u2dff"
    "\u302a-\u302f\u3099\u309a\ua66f-\uabff\ufb1e\ufe00-\ufe2f\U000101fd-\U0001e94f"
    "\U000e0100-\U000e01ef]"
)
_JOINER = "\u200d"
_JOINERS = f"\u200c{_JOINER}"


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

    __slots__ = ("_high", "_marks", "_owed")

    def __init__(self) -> None:
        self._high = ""
        self._marks = 0
        self._owed = ""

    def feed(self, piece: str) -> str:
        """Return the clean form of `piece`, holding back half of a surrogate pair at its end."""
        if self._high or _SURROGATES.search(piece):
            piece = self._join_surrogates(self._high + piece)
        if piece.isascii():
            if _ASCII_DROPPED.search(piece):
                piece = piece.translate(_TABLE)
        elif _DROPPED.search(piece):
            piece = piece.translate(_TABLE)
        if not piece.isascii() and _MAY_STACK.search(piece):
            return self._cap_marks(piece)
        if piece:
            piece, self._marks, self._owed = self._owed + piece, 0, ""
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

    def _cap_marks(self, text: str) -> str:
        kept: list[str] = []
        run, owed = self._marks, self._owed
        for char in text:
            if not _is_mark(char):
                # What was joined stays joined: apart, two emoji take more room than as one.
                kept += (owed, char) if owed else (char,)
                run, owed = 0, ""
            elif run < _MAX_MARKS:
                kept.append(char)
                run += 1
            else:
                owed = _JOINER if char == _JOINER else ""
        self._marks, self._owed = run, owed
        return "".join(kept)


def _is_mark(char: str) -> bool:
    """Whether `char` is drawn onto the one before it, or only joins it to what follows."""
    return char >= "\u0300" and (unicodedata.category(char) in {"Mn", "Me"} or char in _JOINERS)
