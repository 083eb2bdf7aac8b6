"""What stands on the frame of a pane: whose it is above, its state and figures below."""

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.geometry import Region
from textual.widget import Widget

from moa_tui.state import StreamState
from moa_tui.ui import figures

TONES = ("-idle", "-live", "-done", "-marked", "-failed")

_SHORTEST = 15
"""Cells of a task that are worth to be shown; names are shown whole or not at all."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose pane it is; `elsewhere` is the provider, where it is not the one of most others.

    `layer` is 0 where there is one only.
    `model` may be the task of a part instead. `mark` is what else is to be said of the agent.
    """

    name: str = ""
    model: str = ""
    elsewhere: str = ""
    layer: int = 0
    agent: str = ""
    mark: str = ""


def title(number: str, owner: Owner, stream: StreamState | None, width: int) -> str:
    """Return the title, with as much about the model as fits into `width` cells.

    Where a question goes matters more than which model it meets there.
    """
    plain = f"{figures.glyph(stream)} {number} {owner.name}"
    if owner.layer:
        labelled = f"{plain} · layer {owner.layer}"
        plain = labelled if cell_len(labelled) <= width else plain
    plain += f" ({owner.mark})" if owner.mark else ""
    where = f" @ {owner.elsewhere}" if owner.elsewhere else ""
    model = f" · {owner.model}" if owner.model else ""
    longer = (f"{plain}{model}{where}", f"{plain}{where}")
    if " " in owner.model and width - cell_len(plain) > _SHORTEST:
        return _cut(longer[0], width)
    return next((words for words in longer if cell_len(words) <= width), plain)


def _cut(words: str, width: int) -> str:
    return words if cell_len(words) <= width else f"{set_cell_size(words, width - 1)}…"


def subtitle(stream: StreamState, now: float, width: int, badges: list[str]) -> str:
    """Return what goes below: `badges`, the state in words, and as many figures as fit."""
    parts = [*badges, figures.state_words(stream, now)]
    taken = sum(cell_len(part) + 3 for part in parts)
    return " · ".join([*parts, figures.stream_figures(stream, now, width - taken)])


class PaneFrame:
    """Writes on the frame of a widget, and has no more painted anew than those two rows.

    Textual's own `border_title` would have the whole frame painted, five times a second.
    """

    def __init__(self, widget: Widget) -> None:
        self._widget = widget

    def write(self, above: str, below: str) -> None:
        """Write the title and the subtitle, if they are others than before."""
        widget = self._widget
        row = Region(-1, -1, widget.outer_size.width, 1)  # of the content, which begins inside
        title, subtitle = Content(above), Content(below) if below else None
        if title != widget._border_title:  # noqa: SLF001 - the way around the setter, see above
            widget._border_title = title  # noqa: SLF001
            widget.refresh(row)
        if subtitle != widget._border_subtitle:  # noqa: SLF001
            widget._border_subtitle = subtitle  # noqa: SLF001
            widget.refresh(row.translate((0, widget.outer_size.height - 1)))
