"""A further synthesis is ordered: who writes it, and by which prompt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from moa_tui.roster.model import Agent, Lineup
from moa_tui.text import clean
from moa_tui.ui.screens.leaving import Dialog

_PLACEHOLDERS = ("{question}", "{references}")


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What was ordered; `template` is None where it is as it was."""

    aggregator: Agent
    template: str | None = None


def _key(key: str, action: str, name: str, id: str, tooltip: str) -> Binding:  # noqa: A002 - Textual's name for it
    return Binding(key, action, name, show=False, id=id, tooltip=tooltip, priority=True)


class SynthesisScreen(Dialog[Synthesis | None]):
    """Has an aggregator chosen, and its prompt edited where the strategy lets it be."""

    DEFAULT_CSS = """
    SynthesisScreen {
        align: center middle;
        background: $background 70%;
    }
    #synthesis {
        width: 90%;
        max-width: 110;
        height: auto;
        max-height: 92%;
        padding: 0 1;
        border: round $accent;
        background: $surface;
    }
    #synthesis OptionList, #synthesis OptionList:focus {
        height: auto;
        max-height: 7;
        border: none;
        padding: 0;
        background: $surface;
    }
    #synthesis TextArea {
        height: 10;
        border: none;
        padding: 0;
    }
    #synthesis .wrong {
        height: auto;
        color: $error;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("escape", "leave", "Leave", "synthesis.leave", "Leave everything as it is"),
        _key("f2", "order", "Write it", "synthesis.order", "Have it written"),
        _key("tab", "app.focus_next", "Next", "synthesis.next", "The agents, or the prompt"),
    ]

    def __init__(self, agents: Sequence[Agent], lineup: Lineup, template: str | None) -> None:
        super().__init__()
        now = lineup.aggregator
        self._agents = [now, *(agent for agent in agents if agent.name != now.name)]
        self._template = template

    def compose(self) -> ComposeResult:
        """Who, and by which prompt."""
        with Vertical(id="synthesis") as box:
            box.border_title = Content("Write the answer anew from the same drafts")
            box.border_subtitle = Content("Tab · Enter or F2 has it written · Esc leaves")
            yield OptionList(*map(_option, self._agents), markup=False)
            if self._template is not None:
                yield Static(Content.styled("by this prompt:", "$dim-text"), markup=False)
                yield TextArea(self._template, soft_wrap=True, compact=True)
            yield Static(classes="wrong", markup=False)

    def on_mount(self) -> None:
        """The aggregator as it was, unless another is chosen."""
        options = self.query_one(OptionList)
        options.highlighted = 0
        options.focus()

    def on_option_list_option_selected(self) -> None:
        """Enter on a name is the order."""
        self.action_order()

    def action_order(self) -> None:
        """Go, with what was chosen."""
        template = self._template
        if template is not None:
            template = clean(self.query_one(TextArea).text)
            missing = [name for name in _PLACEHOLDERS if name not in template]
            if missing:
                words = f"the prompt has no {' and no '.join(missing)}: put it where it belongs"
                self.query_one(".wrong", Static).update(Content(words))
                return
        agent = self._agents[self.query_one(OptionList).highlighted or 0]
        changed = template if template != self._template else None
        self.dismiss(Synthesis(agent, changed))

    def action_leave(self) -> None:
        """Leave everything as it is."""
        self.dismiss(None)


def _option(agent: Agent) -> Option:
    where = f"  {agent.model} at {agent.provider}"
    return Option(Content.assemble((agent.name, "bold"), (where, "dim")))
