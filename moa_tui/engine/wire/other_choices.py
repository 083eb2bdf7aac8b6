"""Choices that nobody asked for: a second answer, or a piece of the first under a wrong number."""

from moa_tui.engine.wire.chunk import Choice
from moa_tui.engine.wire.words import shown

_FEW = 2
"""Pieces: an answer of its own has more of them, and an end."""

_MOST_CHOICES = 16
_LONGEST = 2_000_000


class _Other:
    __slots__ = ("finish", "pieces", "size", "texts")

    def __init__(self) -> None:
        self.pieces = self.size = 0
        self.texts: list[str] = []
        self.finish = ""


class OtherChoices:
    """Keeps what came for other choices than the first, until it is known what to make of it."""

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[int, _Other] = {}

    def take(self, choice: Choice) -> None:
        """Take a piece of another choice."""
        index = choice.index or 0
        if index not in self._found and len(self._found) >= _MOST_CHOICES:
            index = next(iter(self._found))
        other = self._found.setdefault(index, _Other())
        content = choice.delta.content if choice.delta else None
        if content and content.strip():
            other.pieces += 1
        if content and other.size < _LONGEST:
            other.texts.append(content)
            other.size += len(content)
        other.finish = other.finish or shown(choice.finish_reason or "")

    def only(self) -> tuple[str, str] | None:
        """Return the text and the finish reason of the first of them, where no other text came."""
        found = next((other for other in self._found.values() if other.pieces), None)
        return ("".join(found.texts), found.finish) if found else None

    def doubt(self) -> str:
        """Name what may be a piece of the answer; empty where there is nothing like it."""
        for index, other in self._found.items():
            if other.pieces and not other.finish and other.pieces <= _FEW:
                return f"text for another answer (number {index})"
        return ""
