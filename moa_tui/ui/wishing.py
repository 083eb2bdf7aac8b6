"""The part of the app that takes the person's wishes about turns, from keys and the palette."""

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from moa_tui.ui.beginnings import Beginnings

if TYPE_CHECKING:
    from moa_tui.ui.actions.desk import Desk
    from moa_tui.ui.start import Start
    from moa_tui.ui.widgets.pane import Pane


def _wish(key: str, what: str, name: str, id: str, tooltip: str) -> Binding:  # noqa: A002 - Textual's name for it
    return Binding(key, f"wish('{what}')", name, show=False, id=id, tooltip=tooltip)


class Wishing(Beginnings):
    """Passes wishes on to the desk; while the prompt has the keys, letters are text."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _wish(
            "f5",
            "choose",
            "Preset or strategy",
            "turn.choose",
            "Who answers the next turn, and how; a race",
        ),
        _wish("s", "go-on", "Go on", "turn.go-on", "Go on with what is there"),
        _wish("B", "race", "Race", "turn.race", "One agent alone beside the next turn, or not"),
        _wish(
            "S",
            "synthesise",
            "New synthesis",
            "answer.synthesise",
            "Write the answer anew from the same drafts: another aggregator, another prompt",
        ),
        _wish(
            "less_than_sign",
            "earlier",
            "Synthesis before",
            "answer.earlier",
            "The synthesis before this one",
        ),
        _wish(
            "greater_than_sign",
            "later",
            "Synthesis after",
            "answer.later",
            "The synthesis after this one",
        ),
        _wish("equals_sign", "compare", "Compare", "answer.compare", "Syntheses side by side"),
        _wish("A", "agreement", "Agreement", "answer.agreement", "What the answers agree on"),
        _wish(
            "J",
            "judge",
            "Judge",
            "answer.judge",
            "Have consensus, contradictions, unique points and blind spots written out",
        ),
        _wish("v", "notes", "Plan, ranking", "answer.notes", "The plan or the ranking in full"),
    ]
    desk: "Desk | None" = None

    def taken(self, start: "Start") -> None:
        """What was chosen for the next turn is chosen of the new roster."""
        super().taken(start)
        if self.desk:
            self.desk.next.adopt(start)

    def _temper(self) -> None:
        super()._temper()
        if self.desk:
            self.desk.next.warm(self._temperatures)

    def action_wish(self, what: str) -> None:
        """Do what a key or the palette asks for."""
        if self.desk:
            self.desk.carry_out(what)

    def on_pane_wished(self, message: "Pane.Wished") -> None:
        """Do what is wished for one pane."""
        if self.desk:
            self.desk.carry_out(message.what, message.pane)
