"""The last line: the keys that matter here, as many as fit. The palette's stays to the end."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual import events
from textual.binding import ActiveBinding
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

_WEIGHTS = {
    "prompt.send": 8,
    "turn.stop": 9,
    "replay.play": 9,
    "app.help": 7,
    "focus.next": 6,
    "pane.next": 4,
    "pane.zoom": 7,
    "prompt.newline": 5,
    "focus.jump": 5,
    "conversation.new": 2,
    "history.back": 9,
    "turns.open": 8,
    "history.search": 7,
}
"""What is dear; a hint that is not here goes first as the line gets narrow."""
_PALETTE = "command_palette"
_BAR = "▏"


class Hint(NamedTuple):
    """A key as it is shown, what it does in a word, its action and whose it is, how dear it is."""

    key: str
    what: str
    action: str
    node: DOMNode | None
    weight: int

    @property
    def width(self) -> int:
        """Cells of it, with what parts it from the next."""
        return cell_len(self.key) + 1 + cell_len(self.what) + 2


class KeyHints(Static):
    """Shows what the keys do where the focus is; a click does it, too."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._hints: list[Hint] = []
        self._palette: Hint | None = None
        self._ends: list[tuple[int, Hint]] = []

    def on_mount(self) -> None:
        """Hear of every change of the keys."""
        self.screen.bindings_updated_signal.subscribe(self, self._look)
        self._look(self.screen)

    def on_resize(self) -> None:
        """Another width has room for others."""
        self._draw()

    def on_click(self, event: events.Click) -> None:
        """Do what the hint under the mouse says."""
        for end, hint in self._ends:
            if event.x < end:
                self.call_later(self.app.run_action, hint.action, hint.node)
                return

    def _look(self, screen: Screen[object]) -> None:
        if not (self.is_attached and screen is self.screen):
            return
        found: dict[str, Hint] = {}
        for active in screen.active_bindings.values():
            binding = active.binding
            hint = self._hint(active)
            if binding.action.endswith(_PALETTE):
                self._palette = hint
            elif binding.show and active.enabled:
                found.setdefault(hint.action, hint)
        if (hints := list(found.values())) != self._hints or not self._ends:
            self._hints = hints
            self._draw()

    def _hint(self, active: ActiveBinding) -> Hint:
        binding = active.binding
        weight = _WEIGHTS.get(binding.id or "", 1)
        key = self.app.get_key_display(binding)
        return Hint(key, binding.description, binding.action, active.node, weight)

    def _draw(self) -> None:
        width, palette = self.size.width, self._palette
        last = f"{_BAR}{palette.key} {palette.what}" if palette else ""
        shown = fitting(self._hints, width - cell_len(last) - 1)
        parts: list[str | Content | tuple[str, str]] = [" "]
        self._ends, position = [], 1
        for hint in shown:
            parts += [(hint.key, "bold $accent"), (f" {hint.what}  ", "$foreground")]
            position += hint.width
            self._ends.append((position, hint))
        if palette:
            parts += [" " * max(0, width - position - cell_len(last)), (_BAR, "$dim-text")]
            parts += [(palette.key, "bold $accent"), f" {palette.what}"]
            self._ends.append((width, palette))
        self.update(Content.assemble(*parts), layout=False)


def fitting(hints: Sequence[Hint], width: int) -> list[Hint]:
    """Return the dearest of `hints` that fit into `width`, in their order."""
    shown = list(hints)
    while shown and sum(hint.width for hint in shown) > width:
        shown.remove(min(reversed(shown), key=lambda hint: hint.weight))
    return shown
