"""The look of a text while it streams: headings, code, lists, bold. Cheap, line by line.

It is applied to the visible lines when they are painted, and never asks how a line will go on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from moa_tui.ui.text.wrapping import VisualLine

_HEADING = re.compile(r" {0,3}#{1,6} +")
_QUOTE = re.compile(r" {0,3}>")
_BULLET = re.compile(r"( *)([-*+]|\d{1,3}[.)])( +)")
_INLINE = re.compile(
    r"\*\*(?=\S)(.+?)(?<=\S)\*\*|`([^`]+)`|(?<![*\w])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![*\w])"
)
_BOLD = Style(bold=True)


@dataclass(frozen=True, slots=True)
class LightStyles:
    """The pane's own style, and others that are laid over it; made anew when the theme changes."""

    base: Style
    heading: Style
    code: Style
    marker: Style
    quote: Style
    strong: Style
    emphasis: Style

    @classmethod
    def of(cls, base: Style, variables: Mapping[str, str]) -> "LightStyles":
        """Return the styles in the colours of a theme's `variables`.

        Not component classes: Textual works all of those out again for every view whenever a class
        changes on anything around it, 50 ms for eight panes.
        """

        def ink(variable: str) -> Style:
            return Style(color=_color(variables, variable))

        return cls(
            base=base,
            heading=ink("primary") + _BOLD,
            code=ink("secondary") + Style(bgcolor=_color(variables, "surface")),
            marker=ink("accent") + _BOLD,
            quote=ink("dim-text" if "dim-text" in variables else "foreground"),
            strong=_BOLD,
            emphasis=Style(italic=True),
        )


def bar_style(variables: Mapping[str, str]) -> Style:
    """Return the style of the scrollbar's thumb in a theme's `variables`."""
    return Style(bgcolor=_color(variables, "panel"))


def _color(variables: Mapping[str, str], name: str) -> RichColor:
    color = Color.parse(variables[name])
    # Textual gives black for what is transparent: a theme of the terminal's shows its ground.
    return color.rich_color if color.a else RichColor.default()


def paint(line: VisualLine, styles: LightStyles, width: int) -> list[Segment]:
    """Return the row for a visual line, filled up with blanks to `width` cells."""
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
    cells = sum(cell_len(segment.text) for segment in segments)
    if cells > width:
        return Segment.adjust_line_length(segments, width, styles.base)
    segments.append(Segment(" " * (width - cells), styles.base))
    return segments


def changes(line: VisualLine) -> bool:
    """Return whether `paint` may write anything else than the line's text."""
    text = line.text
    return "*" in text or "`" in text or line.source.text[:40].lstrip()[:1] in {"#", "-", "+"}


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
