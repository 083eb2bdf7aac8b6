"""What a terminal sends, cut into pastes, characters and sequences. Pure; no key is named here.

Nothing of a paste is ever a key, however its bytes are split and whatever they hold. A hostile text
may hold the mark that ends a paste, so what comes in the same burst behind one is the paste's, too:
nobody types that fast. Where a terminal does not mark pastes, several lines in one read are one.

Times are seconds on any clock that only goes forward.
"""

import re
from dataclasses import dataclass

from moa_tui.ui.terminal.sequences import ESC, Scanner, Sequence

PASTE_BEGINS = "\x1b[200~"
PASTE_ENDS = "\x1b[201~"

QUIET = 0.02
"""Seconds without a byte after which what comes is not part of the burst before."""

QUIET_WHEN_LONG = 0.15
"""The same after a long read: the terminal has more to write."""

STALLED = 1.0
"""Seconds after which what has come of a paste without an end is handed on."""

GIVEN_UP = 5.0
"""Seconds after which a paste without an end is over: what comes then is typed."""

MOST_AT_ONCE = 256 * 1024
"""Characters of a paste that are kept before they are handed on."""

_LONG_READ = 1024
_KEYPRESS = 16
"""A read that is longer was not one key."""

_REPORT = re.compile(r"\x1b\[(?:[IO]|\?[\d;]+(?:\$y|[cun])|\d*n|48;[\d:;]+t)\Z")
_MOUSE = re.compile(r"\x1b\[<[\d;-]+[Mm]\Z")
_KITTY_TEXT = re.compile(r"\x1b\[[\d:]*;[\d:]*;(\d{1,7}(?::\d{1,7})*)u\Z")
_KITTY_ENTER = re.compile(r"\x1b\[13(?:;1?(?::[12])?)?u\Z")


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text that was pasted: no part of it is a key."""

    text: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A character, perhaps a control character, that a key has sent."""

    character: str


Token = Pasted | Typed | Sequence


@dataclass(frozen=True, slots=True)
class Bursts:
    """From how many characters on, read at once, a run of them is a paste without marks.

    `lines` is for a run with a line's end inside, `line` for one without.
    """

    lines: int = 8
    line: int = 256

    def is_paste(self, run: str) -> bool:
        """Return whether `run` was not typed."""
        body = run.rstrip("\r\n")
        return len(run) >= (self.lines if "\r" in body or "\n" in body else self.line)


UNMARKED = Bursts(line=32)
"""For terminals that are known not to mark pastes."""


class InputReader:
    """Cuts what comes into tokens; `answers_until` is until when answers may come."""

    def __init__(self, bursts: Bursts | None = None, answers_until: float = 0.0) -> None:
        self._scanner = Scanner(answers_until)
        self._pastes = _Pastes(bursts or Bursts())

    def feed(self, text: str, now: float) -> list[Token]:
        """Take in what has been read at once; return what it was."""
        pastes, tokens = self._pastes, list[Token]()
        if pastes.heard_nothing_else(now) and pastes.settle(now, tokens):
            self._scanner.drop()
        pastes.read(len(text), now)
        if not pastes.open:
            text = self._scanner.resumed(text, now)
        while text:
            if pastes.open:
                text = pastes.take(text, tokens)
                continue
            before, mark, text = text.partition(PASTE_BEGINS)
            for piece in self._scanner.scan(before, now, is_all=not mark):
                pastes.sort(piece, tokens)
            if mark:
                pastes.begin()
        return tokens

    def tick(self, now: float) -> list[Token]:
        """Return what is certain once nothing more has come until `now`."""
        tokens: list[Token] = []
        if self._pastes.settle(now, tokens):
            self._scanner.drop()
        if not self._pastes.under_way:
            for piece in self._scanner.tick(now):
                self._pastes.sort(piece, tokens)
        return tokens

    def wait(self, now: float) -> float | None:
        """Return how long to wait for more before `tick`; None: nothing depends on it."""
        due = self._pastes.due if self._pastes.under_way else self._scanner.due
        return None if due is None else max(0.0, due - now)


class _Pastes:
    """Keeps what is pasted until it has ended; all else passes."""

    def __init__(self, bursts: Bursts) -> None:
        self.open = False  # between the marks
        self._tail = False  # behind the end, in the same burst
        self._bursts = bursts
        self._text: list[str] = []
        self._size = 0
        self._half_mark = ""
        self._now = self._quiet = 0.0
        self._read_since = False  # something else than what is pasted
        self._stalled = False
        self._given_up_at = 0.0
        self.due: float | None = None

    @property
    def under_way(self) -> bool:
        """Whether there is a paste that may go on."""
        return self.open or self._tail

    def read(self, size: int, now: float) -> None:
        """Know of a read of `size` characters."""
        self._now = now
        self._quiet = QUIET_WHEN_LONG if size >= _LONG_READ else QUIET
        if self.open and not (self._stalled and size <= _KEYPRESS):
            # Short reads after a stall may be keys: they do not keep the paste open.
            self._stalled = False
            self._given_up_at = now + GIVEN_UP
        if self.open:
            self.due = now + (self._quiet if self._stalled else STALLED)

    def heard_nothing_else(self, now: float) -> bool:
        """Return whether a burst is over though reports, or the mouse, go on."""
        return self._tail and self._read_since and self.due is not None and now >= self.due

    def begin(self) -> None:
        """Take everything until the mark that ends it."""
        self.open, self._tail, self._stalled = True, False, False
        self._given_up_at = self._now + GIVEN_UP
        self.due = self._now + STALLED

    def take(self, text: str, tokens: list[Token]) -> str:
        """Take `text` up to the mark; return what is behind that."""
        text = self._half_mark + text
        self._half_mark = ""
        before, mark, behind = text.partition(PASTE_ENDS)
        if mark:
            self.open, self._tail, self._read_since = False, True, False
            self.due = self._now + self._quiet
        else:
            before, self._half_mark = _without_half(before, PASTE_ENDS)
        self._keep(before, tokens)
        return behind

    def sort(self, piece: str | Sequence, tokens: list[Token]) -> None:
        """Hand on what is outside pastes, or keep what only seems so."""
        if isinstance(piece, str) and not self._tail and self._bursts.is_paste(piece):
            self._tail = True
        if self._tail:
            if isinstance(piece, Sequence) and _REPORT.match(piece.text):
                tokens.append(piece)
                self._read_since = True
            elif isinstance(piece, Sequence) and _MOUSE.match(piece.text):
                self._read_since = True
            else:
                self._keep(piece if isinstance(piece, str) else _text_of(piece), tokens)
                self.due, self._read_since = self._now + self._quiet, False
        elif isinstance(piece, str):
            tokens += map(Typed, piece)
        elif piece.text != PASTE_ENDS:
            tokens.append(piece)

    def settle(self, now: float, tokens: list[Token]) -> bool:
        """Hand on what has been pasted if nothing more has come; return whether it is over."""
        if self.due is None or now < self.due:
            return False
        if self.open and now < self._given_up_at:
            self._hand_on(tokens)
            self._stalled, self.due = True, self._given_up_at
            return False
        self._half_mark = ""
        self._hand_on(tokens)
        self.open, self._tail, self.due = False, False, None
        return True

    def _keep(self, text: str, tokens: list[Token]) -> None:
        if text:
            self._text.append(text)
            self._size += len(text)
            if self._size >= MOST_AT_ONCE:
                self._hand_on(tokens)

    def _hand_on(self, tokens: list[Token]) -> None:
        if text := "".join(self._text).replace(PASTE_BEGINS, ""):
            tokens.append(Pasted(text))
        self._text.clear()
        self._size = 0


def _without_half(text: str, mark: str) -> tuple[str, str]:
    """Return `text` and the beginning of `mark` that it ends with, apart."""
    for length in range(len(mark) - 1, 0, -1):
        if text.endswith(mark[:length]):
            return text[:-length], mark[:length]
    return text, ""


def _text_of(sequence: Sequence) -> str:
    """Return the text that a key of the kitty protocol stands for; of all others nothing."""
    if match := _KITTY_TEXT.match(sequence.text):
        codes = [int(code) for code in match[1].split(":")]
        return "".join(chr(code) for code in codes if code < 0xD800 or 0xE000 <= code <= 0x10FFFF)
    if _KITTY_ENTER.match(sequence.text):
        return "\n"
    two = sequence.text.removeprefix(ESC)
    return two if len(two) == 1 else ""
