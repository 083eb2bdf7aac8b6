"""Only what is typed by hand names files, and what goes along is said before it does."""

from pathlib import Path

import pytest
from textual.events import Key, Paste

from moa_tui.ui.enclosing import foreseen
from moa_tui.ui.typed_text import Written
from moa_tui.ui.widgets.prompt_box import PromptBox
from tests.double.server import CerebrasDouble
from tests.ui.conftest import Screen
from tests.ui.test_app_turn import Open, script


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("alpha", encoding="utf-8")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    return tmp_path


async def types(screen: Screen, text: str) -> None:
    names = {" ": "space", "@": "at", ".": "full_stop"}
    await screen.pilot.press(*(names.get(letter, letter) for letter in text))


def prompt_of(screen: Screen) -> PromptBox:
    return screen.app.main.prompt


async def test_a_typed_file_is_named_goes_along_and_is_typed_still_when_it_comes_back(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await types(screen, "Read @b.txt")
        await screen.shows("there is no file b.txt")
        await screen.pilot.press("enter")
        await screen.wait(screen.told("there is no file b.txt"), "said what is wrong")
        assert prompt_of(screen).text == "Read @b.txt"
        assert not double.chats
        await screen.pilot.press(*["backspace"] * 5)
        await types(screen, "a.txt")
        await screen.shows("goes along: a.txt (5 bytes)")
        await screen.pilot.press("enter")
        await screen.wait(screen.told("went along: a.txt (5 bytes)"), "said what went along")
        await screen.shows("✓ complete")
        sent = double.chats[0].body["messages"][-1]["content"]
        assert "```\nalpha\n```" in sent
        await screen.pilot.press("up")
        await screen.shows("goes along: a.txt (5 bytes)")


async def test_no_file_goes_along_that_was_not_typed(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        prompt = prompt_of(screen)
        await types(screen, "see ")
        screen.app.post_message(Paste("x @secret.txt y"))
        await screen.wait(lambda: "@secret.txt y" in prompt.text, "was pasted")
        await types(screen, " and")
        await screen.shows("sent as text, not as a file: @secret.txt")
        await screen.pilot.press("enter")
        await screen.wait(screen.told("@secret.txt went as text"), "said that it is text")
        await screen.shows("✓ complete")
    assert all("File secret.txt" not in str(chat.body) for chat in double.chats)


async def test_what_was_typed_is_known_through_edits(open_app: Open) -> None:
    async with open_app() as screen:
        prompt = prompt_of(screen)
        await types(screen, "@a.txt ")
        screen.app.post_message(Paste("@secret.txt"))
        await screen.wait(lambda: prompt.text == "@a.txt @secret.txt", "was pasted")
        assert list(prompt.written.typed) == [(0, 7)]
        await screen.pilot.press("ctrl+underscore")
        await screen.wait(lambda: prompt.text == "@a.txt ", "undone")
        assert prompt.written == Written.by_hand("@a.txt")
        await screen.pilot.press("alt+z")
        await screen.wait(lambda: "secret" in prompt.text, "done again")
        assert list(prompt.written.typed) == [(0, 7)]
        prompt.take("from elsewhere: @secret.txt")
        assert list(prompt.written.typed) == []
        await types(screen, "!")
        assert list(prompt.written.typed) == [(27, 28)]
        prompt.take_edited("from elsewhere: @a.txt !")
        assert list(prompt.written.typed) == [(23, 24)]


async def test_keys_that_a_question_to_the_person_hands_on_count(open_app: Open) -> None:
    async with open_app() as screen:
        prompt = prompt_of(screen)
        for letter in "@a.txt":
            prompt.take_key(Key(letter, letter))
        assert prompt.written == Written.by_hand("@a.txt")


def test_what_is_foreseen() -> None:
    assert foreseen(Written.by_hand("why?"), ()) == ""
    assert "goes along: a.txt (5 bytes)" in foreseen(Written("why?"), ["a.txt"])
    Path(".netrc").write_text("machine x\n")
    assert "it does not go along" in foreseen(Written.by_hand("@./.netrc"), ())
