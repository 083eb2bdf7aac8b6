"""Changing classes without styling anew what no rule of app.tcss ties to them."""

from collections.abc import Iterable, Mapping

from textual.dom import DOMNode
from textual.widget import Widget


def reclass(widget: Widget, classes: Mapping[str, bool], within: Iterable[DOMNode] = ()) -> None:
    """Set the `classes` of `widget`, and style only it and `within` anew if any of them changed.

    Textual's own way styles everything inside: 0.2 ms a widget, which for a screen of panes is a
    gap of the event loop that a key has to wait for.
    """
    before = widget.classes
    widget.update_classes(classes, update=False)
    if widget.is_attached and widget.classes != before:
        widget.app.stylesheet.update_nodes([widget, *within])
