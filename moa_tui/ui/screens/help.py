"""Help for whatever has the keys: what it is, and every key that does something here."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple

from textual.app import App, ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from moa_tui.ui.screens.leaving import Dialog


class Key(NamedTuple):
    """A line of the help."""

    keys: str
    what: str


class HelpScreen(Dialog[None]):
    """Shows help texts and keys; any of its keys closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape,f1,q,question_mark",
            "dismiss",
            "Close",
            id="help.close",
            tooltip="Close the help",
        ),
    ]

    def __init__(self, texts: Sequence[str], keys: Sequence[Key]) -> None:
        super().__init__()
        self._texts = texts
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Texts first, then the keys in two columns."""
        width = max((len(key.keys) for key in self._keys), default=0)
        lines = [
            Content.assemble((f"{key.keys:>{width}}  ", "bold $accent"), key.what)
            for key in self._keys
        ]
        body = Content("\n\n").join(Content(" ".join(text.split())) for text in self._texts)
        with VerticalScroll(id="help") as box:
            box.border_title = Content("Help")
            box.border_subtitle = Content("Esc closes")
            yield Static(body, markup=False)
            yield Static(Content("\n").join(lines), id="help-keys", markup=False)


def help_for(
    focused: DOMNode | None, bindings: Iterable[ActiveBinding], app: App[None]
) -> HelpScreen:
    """Return the help for `focused` with the explained keys among `bindings`."""
    nodes = [] if focused is None else focused.ancestors_with_self
    texts = [str(node.HELP) for node in nodes if getattr(node, "HELP", None)]
    keys: dict[str, list[str]] = {}
    listed = [active.binding for active in bindings]
    # What is known from every editor stands behind what is this program's own.
    for binding in sorted(listed, key=lambda each: (each.id or "").startswith("edit.")):
        if binding.tooltip:
            keys.setdefault(binding.tooltip, []).append(app.get_key_display(binding))
    return HelpScreen(texts, [Key(" ".join(shown), what) for what, shown in keys.items()])
