"""Where a person's wishes arrive: each is carried out by the one object that knows how."""

from collections.abc import Callable

from textual.app import App

from moa_tui.state import TurnState
from moa_tui.ui.actions.afterwards import Afterwards
from moa_tui.ui.actions.next_turn import NextTurn
from moa_tui.ui.actions.room import Room
from moa_tui.ui.actions.steering import Steering
from moa_tui.ui.frames import Questions
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.start import Start
from moa_tui.ui.turn_runner import TurnRunner
from moa_tui.ui.widgets.read_pane import ReadPane


class Desk:
    """Carries out wishes by their names."""

    def __init__(
        self,
        app: App[None],
        screen: MainScreen,
        runner: TurnRunner,
        questions: Questions,
        start: Start,
    ) -> None:
        room = Room(app, screen, runner, questions)
        self.next = NextTurn(room, start)
        self._afterwards = Afterwards(room)
        steering = Steering(room, self.next, self._afterwards)
        self._for_all: dict[str, Callable[[], object]] = {
            "choose": self.next.choose,
            "race": self.next.toggle_race,
            "go-on": steering.go_on,
            "synthesise": self._afterwards.choose_synthesis,
            "judge": self._afterwards.judge,
            "earlier": lambda: self._afterwards.step(-1),
            "later": lambda: self._afterwards.step(1),
            "compare": self._afterwards.compare,
            "agreement": self._afterwards.show_agreement,
            "notes": screen.stage.toggle_notes,
        }
        self._for_one: dict[str, Callable[[ReadPane], object]] = {
            "retry": steering.retry,
            "stop": steering.stop,
            "swap": steering.swap,
            "mute": self.next.mute,
            "prompt": self._afterwards.show_prompt,
        }

    def carry_out(self, what: str, pane: ReadPane | None = None) -> None:
        """Do what was wished for, to the stream or agent of `pane` where it is about one."""
        if pane is None:
            self._for_all[what]()
        elif what in self._for_one:
            self._for_one[what](pane)

    def turn_ended(self, state: TurnState) -> None:
        """A turn is over: there may be several syntheses now."""
        self.next.show()
        self._afterwards.turn_ended(state)
