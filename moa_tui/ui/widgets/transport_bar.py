"""The transport bar of a replay: where it is, how fast, and the keys. One line."""

from textual.content import Content
from textual.widgets import Static

from moa_tui.ui.replay.player import Player

_KEYS = (
    ("space", "play, pause"),
    (".", "step"),
    ("← →", "5 s"),
    ("+ -", "speed"),
    ("r", "restart"),
)
_DONE, _LEFT = "━", "─"
_LEAST_BAR, _MOST_BAR = 8, 60


class TransportBar(Static):
    """Shows where `player` is; without `keys` where nobody can press any."""

    def __init__(self, player: Player, *, keys: bool = True) -> None:
        super().__init__(markup=False, id="transport")
        self._player = player
        self._keys = "   ".join(f"{key} {what}" for key, what in _KEYS) if keys else ""
        self._drawn: tuple[object, ...] = ()

    def draw(self) -> None:
        """Show where the replay is by now."""
        player, width = self._player, self.size.width - 2
        playing = "● playing" if player.playing else "✓ over" if player.over else "○ paused"
        where = f"{clock(player.position)} / {clock(player.seconds)}"
        drawn = (playing, where, player.speed, width)
        if drawn == self._drawn:
            return
        self._drawn = drawn
        left = f"{playing:<9} {player.speed:g}×  {where}  "
        keys = self._keys
        room = width - len(left) - 2
        if room - len(keys) < _LEAST_BAR:  # the bar, or the footer, says the rest
            keys = ""
        bar = max(0, min(_MOST_BAR, room - len(keys)))
        done = round(bar * player.position / player.seconds) if player.seconds else bar
        self.update(
            Content.assemble(
                (left, "bold $accent" if player.playing else "bold $warning"),
                (_DONE * done, "$accent"),
                (_LEFT * (bar - done), "$dim-text"),
                (f"  {keys}", "$dim-text"),
            ),
            layout=False,
        )


def clock(seconds: float) -> str:
    """Return seconds as a clock shows them: 0:07.3."""
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths // 10 % 60:02}.{tenths % 10}"
