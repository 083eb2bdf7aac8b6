"""The top line: who answers and from which file; once there is a question, that."""

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from moa_tui.roster.model import Lineup


class TopLine(Static):
    """Says one thing at a time; what is wrong with a file of the person's goes before the rest."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(Content.styled(" moa-tui ", "bold $accent"), id=id, markup=False)
        self._headline = Content()
        self._trouble = ""
        self._question = ""
        self._lineup: Lineup | None = None
        self._expected: Lineup | None = None
        self.stays = False
        """Whether questions do not take its place: what it says is to be seen all the time."""

    def introduce(self, lineup: "Lineup", headline: Content, *, next_turn: bool = False) -> None:
        """Say who answers: now, or from the next turn on."""
        self._headline, self._expected = headline, lineup
        if not next_turn:
            self._lineup = lineup
        self.complain("")

    def say(self, headline: Content) -> None:
        """Say something else, such as which kept turn is looked at, until something is asked."""
        self._headline, self._question = headline, ""
        self.complain("")

    def ask(self, question: str) -> None:
        """Say what is being answered; nothing is, where it is empty."""
        self._lineup, self._question = self._expected, question
        self._draw()

    def complain(self, trouble: str) -> None:
        """Have a line about a file in the place of everything else, until it is empty."""
        self._trouble = trouble
        self.set_class(bool(trouble), "-trouble")
        self._draw()

    async def on_click(self) -> None:
        """Choose who answers: the line says who does."""
        await self.app.run_action("wish('choose')")

    def _draw(self) -> None:
        said = self._headline
        if self._trouble:
            said = Content.styled(f" ! {self._trouble}", "bold $error")
        elif self._question and self._lineup and not self.stays:
            from moa_tui.ui.headline import asked  # noqa: PLC0415 - not for the first frame

            said = asked(self._lineup, self._question)
        self.update(said)
