"""Taking a provider's key: masked, tried at its host, and kept as the person chooses."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, RadioButton, RadioSet, Static

from moa_tui.engine.provider import ProviderError
from moa_tui.engine.trying import models_with
from moa_tui.errors import MoaError
from moa_tui.roster import keyring_access
from moa_tui.roster.api_key import ApiKey, stripped
from moa_tui.roster.hosts import place_of
from moa_tui.roster.key_store import KeyStore
from moa_tui.roster.keys import give_key, require_key
from moa_tui.roster.model import Provider
from moa_tui.ui.screens.leaving import Dialog

_KEYRING, _FILE, _SESSION = "keyring", "file", "session"


class Choice(RadioButton):
    """A radio button that is told from an unchosen one by its shape, not by its colour alone."""

    def render(self) -> Content:
        """Fill the button that is chosen."""
        self.BUTTON_INNER = "●" if self.value else "○"
        return super().render()


class KeyEntry(Dialog[bool]):
    """Returns whether there is a key now. The key is in the field until it is tried, no longer."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", id="key.close", tooltip="Keep no key"),
    ]

    def __init__(self, provider: Provider, *, keyring: bool) -> None:
        super().__init__()
        self._provider = provider
        self._store = KeyStore()
        ways = {
            _KEYRING: "in the system's keyring",
            _FILE: f"in a file that only you can read: {_short(self._store.path)}",
            _SESSION: "do not store it: for this run only",
        }
        self._ways = {way: words for way, words in ways.items() if way != _KEYRING or keyring}
        self._trying = False

    def compose(self) -> ComposeResult:
        """The field, where the key is kept, and what comes of it."""
        place = place_of(self._provider.base_url)
        with VerticalScroll(classes="dialog") as box:
            box.border_title = Content(f"Key for {place}")
            box.border_subtitle = Content("Enter tries and keeps it · Tab · Esc closes")
            yield Input(password=True, placeholder="the key", compact=True)
            yield Static(Content("\nIt is kept"), markup=False)
            with RadioSet(compact=True):
                for number, (way, words) in enumerate(self._ways.items()):
                    yield Choice(Content(words), value=number == 0, id=f"keep-{way}")
            yield Static(
                Content(f"\nIt is sent to {place} and to no other host."),
                id="key-said",
                markup=False,
            )

    def on_mount(self) -> None:
        """Ready to paste."""
        self.query_one(Input).focus()

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        if self._trying:
            return
        key = stripped(event.value)
        if not key:
            self._say("paste the key first", "$error")
            return
        try:
            require_key(key, "what was given")
        except MoaError as error:
            self._say(str(error), "$error")
            return
        self._trying = True
        self._say(f"asking {place_of(self._provider.base_url)} …", "$dim-text")
        self._try(key)

    @work
    async def _try(self, key: ApiKey) -> None:
        try:
            count = await models_with(self._provider, key)
            way = list(self._ways)[max(0, self.query_one(RadioSet).pressed_index)]
            await asyncio.to_thread(self._keep, key, way)
        except (ProviderError, MoaError) as error:
            self._say(f"not kept: {error}", "$error")
            self.query_one(Input).focus()
            self._trying = False
            return
        self.query_one(Input).value = ""
        self.app.notify(
            f"{place_of(self._provider.base_url)} answers with it: {count} models", markup=False
        )
        self.dismiss(result=True)

    def _keep(self, key: ApiKey, way: str) -> None:
        """Keep the key; it goes before one in the environment for as long as this run takes."""
        variable = self._provider.api_key_env
        if variable and way != _SESSION:
            place = place_of(self._provider.base_url)
            self._store.put(variable, place, key, in_keyring=way == _KEYRING)
        give_key(self._provider, key)

    def _say(self, words: str, style: str) -> None:
        self.query_one("#key-said", Static).update(Content.styled(f"\n{words}", style))

    def action_leave(self) -> None:
        """Go without a key."""
        self.query_one(Input).value = ""
        self.dismiss(result=False)


def _short(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def key_entry(provider: Provider) -> KeyEntry:
    """Return the screen, with the keyring among the choices if there is one; for a thread."""
    return KeyEntry(provider, keyring=keyring_access.usable())
