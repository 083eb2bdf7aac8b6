"""Classes that restyle only a part of what they stand on: nothing may be left in an old style."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest
from textual.widget import Widget

from tests.double import Answer, CerebrasDouble, errors
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]


def styles(screen: Screen) -> dict[Widget, str]:
    """Return how every widget is styled by app.tcss; what the code says itself goes before that."""
    return {widget: widget._css_styles.css for widget in screen.app.main.query("*")}


def stale(screen: Screen) -> Iterator[str]:
    """Yield what would look otherwise if everything were styled anew."""
    before = styles(screen)
    screen.app.stylesheet.update(screen.app.main)
    for widget, css in styles(screen).items():
        if css != before.get(widget, css):
            yield f"{widget}:\n{before[widget]}\n— should be —\n{css}"


def has_rows(widget: Widget, rows: int) -> bool:
    """Return whether `widget` takes so many rows."""
    return widget.size.height == rows


@pytest.mark.parametrize("size", [(200, 50), (120, 30), (80, 24)])
async def test_at_every_stage_of_a_turn_all_is_styled_as_it_should_be(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    gate = asyncio.Event()
    double.answers |= {
        "model-a": Answer("text " * 50, reasoning="thought " * 50, gate=gate, gate_at=70),
        "model-b": Answer(failure=errors.WRONG_KEY),
        "model-c": Answer("text of c", reasoning="thought"),
        "model-z": Answer("the answer"),
    }
    async with open_app(size=size) as screen:
        stage = screen.app.main.stage
        assert not list(stale(screen))
        await screen.ask("why?")
        ada = stage.panes[0]
        await screen.wait(lambda: ada.stream and ada.stream.text.length, "began to write")
        assert not list(stale(screen))
        gate.set()
        await screen.shows("✂ degraded")
        assert not list(stale(screen))
        stage.focus_pane("agent-2")
        await screen.pilot.press("z")
        await screen.wait(lambda: stage.has_class("-zoomed"), "zoomed")
        assert not list(stale(screen))
        await screen.pilot.press("escape")
        await screen.ask("again?")
        await screen.wait(lambda: len(double.chats) >= 7, "asked again")
        await screen.shows("✂ degraded")
        assert not list(stale(screen))


async def test_a_note_that_needs_more_rows_gets_them(open_app: Open) -> None:
    async with open_app() as screen:
        head = screen.app.main.stage.answer.head
        head.say("x" * 3)
        for words, rows in (
            ("one", 1),
            ("two", 1),
            ("1\n2\n3", 3),
            ("x" * 150, 2),
            ("", 0),
            ("1", 1),
        ):
            head.say(words)
            await screen.wait(partial(has_rows, head, rows), f"took {rows} rows")
