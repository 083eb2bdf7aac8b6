"""The app on a recording: the same screen with the keys of a player, no API key, no network."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from moa_tui.ui.saving import Saving
from moa_tui.ui.terminal.appearance import AUTO
from moa_tui.ui.widgets.top_line import TopLine

if TYPE_CHECKING:
    from moa_tui.engine.events import TurnEvent
    from moa_tui.settings.loading import Loaded
    from moa_tui.state import TurnState
    from moa_tui.transcript.recording import Recording
    from moa_tui.ui.frames import Frames
    from moa_tui.ui.replay.player import Player
    from moa_tui.ui.widgets.transport_bar import TransportBar

_SEEK = 5.0
_LOOK_EVERY = 0.1
_KEYS = {"play_or_pause", "step", "seek", "restart", "faster", "ask"}


def _key(keys: str, action: str, name: str, what: str, *, show: bool = False) -> Binding:
    shown = name.capitalize()
    return Binding(keys, action, shown, show, priority=True, tooltip=what, id=f"replay.{name}")


class ReplayApp(Saving):
    """Plays a recording. `prepare` reads the settings; `play_at` is in seconds."""

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: in a pane, Space would turn the page and R ask the agent again.
        _key("space", "play_or_pause", "play", "Play, or pause", show=True),
        _key("full_stop", "step", "step", "Show the next event, and pause"),
        _key("left", f"seek({-_SEEK})", "back", "Go back 5 seconds"),
        _key("right", f"seek({_SEEK})", "forward", "Go forward 5 seconds"),
        _key("r", "restart", "restart", "Play from the beginning"),
        _key("plus,equals_sign", "faster(1)", "faster", "Play faster"),
        _key("minus", "faster(-1)", "slower", "Play slower"),
        _key("i", "ask", "ask", "Say why there is no prompt"),
        _key("ctrl+c", "quit", "leave", "Leave"),
    ]

    has_keys: ClassVar[bool] = True

    def __init__(
        self,
        recording: "Recording",
        prepare: "Callable[[], Loaded]",
        theme_dirs: Sequence[Path],
        theme: str = "",
        *,
        speed: float = 1.0,
        play_at: float = 0.0,
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(theme_dirs, theme)
        self._recording = recording
        self._theme_dirs = theme_dirs
        self._wanted_theme = theme
        self._wanted = (speed, play_at)
        self._prepare = prepare
        self._clock = clock
        self.player: Player | None = None
        self.frames: Frames | None = None
        self.transport: TransportBar | None = None

    async def begin(self) -> None:
        """Put the player where the prompt would be, and play."""
        late = self.late
        loaded = await asyncio.to_thread(self._prepare)
        settings = loaded.settings
        theme = settings.theme if settings.theme != AUTO else self._wanted_theme
        notes = self.put_on(self._theme_dirs, theme)
        await self.furnish()
        speed, play_at = self._wanted
        clock = {"clock": self._clock} if self._clock else {}
        player = late.Player(self._recording, speed, **clock)
        self.transport = late.TransportBar(player, keys=self.has_keys)
        await self.main.mount(self.transport, before="#prompt-frame")
        self.main.query_one("#prompt-frame").display = False
        self.main.set_focus(None)
        words = late.replay_words
        lineup = words.lineup_of(self._recording)
        headline = words.headline(self._recording, lineup)
        self.main.introduce(lineup, headline, words.HINT, (words.BADGE,))
        self.main.query_one(TopLine).stays = True
        self.frames = late.Frames(player, self.main, *late.pace(self, settings.low_bandwidth))
        for note in [*self.follow(loaded), *notes]:
            self.notify(note, markup=False, timeout=8)
        player.seek(play_at)
        self.player = player  # from here on the keys count
        self.open()
        self.play()

    def play(self) -> None:
        """Begin, and keep the transport bar up to date."""
        assert self.player
        assert self.transport
        self.player.play()
        self.set_interval(_LOOK_EVERY, self.transport.draw)
        self._wake()

    @property
    def shown(self) -> "TurnState | None":
        """The turn on the screen."""
        return self.player.state if self.player else None

    @property
    def told(self) -> "Sequence[TurnEvent]":
        """The events of the turn on the screen."""
        return self._recording.events

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The player's keys are letters elsewhere: on the palette, in a search."""
        if action in _KEYS:
            return self.player is not None and self.screen is self.main
        return super().check_action(action, parameters)

    def on_main_screen_stop_requested(self) -> None:
        """Esc: pause."""
        if self.player and self.player.playing:
            self.action_play_or_pause()

    def on_pane_wished(self) -> None:
        """Nobody can be asked again, or stopped."""
        self.notify(self.late.replay_words.UNCHANGED, markup=False)

    def action_play_or_pause(self) -> None:
        """Play, or pause."""
        if self.player:
            if self.player.playing:
                self.player.stop()
            else:
                self.player.play()
            self._wake()

    def action_step(self) -> None:
        """Show the next event, and pause."""
        if self.player:
            self.player.step()
            self._wake()

    def action_seek(self, by: float) -> None:
        """Go forwards, or back."""
        if self.player:
            self.player.seek(by)
            self._wake()

    def action_restart(self) -> None:
        """Play from the beginning."""
        if self.player:
            self.player.seek(-self.player.seconds)
            self.player.play()
            self._wake()

    def action_faster(self, by: int) -> None:
        """Play faster, or slower."""
        if self.player:
            self.player.change_speed(by)
            self._wake()

    def action_ask(self) -> None:
        """Say why there is no prompt."""
        self.notify(self.late.replay_words.REFUSED, markup=False)

    def _wake(self) -> None:
        assert self.frames
        assert self.transport
        self.frames.wake()
        self.transport.draw()
