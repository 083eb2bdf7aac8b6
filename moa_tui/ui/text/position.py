"""Where in a text the reader is: at its end, following it, or at a place of their own choice."""

from dataclasses import dataclass


@dataclass(slots=True)
class ReadingPosition:
    """Rows of the text, rows of the view, and which row is the first one visible."""

    rows: int = 0
    height: int = 0
    following: bool = True
    _top: int = 0
    _came: int = 0

    @property
    def last_top(self) -> int:
        """The first visible row when the end is in sight."""
        return max(0, self.rows - self.height)

    @property
    def top(self) -> int:
        """The first visible row."""
        return self.last_top if self.following else min(self._top, self.last_top)

    @property
    def below(self) -> int:
        """Rows that are out of sight below."""
        return max(0, self.rows - self.top - self.height)

    @property
    def new(self) -> int:
        """Rows out of sight below that came since the reader left the end."""
        return 0 if self.following else min(self._came, self.below)

    def grow(self, rows: int) -> None:
        """Note that the text has `rows` rows now, because more of it came."""
        self._came = 0 if self.following else self._came + max(0, rows - self.rows)
        self.rows = rows

    def look_at(self, row: int) -> None:
        """Have `row` in sight, in the middle where it was not; what comes does not carry it away.

        This is not reaching the end: nobody follows it who looks at one place.
        """
        if not self.top <= row < self.top + self.height:
            self._top = max(0, min(row - self.height // 2, self.last_top))
        else:
            self._top = self.top
        self.following = False

    def go_to(self, top: int) -> None:
        """Make `top` the first visible row; whoever reaches the end follows it from there on."""
        self.following = top >= self.last_top
        self._top = max(0, min(top, self.last_top))

    def keep(self, top: int) -> None:
        """Leave the reader at `top`, where the same text is after the rows have changed.

        That the end is in sight now is not their doing, so it does not make them follow it; and
        `top` may be a row that is first again only when the view is small again.
        """
        self._top = top

    @property
    def kept(self) -> int:
        """The row the reader chose to be first, even where it is not because all fits below."""
        return self.top if self.following else self._top

    def thumb(self) -> range:
        """Return the rows of the view that a scrollbar's thumb takes; none when all is visible."""
        if self.rows <= self.height or not self.height:
            return range(0)
        size = max(1, self.height * self.height // self.rows)
        start = round((self.height - size) * self.top / self.last_top)
        return range(start, start + size)
