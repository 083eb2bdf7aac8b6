"""Keys: each has a name and an explanation, arrives in every terminal, and can be changed."""

import re
from collections import Counter
from pathlib import Path

import pytest
from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

from moa_tui.settings.loading import Loaded, load_settings
from moa_tui.ui.key_table import ROOMS, as_markdown, key_for, key_lines
from moa_tui.ui.keymap import _taken, follow_keymap
from moa_tui.ui.widgets.prompt_box import PromptBox
from tests.ui.test_app_turn import Open

LINES = list(key_lines())
PAGE = Path(__file__).resolve().parents[2] / "docs" / "keys.md"
_ARRIVES = re.compile(
    r"(?:ctrl\+)?[a-z0-9]|alt\+[a-z]|(?:(?:ctrl|alt|shift|ctrl\+shift)\+)?(?:up|down|left|right)"
    r"|(?:shift\+)?f\d+|(?:shift\+)?(?:home|end|tab)|[A-Z]|enter|escape|backspace|delete|space"
    r"|alt\+delete|pageup|pagedown|question_mark|slash|(?:left|right)_square_bracket|ctrl\+underscore"
    r"|full_stop|plus|minus|equals_sign|(?:less|greater)_than_sign"
)
_SENT_AS_OTHERS = {"ctrl+i", "ctrl+m", "ctrl+h"}
_OF_MULTIPLEXERS = {"ctrl+b", "ctrl+s", "ctrl+a"}


def _classes(base: type[DOMNode]) -> set[type[DOMNode]]:
    found = {base}
    for each in base.__subclasses__():
        found |= _classes(each)
    return {each for each in found if each.__module__.startswith("moa_tui.")}


def test_every_binding_of_the_program_has_an_id_and_a_tooltip_and_is_in_the_table() -> None:
    listed = {each for _, classes in ROOMS for each in classes}
    binding = {each for each in _classes(DOMNode) if each.__dict__.get("BINDINGS")}
    assert binding <= listed, "ROOMS leaves one out"
    for line in LINES:
        assert re.fullmatch(r"[a-z]+\.[a-z0-9-]+", line.id), line
        assert line.what, line
    assert max(Counter(line.id for line in LINES).values()) == 1


def test_nothing_needs_a_key_that_does_not_arrive() -> None:
    for line in LINES:
        arriving = [key for key in line.keys if _ARRIVES.fullmatch(key)]
        arriving = [key for key in arriving if key not in _SENT_AS_OTHERS | _OF_MULTIPLEXERS]
        assert arriving, f"{line.id} needs one of {line.keys}"
        assert not _SENT_AS_OTHERS & set(line.keys)


def test_a_key_has_one_meaning_in_a_room() -> None:
    for room, _ in ROOMS:
        keys = Counter(key for line in LINES if line.room == room for key in line.keys)
        assert [key for key, count in keys.items() if count > 1] == []


def test_no_key_is_hidden_by_one_that_goes_first() -> None:
    own = {line.id: list(line.keys) for line in LINES}
    taken = {line.id: _taken(line, own[line.id], own, LINES) for line in LINES}
    assert {name: clash for name, clash in taken.items() if clash} == {}


def test_the_page_of_keys_is_true() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), "run: make keys"


def from_text(folder: Path, text: str) -> Loaded:
    path = folder / "settings.yaml"
    path.write_text(text)
    return load_settings(path)


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("turn.stopp: f6", "there is no such binding — did you mean 'turn.stop'?"),
        ("zzzz: f6", "there is no such binding — docs/keys.md has all of them"),
        ("turn.stop: ctrl+i", "'ctrl+i' arrives as tab: choose another one"),
        ("turn.stop: alt+1", "'alt+1' does not arrive in most terminals"),
        ("turn.stop: escpe", "there is no key 'escpe' — did you mean 'escape'?"),
        ("turn.stop: cmd+x", "'cmd' is no modifier — known: alt, ctrl, shift, super"),
        ("turn.stop: x", "a letter alone could not be typed any more"),
        ("turn.stop: f3", "'f3' is the key of layout.next — give that another one too"),
        ("prompt.search: ctrl+o", "'ctrl+o' is the key of focus.jump"),
        ("layout.next: ctrl+w", "'ctrl+w' is the key of edit.delete-word-left"),
        ("turn.stop: ''", "should name a key"),
    ],
)
def test_a_key_that_cannot_be_is_told_with_its_place(tmp_path: Path, entry: str, what: str) -> None:
    found = from_text(tmp_path, f"theme: wafer\nkeymap:\n  focus.next: f12\n  {entry}\n")
    app: App[None] = App()
    (problem,) = follow_keymap(app, found)
    name = entry.partition(":")[0]
    assert problem.startswith(f"{tmp_path}/settings.yaml:4:3: keymap.{name}: {what}")
    assert app._keymap == {"focus.next": "f12"}, "the others count"


def test_two_keys_may_be_exchanged(tmp_path: Path) -> None:
    found = from_text(tmp_path, "keymap:\n  prompt.send: ctrl+j\n  prompt.newline: enter, '?'\n")
    app: App[None] = App()
    problems = follow_keymap(app, found)
    assert len(problems) == 1, "a question mark alone could not be typed any more"
    found = from_text(tmp_path, "keymap: {prompt.send: ctrl+j, prompt.newline: enter}\n")
    assert follow_keymap(app, found) == []


async def test_the_persons_keys_are_what_counts_and_what_is_shown(
    open_app: Open, tmp_path: Path
) -> None:
    keymap = {"prompt.send": "ctrl+j", "prompt.newline": "enter", "app.quit": "f12"}
    settings = from_text(tmp_path, "theme: wafer").settings.model_copy(update={"keymap": keymap})
    async with open_app(settings=settings) as screen:
        prompt = screen.app.main.query_one(PromptBox)
        await screen.shows("^j Send", "f12 Quit")
        await screen.pilot.press("a", "enter", "b")
        await screen.wait(lambda: prompt.text == "a\nb", "began a line with Enter")
        await screen.pilot.press("ctrl+j")
        await screen.wait(lambda: prompt.text == "", "sent with Ctrl+J")
        assert key_for(screen.app, "app.quit") == "F12"
        await screen.pilot.press("f1")
        await screen.shows("Send the question")


def test_bindings_are_what_textual_expects() -> None:
    for _, classes in ROOMS:
        for each in classes:
            assert all(isinstance(binding, Binding) for binding in each.__dict__["BINDINGS"])
