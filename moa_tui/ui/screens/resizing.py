"""Screens that keep up with a window whose size changes all the time."""

from typing import TYPE_CHECKING, Generic

from textual import events
from textual.screen import ScreenResultType

if TYPE_CHECKING:
    from textual.screen import Screen as _Base
else:
    _Base = Generic  # Textual takes styles from the first base that is a widget


class Resizing(_Base[ScreenResultType]):
    """What a screen is made of that lets a size go which is not the window's any more.

    Textual tells a screen of the size that it has just taken on: two sizes under way at once would
    be told in turns for ever.
    """

    async def _on_resize(self, event: events.Resize) -> None:
        if event.size != self.app.size:
            event.stop()
            event.prevent_default()
