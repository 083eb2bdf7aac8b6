"""A text that grows by pieces, in immutable steps."""


class TextLog:
    """A text that only grows, shared by the states it grows through: appending costs its piece.

    `beginning` is another number for a text that begins anew in the place of this one.
    """

    __slots__ = ("_count", "_pieces", "beginning", "length")

    def __init__(
        self,
        pieces: list[str] | None = None,
        count: int = 0,
        length: int = 0,
        beginning: int = 0,
    ) -> None:
        self._pieces = pieces if pieces is not None else []
        self._count = count
        self.length = length
        self.beginning = beginning

    def begun_anew(self) -> "TextLog":
        """Return an empty text in the place of this one."""
        return TextLog(beginning=self.beginning + 1)

    def append(self, piece: str) -> "TextLog":
        """Return the text with `piece` at its end; this one stays as it is."""
        pieces = self._pieces
        if len(pieces) != self._count:  # grown from here before: the other branch keeps the list
            pieces = pieces[: self._count]
        pieces.append(piece)
        return TextLog(pieces, self._count + 1, self.length + len(piece), self.beginning)

    def since(self, count: int) -> tuple[str, int]:
        """Return the text after the first `count` pieces, and the number of pieces now."""
        return "".join(self._pieces[count : self._count]), self._count

    def tail(self, characters: int) -> str:
        """Return about the last `characters` characters, without putting the rest together."""
        first, found = self._count, 0
        while first and found < characters:
            first -= 1
            found += len(self._pieces[first])
        return "".join(self._pieces[first : self._count])[-characters:]

    def __str__(self) -> str:
        return "".join(self._pieces[: self._count])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TextLog) and str(self) == str(other)

    __hash__ = None  # type: ignore[assignment]  # compared by content, which is never hashed

    def __repr__(self) -> str:
        return f"TextLog({self.length} characters)"
