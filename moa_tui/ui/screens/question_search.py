"""Finding an earlier question by what occurs in it."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList

from moa_tui.text import clean_line
from moa_tui.ui.prompt_history import matching
from moa_tui.ui.screens.leaving import Dialog

_MOST_SHOWN = 100


class QuestionSearch(Dialog[str | None]):
    """Shows the questions that hold what is typed, newest first; gives the chosen one."""

    HELP = "Type words of an earlier question; Enter takes it into the prompt, unsent."
    DEFAULT_CSS = """
    QuestionSearch {
        align: center bottom;
    }
    #question-search {
        width: 100%;
        max-width: 120;
        height: auto;
        max-height: 80%;
        margin-bottom: 1;
        border: round $accent;
        background: $surface;
        padding: 0 1;
    }
    #question-search OptionList {
        height: auto;
        max-height: 14;
        border: none;
        padding: 0;
        background: $surface;
    }
    #question-search Input {
        border: none;
        height: 1;
        padding: 0;
        background: $background;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+r,up", "step(1)", "Older", id="search.older", tooltip="An older one"),
        Binding("down", "step(-1)", "Newer", id="search.newer", tooltip="A newer one"),
        Binding("escape,ctrl+g", "dismiss(None)", "Leave", id="search.leave", tooltip="Leave"),
    ]

    def __init__(self, questions: Sequence[str]) -> None:
        super().__init__()
        self._questions = questions
        self._found: list[str] = []

    def compose(self) -> ComposeResult:
        """The newest stands lowest, next to what is typed."""
        with Vertical(id="question-search") as box:
            box.border_title = Content("Earlier questions")
            box.border_subtitle = Content("Enter takes it · Ctrl+R older · Esc leaves")
            yield OptionList(markup=False)
            yield Input(placeholder="words of it", compact=True)

    def on_mount(self) -> None:
        """All of them, until something is typed."""
        self._show("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Look for what is typed."""
        self._show(event.value)

    def on_input_submitted(self) -> None:
        """Take the highlighted question."""
        at = self.query_one(OptionList).highlighted
        self.dismiss(None if at is None else self._found[at])

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One was clicked."""
        self.dismiss(self._found[event.option_index])

    def action_step(self, by: int) -> None:
        """Highlight an older question, or a newer one."""
        options = self.query_one(OptionList)
        if self._found and options.highlighted is not None:
            options.highlighted = max(0, min(len(self._found) - 1, options.highlighted - by))

    def _show(self, words: str) -> None:
        self._found = matching(self._questions, words)[:_MOST_SHOWN][::-1]
        options = self.query_one(OptionList)
        options.clear_options()
        for text in self._found:
            options.add_option(Content(clean_line(text, 300)))
        options.highlighted = len(self._found) - 1 if self._found else None
