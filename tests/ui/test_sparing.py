"""Behind a slow link: what is read is live, the rest is figures until it has ended."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from rich.cells import cell_len
from textual.app import App

from moa_tui import paths
from moa_tui.ui.app import MoaApp
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

WIDE = "日本語 中文 한국어 👩‍👩‍👧 👍🏽 ❤️ é́́ שלום עולם مرحبا\tend " * 20


@pytest.mark.parametrize("size", [(200, 50), (80, 24)])
async def test_only_what_is_read_is_live(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    gate = asyncio.Event()
    words = " ".join(["first", *["word"] * 40])
    for letter in "abc":
        double.answers[f"model-{letter}"] = Answer(f"{letter}-{words}", gate=gate, gate_at=3)
    double.answers["model-z"] = Answer("the final words")
    async with open_app(size=size) as screen:
        await screen.wait(lambda: screen.app._frames, "began")
        screen.app.main.spare(sparing=True, badge="SSH low-bw")
        await screen.shows("SSH low-bw")
        await screen.ask("why?")
        await double.wait_for_held(3)
        await screen.shows("writing")
        stage = screen.app.main.stage
        stage.focus_pane("agent-2")
        await screen.shows("b-first")
        assert "a-first" not in screen.text()
        assert "c-first" not in screen.text()
        gate.set()
        await screen.shows("✓ complete")
        stage.focus_pane("agent-1")
        await screen.shows("a-first")
        await screen.hides("low bandwidth")


@pytest.mark.parametrize("size", [(200, 50), (120, 30), (80, 24)])
async def test_no_text_breaks_a_frame(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    for letter in "abcz":
        double.answers[f"model-{letter}"] = Answer(
            f"{WIDE}\n\n| {WIDE[:30]} | b |\n|-|-|\n| c | d |"
        )
    async with open_app(size=size) as screen:
        await screen.ask("日本?")
        await screen.shows("✓ complete")
        for pane in screen.app.main.stage.panes:
            screen.app.main.stage.focus_pane(pane.id or "")
            for _ in range(2):
                await screen.pilot.press("m")
                await screen.pilot.pause()
                rows = screen.text().split("\n")
                assert {cell_len(row) for row in rows} == {size[0]}


def test_without_colours_only_themes_of_the_terminal_are_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = MoaApp(lambda: pytest.fail("not needed"), paths.theme_dirs(), "")
    app.set_reactive(App.theme, "ansi-dark")  # as TEXTUAL_THEME has it
    assert {"ansi-dark", "ansi-light"} == set(app.available_themes)
