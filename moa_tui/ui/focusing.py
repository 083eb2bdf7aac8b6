"""Giving a widget the keys before the next one is read."""

from textual.widget import Widget


def focus_at_once(widget: Widget) -> None:
    """Give `widget` the keys now.

    Textual's own `focus` waits for its turn; a key that was typed right after would still go to
    whatever had the keys before. A widget that is still being mounted has to wait all the same.
    """
    if widget.is_attached:
        widget.screen.set_focus(widget)
    else:
        widget.focus()
