"""Every key of the app: where it counts, its name, what it does. Made from the bindings alone."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import format_key

from moa_tui.ui.app import MoaApp
from moa_tui.ui.beginnings import Beginnings
from moa_tui.ui.copying import Copying
from moa_tui.ui.looking_back import LookingBack
from moa_tui.ui.manners import Manners
from moa_tui.ui.replay.app import ReplayApp
from moa_tui.ui.resuming import Resuming
from moa_tui.ui.rosters import Rosters
from moa_tui.ui.screens.choice import ChoiceScreen
from moa_tui.ui.screens.code_blocks import CodeBlockScreen
from moa_tui.ui.screens.compare import CompareScreen
from moa_tui.ui.screens.first_steps import FirstSteps
from moa_tui.ui.screens.help import HelpScreen
from moa_tui.ui.screens.history import HistoryScreen
from moa_tui.ui.screens.history_acts import HistoryActs
from moa_tui.ui.screens.jump import JumpScreen
from moa_tui.ui.screens.key_entry import KeyEntry
from moa_tui.ui.screens.links import LinkCard, LinkList
from moa_tui.ui.screens.main import MainScreen
from moa_tui.ui.screens.navigated import Navigated
from moa_tui.ui.screens.offer import OfferScreen
from moa_tui.ui.screens.picker import Picker
from moa_tui.ui.screens.question_search import QuestionSearch
from moa_tui.ui.screens.side_by_side import SideBySide
from moa_tui.ui.screens.sized import Sized
from moa_tui.ui.screens.synthesis import SynthesisScreen
from moa_tui.ui.screens.text import TextScreen
from moa_tui.ui.screens.theme_picker import ThemePicker
from moa_tui.ui.screens.timeline import TimelineScreen
from moa_tui.ui.screens.trust import TrustScreen
from moa_tui.ui.shell import Shell
from moa_tui.ui.wearing import Wearing
from moa_tui.ui.widgets.prompt_box import PromptBox
from moa_tui.ui.widgets.read_pane import ReadPane
from moa_tui.ui.widgets.scroller import Scroller
from moa_tui.ui.widgets.search_bar import SearchBar
from moa_tui.ui.widgets.searched_text import SearchedText
from moa_tui.ui.widgets.turn_list import TurnList
from moa_tui.ui.wishing import Wishing

PROMPT, ANYWHERE, PANE = "In the prompt", "Anywhere", "In a pane"
ROOMS: Sequence[tuple[str, Sequence[type[DOMNode]]]] = (
    (PROMPT, (PromptBox,)),
    (
        ANYWHERE,
        (
            Navigated,
            MainScreen,
            Sized,
            MoaApp,
            Beginnings,
            Wishing,
            Rosters,
            LookingBack,
            Resuming,
            Copying,
            Manners,
            Wearing,
            Shell,
        ),
    ),
    (PANE, (ReadPane, SearchedText, Scroller)),
    ("In the history", (HistoryScreen, HistoryActs, TurnList)),
    ("In a comparison", (CompareScreen,)),
    ("In a question about a turn", (ChoiceScreen,)),
    ("In a replay", (ReplayApp,)),
    ("While searching in a pane", (SearchBar,)),
    ("In a list to pick from", (Picker,)),
    ("In a prompt or comparison that is shown", (TextScreen,)),
    ("Among syntheses side by side", (SideBySide,)),
    ("Where a new synthesis is ordered", (SynthesisScreen,)),
    ("In the search of earlier questions", (QuestionSearch,)),
    ("In the list of links", (LinkList,)),
    ("On a link", (LinkCard,)),
    ("While jumping", (JumpScreen,)),
    ("In the choice of a theme", (ThemePicker,)),
    ("In the timeline", (TimelineScreen,)),
    ("In an offer", (OfferScreen,)),
    ("In the choice of a code block", (CodeBlockScreen,)),
    ("In the first steps", (FirstSteps,)),
    ("While a key is given", (KeyEntry,)),
    ("In the help", (HelpScreen,)),
    ("In the question about a file", (TrustScreen,)),
)
"""Where keys count, and the classes that bind them there; a key has one meaning in each."""

_HEAD = """\
# Keys

Made from the program by `make keys`; a test sees to it that it is true. F1 shows those that count
where you are, Ctrl+P finds everything by its name.

Each can be changed by its id in [settings.yaml](settings.md):

```yaml
keymap:
  layout.next: alt+l
  answer.copy: "alt+c,f12"
```

Nothing here needs a key that tmux, screen or SSH keeps to itself: no Alt with a digit, no Ctrl with
a digit or Enter. `shift+enter` arrives in some terminals only; Ctrl+J always does.
"""


_NAMES = {
    "enter": "Enter",
    "backspace": "Backspace",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "underscore": "_",
}


class KeyLine(NamedTuple):
    """A binding: where it counts, its id, its keys, and what they do."""

    room: str
    id: str
    keys: tuple[str, ...]
    what: str
    priority: bool


def key_lines() -> Iterator[KeyLine]:
    """Yield all that can be pressed, room by room."""
    for room, classes in ROOMS:
        for binding in _own(classes):
            keys = tuple(key.strip() for key in binding.key.split(","))
            what = binding.tooltip or binding.description
            yield KeyLine(room, binding.id or "", keys, what, binding.priority)


def key_for(app: App[None], binding_id: str) -> str:
    """Return the key that `binding_id` has now, as it is shown to a person."""
    for active in app.screen.active_bindings.values():
        if active.binding.id == binding_id:
            return readable(active.binding.key)
    return ""


def readable(key: str) -> str:
    """Write a key as people do: `Ctrl+Q`."""
    *modifiers, name = key.split("+")
    name = _NAMES.get(name) or format_key(name)
    if modifiers or (name.islower() and len(name) > 1):
        name = name[0].upper() + name[1:]
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def as_markdown() -> str:
    """Return docs/keys.md."""
    parts = [_HEAD]
    for room, _ in ROOMS:
        lines = [line for line in key_lines() if line.room == room]
        rows = (f"| {_keys_of(line)} | {line.what} | `{line.id}` |" for line in lines)
        parts.append("\n".join([f"## {room}\n", "| key | | id |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _keys_of(line: KeyLine) -> str:
    return " · ".join(f"`{readable(key)}`" for key in line.keys)


def _own(classes: Sequence[type[DOMNode]]) -> Iterator[Binding]:
    for each in classes:
        for binding in each.__dict__.get("BINDINGS", ()):
            assert isinstance(binding, Binding)
            yield binding
