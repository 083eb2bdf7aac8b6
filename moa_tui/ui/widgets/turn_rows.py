"""The two rows that a turn has in a list: its question, and what became of it."""

from collections.abc import Callable
from datetime import datetime

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from moa_tui.engine.cost import dollars
from moa_tui.transcript.browsing import TurnLine
from moa_tui.ui import figures
from moa_tui.ui.when import when

StyleOf = Callable[[str], Style]
"""The style of a part, by its name."""

_GLYPHS = {
    "complete": ("✓", "done"),
    "degraded": ("✂", "marked"),
    "failed": ("!", "failed"),
    "stopped": ("■", "marked"),
    "interrupted": ("◌", "marked"),
    "running": ("●", "live"),
}


def question_row(line: TurnLine, room: int, style: StyleOf, *, marked: bool) -> list[Segment]:
    """Return how the turn ended and what was asked, in `room` cells."""
    glyph, tone = _GLYPHS.get(line.outcome, ("?", "marked"))
    if line.damaged:
        glyph, tone = "?", "failed"
    mark = "◆" if marked else " "
    question = line.question or "(no question)"
    if cell_len(question) > room:
        question = set_cell_size(question, max(1, room - 1)).rstrip() + "…"
    return [
        Segment(mark, style("live")),
        Segment(f"{glyph} ", style(tone)),
        Segment(question, Style(bold=True)),
    ]


def figures_row(line: TurnLine, now: datetime, room: int, style: StyleOf) -> list[Segment]:
    """Return what became of the turn, as much of it as fits into `room` cells."""
    tone = "failed" if line.damaged else _GLYPHS.get(line.outcome, ("?", "marked"))[1]
    outcome = "damaged: only this line is left" if line.damaged else line.outcome
    parts = facts(line, now)
    while parts and cell_len(" · ".join([outcome, *parts])) > room:
        parts.pop()
    rest = "".join(f" · {part}" for part in parts)
    return [
        Segment("   "),
        Segment(outcome, style(tone)),
        Segment(rest, style("dim")),
    ]


def facts(line: TurnLine, now: datetime) -> list[str]:
    """Return what is known of a turn, dearest first."""
    parts = [when(line.started_at, now)]
    if line.took_part:
        parts.append(line.took_part)
    elif line.agents:  # an earlier version kept the turn
        parts.append(f"{line.agents} agent{'' if line.agents == 1 else 's'}")
    parts.append(figures.seconds(line.seconds))
    if line.output_tokens:
        parts.append(f"{line.output_tokens:,} tok")
    if line.cost:
        parts.append(dollars(line.cost))
    how = f"{line.strategy}{f' ({line.preset})' if line.preset else ''}"
    return [*parts, *filter(None, [how])]
