"""A painted row that leaves no work for the collector of cycles."""

from collections.abc import Iterable, Sequence

from textual.strip import Strip


class Row(Strip):
    """A strip for widgets that paint many. Made from segments and a width, as a Strip is.

    Textual (8.2) has a strip that is not cut keep itself as its own parts: a cycle of some twenty
    objects for every row of every frame. Looking for them takes the event loop's time, and those
    that grow old before it is found out add up to hundreds of milliseconds.
    """

    __slots__ = ()

    @classmethod
    def of(cls, strip: Strip) -> "Row":
        """Return `strip` as a row."""
        return strip if isinstance(strip, cls) else cls(strip, strip.cell_length)

    def divide(self, cuts: Iterable[int]) -> Sequence[Strip]:
        """Return the parts between `cuts`, in cells; the last one is the end of the row."""
        places = list(cuts)
        return [self] if places == [self.cell_length] else super().divide(places)
