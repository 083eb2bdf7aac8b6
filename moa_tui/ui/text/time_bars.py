"""A turn on one time axis: a row for every stream, its bar, and its figures. Pure.

Every row is parts of text, each with what it is; the widget knows the colours.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from moa_tui.engine.events import Role
from moa_tui.state import StreamState, TurnState
from moa_tui.state.spans import Doing, Span
from moa_tui.ui import figures

SIGNS = {
    Doing.QUEUED: "┄",
    Doing.WAITING: "─",
    Doing.THINKING: "▒",
    Doing.WRITING: "█",
    Doing.RETRYING: "╳",
}
WORDS = {
    Doing.QUEUED: "queued",
    Doing.WAITING: "waiting for the first token",
    Doing.THINKING: "thinking",
    Doing.WRITING: "writing",
    Doing.RETRYING: "until the next attempt",
}
_LEAST_BAR = 16
_LONGEST_NAME = 24
_TICKS_APART = 8


class Part(NamedTuple):
    """A piece of a row; `kind` is a `Doing`, a tone such as `-done`, or `dim`, `head`, `plain`."""

    text: str
    kind: str = "plain"


Row = list[Part]


def time_rows(state: TurnState, now: float, width: int) -> list[Row]:
    """Return the picture of `state` in `width` cells; `now` is seconds since the turn began."""
    streams = list(state.streams.values())
    if not streams:
        return [[Part("nothing has been asked yet", "dim")]]
    end = max(0.001, state.seconds if state.seconds is not None else now)
    names = [_name(stream) for stream in streams]
    left = min(_LONGEST_NAME, max(map(cell_len, names)), max(8, width // 4)) + 1
    right, columns = _figures(streams, now, width - left - _LEAST_BAR - 2)
    room = max(_LEAST_BAR, width - left - right - 2)
    rows = [_axis(end, left, room)]
    numbered = zip(streams, names, columns, strict=True)
    for heading, group in groupby(numbered, key=lambda each: _heading(each[0])):
        rows.append([Part(heading, "head")])
        for stream, name, numbers in group:
            label = Part(f"{_fitted(name, left - 1)} ", figures.tone(stream))
            bar = _bar(stream.course.until(now), end, room)
            rows.append([label, *bar, Part(f"  {numbers:>{right}}", "plain")])
    return [*rows, [], *_legend(streams, now, width)]


def cells(spans: Sequence[Span], end: float, room: int) -> list[Doing | None]:
    """Return what is done in each of `room` cells of the time up to `end`.

    A cell shows what takes most of it; an instant is seen too, where nothing else is.
    """
    step = end / room
    shares: list[dict[Doing, float]] = [{} for _ in range(room)]
    for span in spans:
        first = min(room - 1, int(span.start / step))
        last = min(room - 1, int(span.end / step))
        for cell in range(first, last + 1):
            share = min(span.end, (cell + 1) * step) - max(span.start, cell * step)
            shares[cell][span.doing] = shares[cell].get(span.doing, 0.0) + max(share, 1e-9)
    return [max(share, key=lambda doing: share[doing]) if share else None for share in shares]


def _bar(spans: Sequence[Span], end: float, room: int) -> Iterator[Part]:
    for doing, run in groupby(cells(spans, end, room)):
        length = len(list(run))
        yield Part(SIGNS[doing] * length, doing) if doing else Part(" " * length)


def _axis(end: float, left: int, room: int) -> Row:
    """Return the scale: round times, each beginning where it is."""
    line = [" "] * room
    for at in _ticks(end, max(2, room // _TICKS_APART)):
        words = f"╵{at:g} s"
        start = round(at / end * room)
        if start + len(words) <= room:
            line[start : start + len(words)] = words
    return [Part(" " * left), Part("".join(line), "dim")]


def _ticks(end: float, most: int) -> Iterator[float]:
    step = 10.0**-3
    for factor in (2, 2.5, 2) * 12:
        if end / step <= most:
            break
        step *= factor
    yield from (round(number * step, 6) for number in range(int(end / step) + 1))


def _name(stream: StreamState) -> str:
    return f"{figures.glyph(stream)} {stream.label}"


def _heading(stream: StreamState) -> str:
    if stream.role is Role.PROPOSER:
        return f"layer {stream.layer}"
    return {Role.AGGREGATOR: "the answer"}.get(stream.role, str(stream.role))


def _fitted(name: str, room: int) -> str:
    return set_cell_size(name if cell_len(name) <= room else name[: room - 1] + "…", room)


def _figures(streams: Sequence[StreamState], now: float, room: int) -> tuple[int, list[str]]:
    """Return figures in columns as far as there is room, the dearest last: how wide, and each."""
    table = [_columns(stream, now) for stream in streams]
    table = [
        list(row) for row in zip(*(c for c in zip(*table, strict=True) if any(c)), strict=True)
    ]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    while len(widths) > 1 and sum(widths) + 2 * (len(widths) - 1) > room:
        widths = widths[1:]
        table = [row[1:] for row in table]
    shown = [
        "  ".join(f"{cell:>{w}}" for cell, w in zip(row, widths, strict=True)) for row in table
    ]
    return max(map(cell_len, shown)), shown


def _columns(stream: StreamState, now: float) -> list[str]:
    mark = "~" if stream.estimated and stream.tokens else ""
    return [
        f"attempt {stream.attempt}" if stream.attempt > 1 else "",
        f"{mark}{stream.tokens:,} tok" if stream.tokens else "",
        f"first {figures.seconds(stream.ttft)}" if stream.ttft is not None else "",
        f"{mark}{stream.throughput:,.0f} tok/s" if stream.throughput else "",
        figures.seconds(stream.seconds(now)),
    ]


def _legend(streams: Iterable[StreamState], now: float, width: int) -> list[Row]:
    """Return what the signs mean, of those that are there, in as many rows as it takes."""
    there = {span.doing for stream in streams for span in stream.course.until(now)}
    rows: list[Row] = [[]]
    for doing in (doing for doing in Doing if doing in there):
        words = f" {WORDS[doing]}   "
        if sum(cell_len(part.text) for part in rows[-1]) + len(words) + 2 > width:
            rows.append([])
        rows[-1] += [Part(SIGNS[doing] * 2, doing), Part(words, "dim")]
    return rows
