"""A program in the full screen: paints first, is furnished behind that, leaves the terminal clean.

The first paint waits for nothing: agents.yaml, the engine and the client library are read behind
it, in a thread, while keys are already answered.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.driver import Driver
from textual.errors import NoWidget
from textual.screen import Screen
from textual.theme import Theme

from moa_tui.errors import MoaError
from moa_tui.ui import first_theme
from moa_tui.ui.early import Early, LayoutKey
from moa_tui.ui.leaving import Leaving
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.terminal.answers import Heard

if TYPE_CHECKING:
    from moa_tui.ui.file_watch import FileWatch
    from moa_tui.ui.late import Furniture
    from moa_tui.ui.terminal.rescue import Rescue
    from moa_tui.ui.typed_text import Written
    from moa_tui.ui.widgets.prompt_box import PromptBox


class Shell(Leaving):
    """What the app is before and around its conversation; `begin` brings that.

    `late` is what is imported behind the first paint (moa_tui.ui.late), None until then; `refusal`
    is why the app does not open.
    """

    TITLE = "moa-tui"
    CSS_PATH: ClassVar[Path] = Path(__file__).with_name("first.tcss")
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="app.quit", tooltip="Leave", priority=True),
        Binding("q", "quit", "Quit", show=False, id="app.quit-pane", tooltip="Leave, from a pane"),
        Binding("f1,question_mark", "show_help", "Help", id="app.help", tooltip="Keys and help"),
        Binding(
            "ctrl+p",
            "command_palette",
            "palette",
            show=False,
            id="app.palette",
            tooltip="Everything there is to do",
            priority=True,
        ),
    ]

    def __init__(self, theme_dirs: Sequence[Path], theme: str) -> None:
        self.late: Any = None  # asked for while the app is being made
        self.heard = Heard()
        self.rescue: Rescue | None = None
        self.early = Early()
        super().__init__()
        self.refusal: MoaError | None = None
        if theme and (first := first_theme.glimpse(theme_dirs, theme)):
            self.register_theme(first)
            self.theme = first.name

    def get_driver_class(self) -> type[Driver]:
        """Our own, which never waits for the terminal, where there is one."""
        if sys.platform == "win32" or os.environ.get("TEXTUAL_DRIVER"):
            return super().get_driver_class()
        from moa_tui.ui.terminal.driver import Terminal  # noqa: PLC0415 - not on Windows

        return Terminal

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Give Textual's own themes the colours that only ours have."""
        if self.late is None:
            return first_theme.PLAIN
        defaults: dict[str, str] = self.late.own_variables(self.current_theme)
        return defaults

    def get_default_screen(self) -> Screen[None]:
        """The one screen that is always there."""
        return MainScreen()

    def on_mount(self) -> None:
        """Paint first."""
        self.watch_over()
        if listen := getattr(self._driver, "listen", None):
            self.call_after_refresh(listen)
        # A moment later: the first frame should be on its way before imports take turns with it.
        self.call_after_refresh(self.set_timer, 0.02, self._import)

    @work
    async def _import(self) -> None:
        self.late = await asyncio.to_thread(import_module, "moa_tui.ui.late")
        try:
            if not self.going:
                await self.begin()
        except Exception:
            # Screens and widgets close one after another: what is put into them then fails.
            if not self.going:
                raise

    async def begin(self) -> None:
        """Bring what the app is for, then call `open`; called once `late` is there."""
        raise NotImplementedError

    async def furnish(self) -> "list[Written]":
        """Put all parts into the main screen; return the questions that were sent before."""
        parts: Furniture = self.late.Furniture()
        parts.add_look(self)
        self.early.hold()
        return await self.main.furnish(parts)

    def open(self, prompt: "PromptBox | None" = None) -> None:
        """Take every key from now on; `prompt` gets what was typed since it has been there."""
        for event in self.early.open():
            if prompt:
                prompt.post_message(event)

    async def on_event(self, event: events.Event) -> None:
        """Until the app is open keys write only; a letter is the key in its place elsewhere."""
        if isinstance(event, LayoutKey):
            event = event.meant_for(self.focused)
        if isinstance(event, events.Paste):
            self.app_focus = True  # else nothing has it; Textual knows that of keys only
        if self.early.takes(event, self.screen_stack):
            return
        if isinstance(event, events.Key | events.Paste) and not self.screen.is_mounted:
            # What it looks for is not there yet: its turn comes when it is.
            self.screen.call_later(self.post_message, event)
            return
        if isinstance(event, events.MouseDown) and self._is_on_what_is_gone(event):
            return
        await super().on_event(event)

    def _is_on_what_is_gone(self, event: events.MouseDown) -> bool:
        """Return whether the click is on what is painted still, such as a notice that has gone.

        Textual looks for what it stood in.
        """
        try:
            widget, _ = self.screen.get_widget_at(event.x, event.y)
        except NoWidget:
            return False
        return widget.parent is None

    def watch_files(
        self, which: Callable[[], Iterable[Path]], on_change: Callable[[], object]
    ) -> None:
        """Call `on_change` whenever one of the files has changed, come or gone, and is whole."""
        # Looked at before anything is painted: what is edited from then on is seen.
        self._watch(self.late.FileWatch(which), on_change)

    @work
    async def _watch(self, watch: "FileWatch", on_change: Callable[[], object]) -> None:
        # In a thread: a file system that does not answer must not hold up a key.
        while True:
            await asyncio.sleep(self.late.EVERY)
            changed = False
            while await asyncio.to_thread(watch.changed):
                changed = True
                await asyncio.sleep(self.late.SETTLING)
            if changed:
                on_change()

    @property
    def available_themes(self) -> dict[str, Theme]:
        """All, unless colours are not wanted: then only those of the terminal can be read."""
        themes = super().available_themes
        if not getattr(self, "no_color", False):  # asked for before Textual has found out
            return themes
        plain = {name: theme for name, theme in themes.items() if theme.ansi}
        return plain if self.theme in plain else themes

    @property
    def main(self) -> MainScreen:
        """The main screen, whatever lies over it."""
        screen = self.screen_stack[0]
        assert isinstance(screen, MainScreen)
        return screen

    def action_command_palette(self) -> None:
        """Show everything there is to do."""
        if self.late and not any(isinstance(s, CommandPalette) for s in self.screen_stack):
            # Without Textual's id: one that was left may not be gone yet.
            self.push_screen(self.late.Palette())

    def action_show_help(self) -> None:
        """Show the help for whatever has the keys."""
        if self.late:
            bindings = self.screen.active_bindings.values()
            self.push_screen(self.late.help_for(self.focused, bindings, self))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the palette offers."""
        own: Iterable[SystemCommand] = ()
        if self.late:
            own = self.late.palette(self, screen, super().get_system_commands(screen))
        return own
