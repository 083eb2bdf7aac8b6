"""No widget of the program can read text from outside as markup; the rule itself is tried out."""

from pathlib import Path

import pytest

import moa_tui.ui
from tests.ui.markup_rules import in_folder, violations

PLANTED = [
    "Static(name)",
    "Static(id='x')",
    "Label('hello')",
    "Button(agent.name, markup=flag)",
    "textual.widgets.Static(Content(name))",
    "OptionList(id='x')",
    "RichLog(markup=True)",
    "self.notify(f'no {name}')",
    "app.notify(message, title=name)",
    "Option(name)",
    "Option(f'{name}', id='x')",
    "Collapsible(title=name)",
    "table.add_row(name, 1)",
    "table.add_column(Content(name), name)",
    "tabs.add_tab(name)",
    "self.border_title = name",
    "box.border_subtitle = f'{name}'",
    "self.tooltip = Content(name) if name else name",
    "TextArea(placeholder=name)",
    "Pane(tooltip=name)",
    "Content.from_markup(name)",
    "Text.from_markup(text)",
    "Hit(1, name, act, help=text)",
    "Static('[b]bold', markup=True)",
    "class Card(Static):\n    pass",
    "class Card(Static):\n    def __init__(self):\n        super().__init__(id='x')",
    "class Card(Label):\n    x = 1",
]
HARMLESS = [
    "Static(name, markup=False)",
    "self.notify(name, markup=False, timeout=2)",
    "Option(Content(name), id=name)",
    "self.border_title = Content(name)",
    "self.tooltip = None",
    "TextArea(placeholder=PLACEHOLDER)",
    "TextArea(placeholder='Ask anything')",
    "Binding('q', 'quit', 'Quit', tooltip='Leave')",
    "table.add_row(Text(name), Text('x'))",
    "class Bar(Static):\n    def __init__(self):\n        super().__init__(markup=False)",
    "self.update(Content(name))",
]


def test_the_screen_never_reads_text_as_markup() -> None:
    assert in_folder(Path(moa_tui.ui.__path__[0])) == []


@pytest.mark.parametrize("source", PLANTED)
def test_a_widget_that_would_is_found(source: str) -> None:
    assert violations(source)


@pytest.mark.parametrize("source", HARMLESS)
def test_a_widget_that_would_not_is_none(source: str) -> None:
    assert violations(source) == []
