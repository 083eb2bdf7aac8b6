"""Keys before the app is open: they write, or have no effect; what is typed is never lost."""

from collections.abc import Sequence

from textual import events
from textual.screen import Screen
from textual.widget import Widget

from moa_tui.ui.widgets.first_prompt import FirstPrompt

_LEAVES = "ctrl+q"


class LayoutKey(events.Key):
    """A letter of another keyboard layout; `latin` is the key at its place in the Latin one."""

    __slots__ = ["latin"]

    def __init__(self, key: events.Key, latin: events.Key) -> None:
        super().__init__(key.key, key.character)
        self.latin = latin

    def meant_for(self, focused: Widget | None) -> events.Key:
        """Return the letter where `focused` takes text, else the key in the Latin layout.

        Textual finds handlers by an event's class: none would get this one.
        """
        if focused is not None and focused.check_consume_key(self.key, self.character):
            return events.Key(self.key, self.character)
        return self.latin


class Early:
    """Has the first prompt take what is typed; keeps it while the real one comes in its place."""

    def __init__(self) -> None:
        self._is_open = False
        self._holding = False
        self._held: list[events.Event] = []

    def hold(self) -> None:
        """Keep what is typed from now on until `open`."""
        self._holding = True

    def open(self) -> list[events.Event]:
        """Let everything pass from now on; return what was typed meanwhile."""
        self._is_open = True
        held, self._held = self._held, []
        return held

    def takes(self, event: events.Event, screens: Sequence[Screen[object]]) -> bool:
        """Return whether `event` goes no further. A question to the person gets its keys."""
        if self._is_open or len(screens) > 1:
            return False
        if isinstance(event, events.Key):
            if event.key == _LEAVES:
                return False
            self._write(event, screens)
            return True
        if isinstance(event, events.Paste):
            self._write(event, screens)
            return True
        return isinstance(event, events.MouseEvent)

    def _write(self, event: events.Key | events.Paste, screens: Sequence[Screen[object]]) -> None:
        first = list(screens[0].query(FirstPrompt)) if screens else []
        if self._holding or not first:
            if isinstance(event, events.Paste) or FirstPrompt.writes(event):
                self._held.append(event)
        elif isinstance(event, events.Paste):
            first[0].on_paste(event)
        else:
            first[0].on_key(event)
