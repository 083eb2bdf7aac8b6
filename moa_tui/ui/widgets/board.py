"""All streams at a glance, where there is no room for panes: a line of figures, then its tail."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.visual import Visual
from textual.widget import Widget

from moa_tui.engine.events import Role
from moa_tui.state import StreamState, TextLog
from moa_tui.ui import figures
from moa_tui.ui.text.wrapping import WrappedText

_MOST_ROWS = 7
_INDENT = "   "
_LEAST_TAIL = 20
"""Cells below which the end of a text says nothing."""
_TONES = ("-idle", "-live", "-done", "-marked", "-failed")


class Board(Widget):
    """Shows streams below one another; each has as many rows as there are."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"board-{tone}" for tone in _TONES}
    DEFAULT_CSS = """
    Board {
        .board--idle { color: $dim-text; text-style: bold; }
        .board--live { color: $primary; text-style: bold; }
        .board--done { color: $success; text-style: bold; }
        .board--marked { color: $warning; text-style: bold; }
        .board--failed { color: $error; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._streams: Sequence[StreamState] = ()
        self._numbers: Sequence[str] = ()
        self._now = 0.0
        self._sparing = False
        self._notes = Content()
        self._made: list[Strip] = []
        self._made_for: object = None
        self._blank = Strip([])

    def show(
        self,
        streams: Sequence[StreamState],
        now: float,
        numbers: Sequence[str] = (),
        *,
        notes: Content | None = None,
        sparing: bool = False,
    ) -> None:
        """Show `streams` under their panes' `numbers`; `now` is seconds since the turn began.

        Where there is room, `notes` stand below them. While `sparing`, no text.
        """
        grown = len(streams) != len(self._streams)
        self._streams, self._now, self._sparing = streams, now, sparing
        self._notes = notes or Content()
        self._numbers = numbers or [
            "Σ" if stream.role is Role.AGGREGATOR else str(number)
            for number, stream in enumerate(streams, start=1)
        ]
        self._made_for = None
        if self.display:
            self.refresh(layout=grown)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Where the height is left to the board, a row for every stream will do."""
        del container, viewport, width
        return max(1, len(self._streams))

    def notify_style_update(self) -> None:
        """Make the rows anew: the styles have changed."""
        super().notify_style_update()
        self._made_for = None

    def render_line(self, y: int) -> Strip:
        """Return row `y`; all rows are made when the first one is asked for."""
        if self._made_for != self.size:
            self._made, self._made_for = self._rows(), self.size
        return self._made[y] if y < len(self._made) else self._blank

    def _rows(self) -> list[Strip]:
        width, height = self.size
        base = self.rich_style
        self._blank = Strip.blank(width, base)
        notes = self._note_rows(width, height)
        height -= len(notes)
        streams, left_out = _that_fit(self._streams, height)
        rows = min(_MOST_ROWS, height // max(1, len(streams) + bool(left_out)))
        # A blank row parts two streams where each still has one for its text.
        tail = rows - 2 if rows >= 3 else rows - 1
        strips: list[Strip] = []
        for place, stream in streams:
            strips.append(self._figures(self._numbers[place - 1], stream, with_tail=not tail))
            quiet = self._sparing and stream.outcome is None
            text = [""] * tail if quiet else _tail(stream, width - 4, tail)
            strips += [Strip([Segment(line)]) for line in text]
            strips += [Strip([])] * (rows - 1 - tail)
        if left_out:
            strips.append(Strip([Segment(f"{_INDENT}and {left_out} more")]))
        strips += [self._blank] * (height - len(strips)) if notes else []
        strips += notes
        return [strip.apply_style(base).adjust_cell_length(width, base) for strip in strips]

    def _note_rows(self, width: int, height: int) -> list[Strip]:
        """Return the notes as rows, if they leave two for every stream."""
        if not self._notes:
            return []
        rows = self._notes.get_height(self.styles.get_rules(), width - len(_INDENT))
        if rows + 1 > height - 2 * len(self._streams):
            return []
        room = width - len(_INDENT)
        strips = Visual.to_strips(self, self._notes, room, rows, self.visual_style)
        return [self._blank, *(Strip.join([Strip([Segment(" ")]), strip]) for strip in strips)]

    def _figures(self, number: str, stream: StreamState, *, with_tail: bool) -> Strip:
        tone = self.get_component_rich_style(f"board-{figures.tone(stream)}", partial=True)
        width = self.size.width
        name = f" {figures.glyph(stream)} {number} {figures.name_of(stream)}"
        words = f"  {figures.state_words(stream, self._now)}"
        room = width - cell_len(words)
        if cell_len(name) > room:
            name = set_cell_size(name, max(6, room - 1)) + "…"
        parts = [Segment(name, tone), Segment(words)]
        numbers = figures.stream_figures(stream, self._now, room - cell_len(name) - 3)
        if cell_len(numbers) <= room - cell_len(name) - 3:
            parts.append(Segment(f" · {numbers}"))
        left = width - sum(cell_len(part.text) for part in parts) - 2 * len(_INDENT)
        if with_tail and left >= _LEAST_TAIL:
            parts += [Segment(line) for line in _tail(stream, left, 1)]
        return Strip(parts)


def _that_fit(
    streams: Sequence[StreamState], height: int
) -> tuple[Sequence[tuple[int, StreamState]], int]:
    """Return the streams that have a row each, by number, and how many there are besides.

    Where they are too many, those of the present layer go first.
    """
    numbered = list(enumerate(streams, start=1))
    if len(numbered) <= height:
        return numbered, 0
    present = max(stream.layer for stream in streams)
    first = sorted(numbered, key=lambda each: each[1].layer != present)[: max(0, height - 1)]
    return sorted(first, key=lambda each: each[0]), len(streams) - len(first)


def _tail(stream: StreamState, width: int, rows: int) -> list[str]:
    """Return the last `rows` rows of what the stream wrote, or of what it thinks."""
    if rows <= 0:
        return []
    width = max(8, width)
    text = _end_of(stream.text if stream.text.length else stream.reasoning, width * rows)
    if not text and stream.failure:
        text = stream.failure.message
    wrapped = WrappedText(width, text.rstrip())
    lines = [
        _INDENT + wrapped.line(row).text
        for row in range(max(0, wrapped.height - rows), wrapped.height)
    ]
    return lines + [""] * (rows - len(lines))


def _end_of(log: TextLog, characters: int) -> str:
    """Return at least the last `characters`, from a place that moves seldom.

    From one that moved with every delta, each frame would break its lines somewhere else.
    """
    start = max(0, log.length // characters - 1) * characters
    return log.tail(log.length - start)
