"""Ways among the panes, the prompt and what is shown over them, by key."""

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from moa_tui.ui.focusing import focus_at_once
from moa_tui.ui.screens.furnished import Furnished

_BACK = "Show all panes again, stop the turn, or leave a pane"
_TWICE = 1.5
"""Seconds in which the second Esc counts, where it takes two."""
_TAB = "Next pane, or the prompt"
_NEXT, _PREVIOUS = "Next pane", "Previous pane"


class Navigated(Furnished):
    """A screen of panes that a person finds the way in without a mouse.

    `running` and `kept` say what there is to leave; `stop_key` is the key that stops a turn.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        # Priority: a key typed right after one of these must find the focus where it leads.
        Binding("escape", "back", "Stop", id="turn.stop", tooltip=_BACK, priority=True),
        Binding("tab", "onward", "Panes", id="focus.next", tooltip=_TAB, priority=True),
        Binding(
            "shift+tab",
            "app.focus_previous",
            "Back",
            show=False,
            id="focus.previous",
            tooltip="Pane before, or the prompt",
            priority=True,
        ),
        Binding("f2", "step(1)", "Next", id="pane.next", tooltip=_NEXT, priority=True),
        Binding("shift+f2", "step(-1)", show=False, id="pane.previous", tooltip=_PREVIOUS),
        Binding("i", "prompt", "Prompt", show=False, id="focus.prompt", tooltip="Go and type"),
        Binding(
            "ctrl+o",
            "jump",
            "Jump",
            id="focus.jump",
            tooltip="Print a letter over every pane, and go where the next key says",
            priority=True,
        ),
        Binding("right_square_bracket", "step(1)", show=False, id="pane.right", tooltip=_NEXT),
        Binding("left_square_bracket", "step(-1)", show=False, id="pane.left", tooltip=_PREVIOUS),
        *(
            Binding(
                str(n),
                f"pick('agent-{n}')",
                f"Pane {n}",
                show=False,
                id=f"pane.{n}",
                tooltip="Pane by its number",
            )
            for n in range(1, 10)
        ),
        Binding(
            "0,a",
            "pick('answer')",
            "Answer",
            show=False,
            id="pane.answer",
            tooltip="The pane of the answer",
        ),
        Binding("b", "pick('')", "Board", show=False, id="pane.board", tooltip="All at a glance"),
    ]

    class StopRequested(Message, namespace="main_screen"):
        """The person wants the turn stopped."""

    class KeptLeft(Message, namespace="main_screen"):
        """The person has seen enough of the turn of the history that is shown."""

    def __init__(self) -> None:
        super().__init__()
        self.running = False
        self.kept = False
        self.stop_key = "esc"
        self._escaped = False

    def action_back(self) -> None:
        """Leave what was entered last: selection, search, zoom, a kept or running turn, a pane."""
        if self.get_selected_text():
            self.clear_selection()
        elif self.parts and (self.stage.end_search() or self.stage.unzoom()):
            pass
        elif self.kept:
            self.post_message(self.KeptLeft())
        elif not self.running or self.stop_key == "ctrl+c":
            self.action_prompt()
        elif self.stop_key == "esc" or self._escaped:
            self.post_message(self.StopRequested())
        else:
            self._escaped = True
            self.set_timer(_TWICE, self._forget_escape)
            self.notify("Esc again stops the turn", timeout=_TWICE, markup=False)

    def _forget_escape(self) -> None:
        self._escaped = False

    def action_onward(self) -> None:
        """Go to the next pane, or the prompt; stay where a file's name is being typed.

        Whoever presses Tab there wants it completed, and goes on typing.
        """
        if self.parts and self.prompt.has_focus and self.prompt.names_a_file:
            words = "Tab does not complete names of files: type the whole path"
            self.notify(words, timeout=4, markup=False)
        else:
            self.focus_next()

    def action_step(self, by: int) -> None:
        """Go to the next pane, or the one before."""
        if self.parts:
            self.stage.step(by)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A number means something where there is such a pane."""
        if action == "pick" and parameters != ("",):
            return bool(self.query(f"#{parameters[0]}"))
        return super().check_action(action, parameters)

    def action_jump(self) -> None:
        """Show where one can go, and go where the next key says."""
        if not self.parts:
            return
        from moa_tui.ui.screens.jump import JumpScreen, targets  # noqa: PLC0415 - not for the first frame

        tabs = self.parts.tabs
        places = targets(self.stage.panes, tabs.places() if tabs.region else (), self.prompt)
        self.app.push_screen(JumpScreen(places), self._jump_to)

    def _jump_to(self, place: str | None) -> None:
        if place == self.prompt.id:
            self.action_prompt()
        elif place:
            self.action_pick(place)

    def action_pick(self, pane: str) -> None:
        """Go to a pane by its number; nothing picked is the board."""
        if not self.parts:
            return
        if not pane:
            self.stage.select("")
            self.action_prompt()
        elif self.query(f"#{pane}"):
            self.stage.focus_pane(pane)

    def action_prompt(self) -> None:
        """Give the keys to the prompt."""
        if not self.parts:
            return
        if all(
            node.display for node in self.prompt.ancestors_with_self if isinstance(node, Widget)
        ):
            focus_at_once(self.prompt)
        else:  # a recording is played: there is no prompt that could take the keys
            self.set_focus(None)
