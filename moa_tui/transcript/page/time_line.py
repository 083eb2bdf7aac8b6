"""The time line of a turn as SVG: a row for every stream, a bar for everything it did."""

from collections.abc import Iterator, Mapping, Sequence

from moa_tui.state.spans import Span
from moa_tui.transcript.page.markup import plain

_WIDTH, _LABELS, _RIGHT = 960, 190, 70
_ROW, _BAR, _TOP = 26, 14, 24
_LONGEST_LABEL = 24
_MOST_TICKS = 8


def time_line(rows: Sequence[tuple[str, Sequence[Span]]]) -> str:
    """Return a picture of `rows`, each a label and what its stream did. Times are in seconds."""
    total = max((span.end for _, row in rows for span in row), default=0.0) or 1.0
    scale = (_WIDTH - _LABELS - _RIGHT) / total
    height = _TOP + _ROW * len(rows) + 6
    parts = [f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="time line">']
    for at in _ticks(total):
        x = _LABELS + at * scale
        parts.append(
            f'<line class="tick" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height}"/>'
        )
        parts.append(f'<text class="scale" x="{x:.1f}" y="{_TOP - 10}">{at:g} s</text>')
    for number, (label, row) in enumerate(rows):
        parts += _row(label, row, _TOP + _ROW * number, scale)
    return "\n".join([*parts, "</svg>"])


def legend(names: Mapping[str, str]) -> str:
    """Return what the colours mean; `names` are words by the name of what is done."""
    keys = (f'<span class="key {plain(k)}"></span> {plain(words)}' for k, words in names.items())
    return f'<p class="legend">{" &#160; ".join(keys)}</p>'


def _row(label: str, row: Sequence[Span], y: int, scale: float) -> Iterator[str]:
    short = label if len(label) <= _LONGEST_LABEL else label[: _LONGEST_LABEL - 1] + "…"
    middle = y + _ROW / 2 + 4
    yield f'<text class="label" x="{_LABELS - 10}" y="{middle}">{plain(short)}</text>'
    for span in row:
        # An instant is seen too.
        width = max(1.5, (span.end - span.start) * scale)
        words = f"{label}: {span.doing}, {span.start:.2f} to {span.end:.2f} s"
        yield (
            f'<rect class="{plain(span.doing)}" x="{_LABELS + span.start * scale:.1f}"'
            f' y="{y + (_ROW - _BAR) / 2}" width="{width:.1f}" height="{_BAR}" rx="2">'
            f"<title>{plain(words)}</title></rect>"
        )
    if row:
        x = _LABELS + row[-1].end * scale + 6
        yield f'<text class="end" x="{x:.1f}" y="{middle}">{row[-1].end:.2f} s</text>'


def _ticks(total: float) -> Iterator[float]:
    """Yield round times, few enough to be read."""
    step = 10.0**-3
    for factor in (2, 2.5, 2) * 12:
        if total / step <= _MOST_TICKS:
            break
        step *= factor
    yield from (number * step for number in range(int(total / step) + 1))
