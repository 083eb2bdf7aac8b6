"""A message instead of a delta: a piece, the text so far and more, or all of it once more."""

from collections.abc import Iterable

from moa_tui.engine.wire.chunk import Choice

_LONG = 20
"""Characters: a shorter piece may well be the same as the one before it."""


class WholeMessage:
    """Remembers the text as it came, so that what is sent again is not the answer twice."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[str] = []

    @property
    def begun(self) -> bool:
        """Whether there has been any text."""
        return bool(self._pieces)

    def note(self, piece: str) -> None:
        """Take note of text."""
        self._pieces.append(piece)

    def shorten(self, choices: Iterable[Choice]) -> None:
        """Leave only what is new in messages that say again what has come."""
        if not self._pieces:
            return
        before = "".join(self._pieces)
        self._pieces = [before]
        for choice in choices:
            delta = choice.delta
            if choice.index or delta is None or not delta.content:
                continue
            ends = bool(choice.finish_reason)
            if delta.content.startswith(before) and (ends or len(before) >= _LONG):
                delta.content = delta.content[len(before) :]
