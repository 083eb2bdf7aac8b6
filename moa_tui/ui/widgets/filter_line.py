"""One line above the list: what is looked for, the keys that change it, how much is found."""

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from moa_tui.transcript.browsing import Sought
from moa_tui.ui.seeking import lineup_words


class FilterLine(Static):
    """Shows the filters; `show` takes what is looked for and how many turns there are."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._last: tuple[Sought, str] = (Sought(), "")

    def show(self, sought: Sought, found: str) -> None:
        """Show the filters that are set, and `found` at the right."""
        self._last = (sought, found)
        fields = [
            ("o", "outcome", sought.outcome),
            ("s", "strategy", sought.strategy),
            ("l", "agents", lineup_words(sought)),
            ("c", "conversation", "this one" if sought.conversation else ""),
        ]
        parts: list[Content] = []
        for key, name, value in fields:
            parts.append(Content.styled(f" {key} ", "bold $accent"))
            style = "bold reverse $primary" if value else "$dim-text"
            parts.append(Content.styled(f" {name}: {value} " if value else f"{name} ", style))
        line = Content("").join(parts)
        gap = self.size.width - line.cell_length - cell_len(found) - 1
        if gap > 0:
            line = Content.assemble(line, " " * gap, (found, "$foreground"))
        self.update(line, layout=False)

    def on_resize(self) -> None:
        """What is found stands at the right."""
        self.show(*self._last)
