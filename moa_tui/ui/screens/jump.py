"""Going anywhere with two keys: a letter is printed over each place, and pressed."""

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.widgets import Static

from moa_tui.ui.screens.leaving import Dialog

if TYPE_CHECKING:
    from textual.widget import Widget

    from moa_tui.ui.widgets.pane import Pane

_TAKEN = {"a", "i", "q"}
"""The answer, the prompt; and `q`, which would leave the app."""
_LETTERS = [letter for letter in ascii_lowercase if letter not in _TAKEN]


class Target(NamedTuple):
    """A place: the key for it, the widget's id, and where its letter is printed, if anywhere."""

    key: str
    place: str
    at: Offset | None


def targets(
    panes: Sequence["Pane"], tabs: Iterable[tuple[str, Offset]], prompt: "Widget"
) -> Iterator[Target]:
    """Yield a target for every pane, shown or not, and for the prompt."""
    on_strip = dict(tabs)
    letters = iter(_LETTERS)
    for number, pane in enumerate(panes, start=1):
        answer = pane is panes[-1]
        key = "a" if answer else str(number) if number <= 9 else next(letters, "")
        name = pane.id or ""
        here = pane.region.offset + Offset(2, 0) if pane.region else on_strip.get(name)
        if key:
            yield Target(key, name, here)
    yield Target("i", prompt.id or "", prompt.region.offset - Offset(1, 1))


class JumpScreen(Dialog[str | None]):
    """Prints the keys of `places` over what is there; gives the id of the chosen one."""

    HELP = "Press the key of the place to go to; Esc stays."
    DEFAULT_CSS = """
    JumpScreen Static {
        position: absolute;
        width: auto;
        height: 1;
        padding: 0 1;
        background: $accent;
        color: $background;
        text-style: bold;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+o", "dismiss(None)", "Stay", id="jump.leave", tooltip="Stay here"),
    ]

    def __init__(self, places: Iterable[Target]) -> None:
        super().__init__()
        self._places = {target.key: target for target in places}

    def compose(self) -> ComposeResult:
        """A letter for each place that can be seen."""
        for target in self._places.values():
            if target.at is not None:
                letter = Static(Content(target.key.upper()), markup=False)
                letter.styles.offset = target.at
                yield letter

    def on_key(self, event: events.Key) -> None:
        """Go where the key says; any other one stays here."""
        if target := self._places.get((event.character or "").lower()):
            event.stop()
            self.dismiss(target.place)
        elif event.is_printable:
            event.stop()
            self.dismiss(None)

    def on_click(self) -> None:
        """A click is no jump."""
        self.dismiss(None)
