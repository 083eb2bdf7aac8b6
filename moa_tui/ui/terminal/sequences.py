"""Characters and sequences in what a terminal sends (ECMA-48, 5.4 and 5.6). Pure.

Strings (OSC, DCS, APC, PM, SOS: answers to questions) are dropped, in whatever pieces they come,
and so is what is not well-formed: neither may be taken for keys. The work grows with the length of
the text alone, and little of it is kept.
"""

import re
from dataclasses import dataclass

ESC = "\x1b"

ESCAPE_DELAY = 0.1
"""Seconds after which an ESC by itself is the key."""

PATIENCE = 0.5
"""The same while answers are expected: an ESC may be the beginning of one, and so is `ESC ]`."""

HALF = 1.0
"""Seconds after which half a sequence is dropped."""

STRING = 2.0
"""Seconds without a byte after which a string is over."""

LONGEST = 256
"""Characters of a sequence."""

_REMEMBERED = 2.0
_KEY = 2
"""Characters of a key with Alt, which may be the beginning of a sequence, too."""

_CSI = re.compile(
    r"\x1b\[(?:\[[A-E]"  # function keys of the Linux console
    r"|M(?:[^\x1b]{3}|[^\x1b]{0,2}(?=\x1b))"  # the mouse in X10's way, perhaps cut off
    r"|\d+\$"  # rxvt, with Shift
    r"|[ -?]+[@-~]|[@-LN-Z\\-~])"
)
_X10 = "\x1b[M"
_CSI_HALF = re.compile(r"\x1b\[(?:\[|M[^\x1b]{0,2}|[ -?]*)\Z")
_SS3 = re.compile(r"\x1bO[\d;]*[@-~]")
_SS3_HALF = re.compile(r"\x1bO[\d;]*\Z")
_NO_PARAMETER = re.compile(r"[^ -?]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_STRING = re.compile(r"\x1b(?:\]\d|P[\d;>=?!$+|]|[_^X][ -~])")
_INTRODUCERS = "]P_^X"
_ENDS_STRING = "\x07\x18\x1a"
_LATE = re.compile(r"\x1b(?:\]\d+;|\[\?[\d;]+(?:\$y|[cu])|\[200~|P[>!\d][|+$\d])")


@dataclass(frozen=True, slots=True)
class Sequence:
    """A whole sequence of a key, of the mouse, or of a report; it begins with ESC."""

    text: str


Piece = str | Sequence
"""A run of characters, or a sequence. ESC by itself is the key."""


class Scanner:
    """Finds pieces; half a sequence waits until `due` for its other half."""

    def __init__(self, answers_until: float = 0.0) -> None:
        self._answers_until = answers_until
        self._held = ""
        self._skipping: re.Pattern[str] | None = None  # up to what finds the end
        self._let_go = ("", 0.0)
        self.due: float | None = None

    def resumed(self, text: str, now: float) -> str:
        """Return `text` behind what has waited for it."""
        held, self._held = self._held, ""
        let_go, at = self._let_go
        if not held and not self._skipping and let_go and now - at < _REMEMBERED and len(text) > 1:
            # Its beginning has passed for a key already: the rest of an answer must not.
            held = let_go if _LATE.match(let_go + text[:40]) else ""
        self._let_go = ("", 0.0)
        return held + text

    def scan(self, text: str, now: float, *, is_all: bool = True) -> list[Piece]:
        """Return what is in `text`; nothing of it waits for more if that `is_all` not."""
        found: list[Piece] = []
        at, self.due = 0, None
        while at < len(text):
            if self._skipping:
                size = self._skip(text, at)
            elif text[at] == ESC:
                size = self._sequence(text, at, found)
            else:
                end = text.find(ESC, at)
                found.append(text[at : end if end > 0 else len(text)])
                size = len(found[-1])  # type: ignore[arg-type]
            if size is None:
                break
            at += size
        if is_all:
            self._hold(text[at:], now)
        else:
            self.drop()
        return found

    def _hold(self, rest: str, now: float) -> None:
        self._held = rest
        if self._skipping:
            self.due = now + STRING
        elif rest:
            patient = len(rest) == _KEY or now < self._answers_until
            self.due = now + (HALF if len(rest) > _KEY else PATIENCE if patient else ESCAPE_DELAY)

    def _sequence(self, text: str, at: int, found: list[Piece]) -> int | None:
        """Find the sequence at `at`; return its length, None if it is not all there."""
        following = text[at + 1 : at + 2]
        if not following:
            return None
        if following == ESC:
            found.append(ESC)
            return 1
        if following in "[O":
            return self._control_sequence(text, at, found)
        if following in _INTRODUCERS:
            if len(text) == at + _KEY:
                return None
            if _STRING.match(text, at):
                self._skipping = _CONTROL
                return _KEY
            if text[at + _KEY] == ESC:  # cut off
                return _KEY
        if following != "\\":  # else the end of a string of which nothing is known any more
            found.append(Sequence(ESC + following))
        return _KEY

    def _control_sequence(self, text: str, at: int, found: list[Piece]) -> int | None:
        whole, half = (_CSI, _CSI_HALF) if text[at + 1] == "[" else (_SS3, _SS3_HALF)
        if match := whole.match(text, at, at + LONGEST):
            if not match.group().startswith(_X10):  # nobody asks the mouse for that
                found.append(Sequence(match.group()))
            return len(match.group())
        if len(text) - at < LONGEST and half.match(text, at):
            return None
        self._skipping = _NO_PARAMETER
        return _KEY

    def _skip(self, text: str, at: int) -> int | None:
        """Return how much belongs to what is skipped; None if it ends with half of its end."""
        assert self._skipping
        string = self._skipping is _CONTROL
        match = self._skipping.search(text, at)
        if match is None:
            return len(text) - at
        end = match.start()
        if string and text.endswith(ESC) and end == len(text) - 1:
            return end - at or None
        self._skipping = None
        if not string:
            return end - at + ("@" <= text[end] <= "~")
        if text.startswith("\\", end + 1) and text[end] == ESC:
            return end - at + 2
        return end - at + (text[end] in _ENDS_STRING)

    def tick(self, now: float) -> list[Piece]:
        """Let go of what has waited long enough: a key, or nothing."""
        if self.due is None or now < self.due:
            return []
        held, skipping = self._held, self._skipping
        self.drop()
        if skipping or not held:
            return []
        self._let_go = (held, now)
        if held == ESC:
            return [ESC]
        # Alt+O, or the beginning of an answer that was cut off.
        return [Sequence(held)] if held == ESC + "O" else []

    def drop(self) -> None:
        """Forget what waits."""
        self._held, self._skipping, self.due = "", None, None
