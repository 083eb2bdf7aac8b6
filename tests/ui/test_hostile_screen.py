"""Hostile texts at every place of the screen: what reaches the terminal is the program's own."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from textual import events
from textual.drivers.headless_driver import HeadlessDriver

from moa_tui.text import clean_line
from moa_tui.ui.app import MoaApp
from moa_tui.ui.widgets.pane import Pane
from tests.double import Answer, CerebrasDouble
from tests.double.errors import Failure
from tests.hostile_texts import MARKUP, PAYLOADS, foreign, without_own
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

ENTITIES = "&#27;]52;c;eA==&#7; &#x9b;31m &#x202e;x&#8203;&#xe0041; [a](http://b/&#27;[31m)"


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """All that is written to the terminal: Textual paints nothing on a headless one."""
    pieces: list[str] = []

    def write(_driver: HeadlessDriver, data: str) -> None:
        pieces.append(data)

    monkeypatch.setattr(HeadlessDriver, "write", write)
    monkeypatch.setattr(HeadlessDriver, "is_headless", False)
    # A pilot would leave them out.
    shown = property(lambda _app: False, lambda _app, _value: None)
    monkeypatch.setattr(MoaApp, "_disable_notifications", shown, raising=False)
    return pieces


def all_of_them(place: str) -> str:
    """Every payload, a line each, after words that say where they were planted."""
    return (
        f"planted_in_{place}\n\n"
        + "\n".join(PAYLOADS.values())
        + f"\n\n{ENTITIES}\n\nplanted_in_{place}"
    )


def assert_own(written: list[str], *places: str) -> None:
    """What was painted shows every place, and holds nothing that its texts brought along."""
    painted = without_own("".join(written))
    stray = [repr(painted[max(0, at - 20) : at + 20]) for at, c in enumerate(painted) if foreign(c)]
    assert stray == []
    missing = [place for place in places if place not in painted]
    assert missing == [], "these were never painted"


def assert_no_actions(screen: Screen) -> None:
    """No text on the screen does anything when it is clicked, or is a link of the terminal."""
    for strip in screen.app.screen._compositor.render_strips():
        for _, style, _ in strip:
            assert not (style and style.link)
            assert not (style and "@click" in style.meta)


def roster_of(names: list[str]) -> str:
    agents = [{"name": name, "model": f"model-{at}"} for at, name in enumerate(names)]
    agents[0] |= {"expertise": all_of_them("expertise"), "system_prompt": all_of_them("prompt")}
    text = json.dumps(
        {
            "version": 1,
            "providers": {"double": {"base_url": "URL", "api_key_env": "DOUBLE_API_KEY"}},
            "defaults": {"provider": "double"},
            "agents": agents,
            "aggregator": {"name": "[@click=app.quit]z[/", "model": "[/] [b"},
        }
    )
    return text.replace("{", "{{").replace("}", "}}").replace("URL", "{url}")


async def test_texts_of_models_and_people(
    open_app: Open, double: CerebrasDouble, written: list[str]
) -> None:
    names = ["[/x] [b", "[@click=app.quit]b", "x[0] = y", "[red"]
    double.models[:] = [*(f"model-{at}" for at in range(4)), "[/] [b"]
    double.answers["model-0"] = Answer(all_of_them("text"))
    double.answers["model-1"] = Answer("short", all_of_them("thinking"))
    double.answers["model-2"] = Answer(
        failure=Failure(400, {"message": "planted_in_body " + "".join(PAYLOADS.values())})
    )
    double.answers["model-3"] = Answer(failure=Failure(401, {"message": "[/] [b" + "\x1b]0;x\a"}))
    double.answers["[/] [b"] = Answer(all_of_them("answer"))
    async with open_app(roster_of(names), size=(200, 230)) as screen:
        await screen.shows("planted_in_expertise")
        app = screen.app
        app.main.prompt.post_message(events.Paste(all_of_them("paste")))
        await screen.wait(lambda: "[@click" in app.main.prompt.text, "took the paste")
        app.notify("planted_in_note " + " ".join(MARKUP.values()), markup=False)
        await screen.shows("planted_in_note")
        # A question may name files after an @: it is another that is sent.
        app.main.prompt.load_text("")
        await screen.ask("why?")
        await screen.shows("planted_in_text", "planted_in_answer", "✂ degraded", "[@click=app")
        app.main.stage.focus_pane("agent-2")
        await screen.pilot.press("t")
        await screen.shows("planted_in_thinking")
        assert_no_actions(screen)
        app.main.stage.focus_pane("agent-1")
        await screen.pilot.press("m")
        await screen.pilot.press("f1")
        await screen.shows("Esc closes")
        await screen.pilot.press("escape", "ctrl+p")
        await screen.shows("Leave")
        assert_no_actions(screen)
        await screen.pilot.press("escape")
        texts = [str(pane.stream.text) for pane in app.query(Pane) if pane.stream]
    places = ("expertise", "text", "thinking", "body", "answer", "paste", "note")
    assert_own(written, *(f"planted_in_{place}" for place in places), "[/x] [b", "[red")
    assert all(foreign(text) == set() for text in texts)


async def test_names_on_the_board(
    open_app: Open, double: CerebrasDouble, written: list[str]
) -> None:
    names = [clean_line(payload, 50) for payload in PAYLOADS.values()]
    names = list(dict.fromkeys(name for name in names if name and name != "ab"))[:60]
    double.models[:] = [*(f"model-{at}" for at in range(len(names))), "[/] [b"]
    for at, payload in enumerate(list(PAYLOADS.values())[: len(names)]):
        double.answers[f"model-{at}"] = Answer(payload or "nothing")
    double.answers["[/] [b"] = Answer(all_of_them("answer"))
    planted = [f"{name}\x1b]0;x\x9c\u202e" for name in names]
    async with open_app(roster_of(planted), size=(90, 130), question="[/] why?") as screen:
        await screen.shows("planted_in_answer", "[@click=app.quit]z[/")
        await screen.pilot.press("tab", "b")
        await screen.shows("[red", "x[0] = y[1][2]")
        assert_no_actions(screen)
    assert_own(written, "x[0] = y[1][2]", "[stage=1:] x[0]", "owned")
