"""The first frame: its colours, and that nothing typed into it is lost."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from moa_tui import paths
from moa_tui.ui import first_theme
from moa_tui.ui.themes import load_themes
from moa_tui.ui.typed_text import Written
from moa_tui.ui.widgets.first_prompt import FirstPrompt
from moa_tui.ui.widgets.prompt_box import PromptBox

FOLDERS = paths.theme_dirs()[:1]
THEMES, _ = load_themes(FOLDERS)


@pytest.mark.parametrize("name", sorted(THEMES))
def test_what_is_seen_of_a_theme_is_what_it_says(name: str) -> None:
    seen, theme = first_theme.glimpse(FOLDERS, name), THEMES[name].theme
    if seen is None:
        assert theme.ansi, "only colours of the terminal cannot be seen at a glance"
        return
    shown = (seen.background, seen.foreground, seen.primary, seen.accent, seen.dark)
    colors = (theme.background, theme.foreground, theme.primary, theme.accent, theme.dark)
    assert [str(c).lower() for c in shown] == [str(c).lower() for c in colors]


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"name: x\ncolors: [", b'  primary: "red"\n']
)
def test_a_file_that_is_no_theme_is_left_to_those_who_tell(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd.yaml").write_bytes(content)
    assert first_theme.glimpse([tmp_path], "odd") is None
    assert first_theme.glimpse([tmp_path], "missing") is None


class Both(App[None]):
    def compose(self) -> ComposeResult:
        yield FirstPrompt()
        yield PromptBox()


async def test_what_was_typed_and_sent_goes_on_in_the_real_prompt() -> None:
    async with Both().run_test() as pilot:
        first, prompt = pilot.app.query_one(FirstPrompt), pilot.app.query_one(PromptBox)
        first.focus()
        await pilot.press("h", "i", "question_mark", "enter", "a", "b", "backspace", "ctrl+j", "c")
        assert (first.sent, first.typed) == ([Written.by_hand("hi?")], "a\nc")
        assert prompt.take_over(first.writing, first.sent) == [Written.by_hand("hi?")]
        assert prompt.written == Written.by_hand("a\nc")
