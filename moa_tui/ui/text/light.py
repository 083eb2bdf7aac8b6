"""The look of a text while it streams: headings, code, lists, bold. Cheap, line by line.

It is applied to the visible lines when they are painted, and never asks how a line will go on.
"""

import re
from dataclasses import dataclass

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from moa_tui.ui.text.wrapping import VisualLine

_HEADING = re.compile(r" {0,3}#{1,6} +")
_QUOTE = re.compile(r" {0,3}>")
_BULLET = re.compile(r"( *)([-*+]|\d{1,3}[.)])( +)")
_INLINE = re.compile(
    r"\*\*(?=\S)(.+?)(?<=\S)\*\*|`([^`]+)`|(?<![*\w])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![*\w])"
)


@dataclass(frozen=True, slots=True)
class LightStyles:
    """Styles laid over the pane's own; made anew when the theme changes."""

    base: Style
    heading: Style
    code: Style
    marker: Style
    quote: Style
    strong: Style
    emphasis: Style


def paint(line: VisualLine, styles: LightStyles, width: int) -> Strip:
    """Return the row for a visual line, `width` cells wide."""
    text, source = line.text, line.source
    if source.is_code:
        segments = [Segment(text, styles.code)]
    elif heading := _HEADING.match(source.text):
        marks = max(0, heading.end() - line.start)
        segments = [Segment(text[marks:], styles.heading)]
    elif _QUOTE.match(source.text):
        segments = [Segment(text, styles.quote)]
    else:
        segments = _paint_inline(text, line.start, styles)
    return Strip(segments).adjust_cell_length(width, styles.base)


def _paint_inline(text: str, start: int, styles: LightStyles) -> list[Segment]:
    segments: list[Segment] = []
    if start == 0 and (bullet := _BULLET.match(text)):
        mark = bullet[2] if bullet[2][0].isdigit() else "•"
        segments.append(Segment(bullet[1] + mark + bullet[3], styles.marker))
        text = text[bullet.end() :]
    position = 0
    for match in _INLINE.finditer(text) if ("*" in text or "`" in text) else ():
        segments.append(Segment(text[position : match.start()], styles.base))
        style = (styles.strong, styles.code, styles.emphasis)[(match.lastindex or 1) - 1]
        segments.append(Segment(match[match.lastindex or 0], style))
        position = match.end()
    segments.append(Segment(text[position:], styles.base))
    return [segment for segment in segments if segment.text]
