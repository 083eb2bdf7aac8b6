"""The links of a text: all of them, and one shown whole before anything is done with it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static

from moa_tui.ui.links.finding import FoundLink
from moa_tui.ui.screens.leaving import Dialog

_CSS = """
    {name} {{
        align: center middle;
    }}
    {name} > #links {{
        width: 90%;
        max-width: 110;
        height: auto;
        max-height: 80%;
        padding: 0 1;
        border: round $accent;
        background: $surface;
    }}
"""


class LinkList(Dialog[FoundLink | None]):
    """Shows links; gives the chosen one."""

    HELP = "The links of this text. Enter shows one whole, and asks what to do with it."
    DEFAULT_CSS = _CSS.format(name="LinkList")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,o", "dismiss(None)", "Leave", id="links.leave", tooltip="Leave"),
    ]

    def __init__(self, links: Sequence[FoundLink]) -> None:
        super().__init__()
        self._links = links

    def compose(self) -> ComposeResult:
        """A row for each: the address, and the words that stand for it."""
        rows = OptionList(id="links", markup=False)
        rows.border_title = Content(f"Links: {len(self._links)}")
        rows.border_subtitle = Content("Enter shows it whole · Esc leaves")
        for link in self._links:
            mark = ("! " if link.warnings else "  ", "$warning")
            label = (f"  {link.label}" if link.label else "", "$dim-text")
            rows.add_option(Content.assemble(mark, link.address.url, label))
        yield rows

    def on_mount(self) -> None:
        """The first one is ready to be chosen."""
        rows = self.query_one(OptionList)
        rows.focus()
        rows.highlighted = 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One was chosen."""
        self.dismiss(self._links[event.option_index])


class LinkCard(Dialog[str]):
    """Shows one link whole; gives `open`, `copy`, or nothing.

    No key that leads here opens it: a key that is held, or pressed twice, must not.
    """

    HELP = "A link. Look at where it leads before you open it."
    DEFAULT_CSS = _CSS.format(name="LinkCard")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "choose('open')", "Open", id="link.open", tooltip="Open it in your browser"),
        Binding("c", "choose('copy')", "Copy", id="link.copy", tooltip="Copy the address"),
        Binding("escape,n,q", "choose('')", "Leave", id="link.leave", tooltip="Do nothing with it"),
    ]

    def __init__(self, link: FoundLink, obstacle: str) -> None:
        super().__init__()
        self._link = link
        self._obstacle = obstacle

    def compose(self) -> ComposeResult:
        """The host first, for the eye to find; then all of the address."""
        link = self._link
        parts = [Content.assemble("leads to ", (link.address.host, "bold $accent"))]
        parts += [Content(link.address.url)]
        parts += [Content.assemble((f"! {words}", "$warning")) for words in link.warnings]
        if link.label:
            parts.append(Content.assemble(("its text: ", "$dim-text"), link.label))
        if self._obstacle:
            parts.append(Content.assemble((f"It is copied: {self._obstacle}", "$dim-text")))
        with VerticalScroll(id="links") as box:
            box.border_title = Content("A link")
            keys = "c copies it · Esc leaves"
            box.border_subtitle = Content(keys if self._obstacle else f"y opens it · {keys}")
            yield Static(Content("\n\n").join(parts), markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing opens where there is no browser of the person's."""
        return not (self._obstacle and action == "choose" and parameters == ("open",))

    def action_choose(self, what: str) -> None:
        """Go, with what is to be done."""
        self.dismiss(what)
