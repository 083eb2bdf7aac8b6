"""What can be done with the turn under the cursor. What is done to the file is done in a thread."""

import asyncio
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar, Literal

from textual import work
from textual.binding import Binding, BindingType

from moa_tui.engine.wholeness import not_whole
from moa_tui.errors import MoaError
from moa_tui.text import clean_line
from moa_tui.transcript.browsing import TurnLine
from moa_tui.transcript.deletion import delete_turns
from moa_tui.transcript.documents import FORMS, document
from moa_tui.transcript.kept_turn import kept_record
from moa_tui.ui.saved_files import save, stem
from moa_tui.ui.screens.choice import ChoiceScreen
from moa_tui.ui.screens.compare import CompareScreen
from moa_tui.ui.screens.leaving import Over
from moa_tui.ui.when import moment
from moa_tui.ui.widgets.turn_list import TurnList

_FORMS = {"m": "md", "j": "json", "h": "html", "r": "recording"}
_FORM_WORDS = {
    "m": "Markdown, to read",
    "j": "JSON, all that is kept",
    "h": "a web page with a time line",
    "r": "a recording, to be replayed",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What the app is to do with a turn when the history is left."""

    kind: Literal["open", "ask again", "take up"]
    turn: str


class HistoryActs(Over[Wish | None]):
    """The keys of the history that do something with a turn."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "mark", "Mark", id="turn.mark", tooltip="Mark a turn to compare with"),
        Binding(
            "v", "compare", "Compare", id="turn.compare", tooltip="Compare with the marked turn"
        ),
        Binding("r", "ask_again", "Ask again", id="turn.again", tooltip="Ask today's agents again"),
        Binding(
            "t",
            "take_up",
            "Take up",
            show=False,
            id="turn.take-up",
            tooltip="Go on with an interrupted turn",
        ),
        Binding("y", "copy", "Copy", id="turn.copy", tooltip="Copy the turn's answer"),
        Binding("e", "export", "Export", id="turn.export", tooltip="Write the turn to a file"),
        Binding("d", "delete", "Delete", id="turn.delete", tooltip="Delete the turn, for good"),
    ]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.turns = TurnList(id="turns")

    @property
    def line(self) -> TurnLine | None:
        """The turn under the cursor."""
        return self.turns.selected

    def reload(self) -> None:
        """Read the list anew: a turn has gone."""
        raise NotImplementedError

    def tell(self, words: str, *, wrong: bool = False) -> None:
        """Say what was done, or why not."""
        severity = "error" if wrong else "information"
        self.notify(words, severity=severity, markup=False, timeout=10 if wrong else 6)  # type: ignore[arg-type]  # one of its words

    def on_turn_list_chosen(self, message: TurnList.Chosen) -> None:
        """Show a turn as it looked."""
        if message.line.damaged:
            self.tell("what is kept of this turn is damaged; d deletes it", wrong=True)
        else:
            self.dismiss(Wish("open", message.line.turn))

    def action_ask_again(self) -> None:
        """Ask the turn's question again, of today's agents."""
        if self.line and not self.line.damaged:
            self.dismiss(Wish("ask again", self.line.turn))

    def action_take_up(self) -> None:
        """Go on with a turn that was interrupted."""
        if self.line and self.line.open and self.line.outcome != "running":
            self.dismiss(Wish("take up", self.line.turn))
        elif self.line:
            self.tell("this turn was not interrupted")

    def action_mark(self) -> None:
        """Mark the turn, or unmark it."""
        if self.line:
            self.turns.mark("" if self.turns.marked == self.line.turn else self.line.turn)

    @work(exclusive=True, group="act")
    async def action_compare(self) -> None:
        """Show the marked turn beside this one, the older one at the left."""
        line, marked = self.line, self.turns.marked
        if line is None or not marked or marked == line.turn:
            self.tell("mark a turn with Space, go to another, then v compares them")
            return
        try:
            sides = [
                (await asyncio.to_thread(kept_record, self.path, turn))[0]
                for turn in (marked, line.turn)
            ]
        except MoaError as error:
            self.tell(str(error), wrong=True)
            return
        self.app.push_screen(CompareScreen(*sorted(sides, key=lambda side: side.started_at)))

    @work(exclusive=True, group="act")
    async def action_copy(self) -> None:
        """Copy the answer as it was written."""
        if self.line is None:
            return
        try:
            record, _ = await asyncio.to_thread(kept_record, self.path, self.line.turn)
        except MoaError as error:
            self.tell(str(error), wrong=True)
            return
        if record.answer:
            self.app.copy_to_clipboard(record.answer)
            told = [f"copied {len(record.answer):,} characters", not_whole(record.answer_outcome)]
            self.tell(" · not whole: ".join(filter(None, told)))
        else:
            self.tell("this turn has no answer")

    @work(exclusive=True, group="act")
    async def action_export(self) -> None:
        """Write the turn to a file of its own."""
        if (line := self.line) is None:
            return
        about = clean_line(line.question, 120)
        key = await self.app.push_screen_wait(ChoiceScreen("Export", about, _FORM_WORDS))
        if not key:
            return
        write = partial(_exported, self.path, line.turn, _FORMS[key])
        try:
            written = await asyncio.to_thread(write)
        except MoaError as error:
            self.tell(str(error), wrong=True)
        else:
            self.tell(f"saved as {written}")

    @work(exclusive=True, group="act")
    async def action_delete(self) -> None:
        """Delete the turn, after a question."""
        if (line := self.line) is None:
            return
        if line.outcome == "running" and line.open:
            self.tell("this turn is running: it can be deleted when it has ended")
            return
        screen = ChoiceScreen(
            "Delete this turn for good?",
            clean_line(line.question, 120) or line.turn,
            {"y": "delete it: its text is not in the file any more"},
            grave=True,
        )
        if await self.app.push_screen_wait(screen) != "y":
            return
        try:
            await asyncio.to_thread(delete_turns, self.path, [line.turn])
        except MoaError as error:
            self.tell(str(error), wrong=True)
            return
        if self.turns.marked == line.turn:
            self.turns.mark("")
        self.tell("deleted")
        self.reload()


def _exported(history: Path, turn: str, form: str) -> Path:
    record, _ = kept_record(history, turn)
    name = stem(record.question, moment(record.started_at))
    return save(name, FORMS[form], document(history, [turn], form))
