"""What can be done where there is no key: four ways on, none of them a dead end."""

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from moa_tui.roster.hosts import place_of
from moa_tui.roster.model import Provider
from moa_tui.ui.screens.leaving import Dialog

KEY, MODEL, DEMO = "key", "model", "demo"


class FirstSteps(Dialog[str | None]):
    """Offers to take a key of `provider`, the embedded model, or a recording."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("k", f"choose('{KEY}')", "Key", id="first.key", tooltip="Paste a key"),
        Binding(
            "e",
            f"choose('{MODEL}')",
            "Embedded model",
            id="first.model",
            tooltip="Use the embedded model",
        ),
        Binding("d", f"choose('{DEMO}')", "Demo", id="first.demo", tooltip="Watch a recorded turn"),
        Binding("escape,q", "choose('')", "Close", id="first.close", tooltip="Not now"),
    ]

    def __init__(self, provider: Provider, *, weights_are_here: bool) -> None:
        super().__init__()
        self._provider = provider
        self._here = weights_are_here

    def compose(self) -> ComposeResult:
        """The ways on, then how to do it without the app; plain text, to be copied."""
        provider = self._provider
        fetched = "on this machine, small" if self._here else "small; fetches 93 MB once"
        choices = (
            (KEY, "k", "Paste a key", f"for {place_of(provider.base_url)}"),
            (MODEL, "e", "Use the embedded model", fetched),
            (DEMO, "d", "Watch a recorded turn", "no key, no network"),
        )
        with VerticalScroll(classes="dialog") as box:
            box.border_title = Content("First steps")
            box.border_subtitle = Content("Enter chooses · Esc closes")
            yield OptionList(
                *(
                    Option(Content(f"{key}  {what}: {about}"), id=name)
                    for name, key, what, about in choices
                ),
                markup=False,
            )
            yield Static(Content(f"\n{_by_hand(provider)}"), markup=False)

    def on_mount(self) -> None:
        """Ready to choose."""
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option.id)

    def action_choose(self, what: str) -> None:
        """Go, with the choice."""
        self.dismiss(what or None)


def _by_hand(provider: Provider) -> str:
    where = "\nA key for Cerebras: https://cloud.cerebras.ai" if provider.name == "cerebras" else ""
    return (
        "Or do it in the shell, and start again:\n"
        f"    export {provider.api_key_env}=…\n    moa-tui auth {provider.name}{where}"
    )
