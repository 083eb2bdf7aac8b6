"""The question about an agents.yaml that is not the person's, before anything of it is used."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from moa_tui.roster.trust import answer
from moa_tui.roster.trust_question import TrustQuestion, UntrustedError
from moa_tui.roster.trust_words import destination_lines, heading, warning
from moa_tui.ui.screens.leaving import Dialog
from moa_tui.ui.widgets.first_prompt import FirstPrompt

if TYPE_CHECKING:
    from moa_tui.ui.shell import Shell

_T = TypeVar("_T")


class TrustScreen(Dialog[bool]):
    """Shows what a file would do and takes y or n.

    Somebody may be typing a question when it comes up, and a "y" of that is no answer: until no
    key has come for `QUIET` seconds, keys go to `typing`.
    """

    QUIET = 0.7
    DEFAULT_CSS = """
    TrustScreen {
        align: center middle;
    }
    #trust {
        width: 90%;
        max-width: 110;
        height: auto;
        max-height: 95%;
        padding: 1 2;
        border: round $warning;
        background: $surface;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Use it", id="trust.yes", tooltip="Use the file"),
        Binding(
            "n,escape", "answer(False)", "Do not", id="trust.no", tooltip="Do not use the file"
        ),
        # Taken from the app: `q` is one of the letters that may be on their way to the prompt.
        Binding("q", "answer(False)", show=False, id="trust.leave", tooltip="Do not use the file"),
    ]

    def __init__(self, question: TrustQuestion, typing: Callable[[events.Key], object]) -> None:
        super().__init__()
        self._question = question
        self._typing = typing
        self._quiet: Timer | None = None
        self.ready = False

    def compose(self) -> ComposeResult:
        """Hosts and keys before the agents: they must not be pushed off the screen."""
        question = self._question
        with VerticalScroll(id="trust") as box:
            box.border_title = Content("Use this file?")
            box.border_subtitle = Content("y use it · n do not")
            yield Static(
                Content.assemble(
                    (heading(question), "bold"),
                    "\n\n",
                    (question.shown_path, "$accent"),
                    "\n\n",
                    (_count(len(question.destinations), "host"), "bold"),
                    *(
                        part
                        for line, watch in destination_lines(question)
                        for part in ("\n  ", (line, "$warning") if watch else line)
                    ),
                    "\n\n",
                    (_count(len(question.agents), "agent"), "bold"),
                    *(f"\n  {agent}" for agent in question.agents),
                    "\n\n",
                    (warning(question), "$warning"),
                ),
                id="trust-facts",
                markup=False,
            )

    def on_mount(self) -> None:
        """Keys scroll; none of them answers yet."""
        self.query_one("#trust").focus()
        self._wait()

    def on_key(self, event: events.Key) -> None:
        """A key that was meant for the prompt goes there."""
        if not self.ready:
            self._wait()
            self._typing(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No answer before the question has been there for a moment."""
        del parameters
        return self.ready or action != "answer"

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - as bindings pass it
        """Go, with the answer."""
        self.dismiss(yes)

    def _wait(self) -> None:
        if self._quiet:
            self._quiet.stop()
        self._quiet = self.set_timer(self.QUIET, self._be_ready)

    def _be_ready(self) -> None:
        self.ready = True


async def prepared(app: "Shell", prepare: Callable[[], _T]) -> _T:
    """Return what `prepare` returns, called in a thread; ask the person whenever they have to be.

    Raises the MoaError that `prepare` raises, also for a no to a file that was asked for by name.
    """
    while True:
        try:
            return await asyncio.to_thread(prepare)
        except UntrustedError as error:
            yes = await app.push_screen_wait(TrustScreen(error.question, _prompt_of(app)))
            await asyncio.to_thread(answer, error.question, yes=yes)


def _prompt_of(app: "Shell") -> Callable[[events.Key], object]:
    """Return what takes the keys that were meant for the prompt."""
    first = app.main.query(FirstPrompt)
    return first.first().on_key if first else app.main.prompt.take_key


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
