"""Which parts of a text were typed by hand: only they can name files. Pure."""

from collections import OrderedDict
from dataclasses import dataclass

_NOT, _TYPED = b"\0", b"\1"
_REMEMBERED = 500
_LONGEST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Written:
    """A question, and from where to where of it was typed; all else came from elsewhere."""

    text: str
    typed: tuple[tuple[int, int], ...] = ()

    @classmethod
    def by_hand(cls, text: str) -> "Written":
        """Return what was typed as a whole."""
        return cls(text, ((0, len(text)),) if text else ())


class TypedText:
    """Follows a text through its changes; told after each one whether that was typed.

    How the text was edited need not be known: what differs is found by comparing. Where that is
    ambiguous the characters are the same ones.
    """

    def __init__(self) -> None:
        self.text = ""
        self._marks = bytearray()  # for each character, whether it was typed
        self._known: OrderedDict[str, bytes] = OrderedDict()

    def became(self, text: str, *, by_hand: bool = False) -> None:
        """Take in a change; what it put in was typed if it was made `by_hand`."""
        if text == self.text:
            return
        start, old_end, new_end = _changed(self.text, text)
        self._marks[start:old_end] = bytes([by_hand]) * (new_end - start)
        self.text = text
        self._remember()

    def restored(self, text: str) -> None:
        """Take in a text that is back: what was typed of it then was typed."""
        known = self._known.get(text)
        self.became(text)
        if known is not None:
            self._marks[:] = known
            self._remember()

    def know(self, written: Written) -> None:
        """Know a text that may come back, and what was typed of it."""
        marks = bytearray(len(written.text))
        for start, end in written.typed:
            marks[start:end] = bytes([True]) * (end - start)
        self._put(written.text, bytes(marks))

    @property
    def written(self) -> Written:
        """The text without the blanks around it, and what was typed of it."""
        text = self.text.strip()
        start = self.text.find(text)
        return Written(text, _spans(self._marks[start : start + len(text)]))

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """From where to where of the text was typed."""
        return _spans(self._marks)

    def _remember(self) -> None:
        if len(self.text) <= _LONGEST_REMEMBERED:
            self._put(self.text, bytes(self._marks))

    def _put(self, text: str, marks: bytes) -> None:
        if (known := self._known.get(text)) is not None:
            # Once typed and once pasted, it counts as pasted.
            marks = bytes(a & b for a, b in zip(known, marks, strict=True))
        self._known[text] = marks
        self._known.move_to_end(text)
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _spans(marks: bytearray) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    at = marks.find(_TYPED)
    while at >= 0:
        end = marks.find(_NOT, at)
        end = len(marks) if end < 0 else end
        spans.append((at, end))
        at = marks.find(_TYPED, end)
    return tuple(spans)


def _changed(old: str, new: str) -> tuple[int, int, int]:
    """Return from where on the two differ, and where that ends in each."""
    start = _common(old, new)
    most = min(len(old), len(new)) - start
    same = _common(old[len(old) - most :][::-1], new[len(new) - most :][::-1]) if most else 0
    return start, len(old) - same, len(new) - same


def _common(one: str, other: str) -> int:
    """Return how much the two have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
