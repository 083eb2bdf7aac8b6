"""Screens that keep up with a window whose size changes all the time."""

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[object]
else:
    _Base = object  # Textual takes styles from the first base that is a widget


class Resizing(_Base):
    """What a screen is made of that lets a size go which is not the window's any more.

    Textual tells a screen of the size that it has just taken on: two sizes under way at once would
    be told in turns for ever.
    """

    def _on_resize(self, event: events.Resize) -> None:
        if event.size != self.app.size:
            event.stop()
            event.prevent_default()
