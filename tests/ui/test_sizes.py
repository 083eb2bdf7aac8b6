"""No size of the terminal ends the app, be it one cell or half a million."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

SMALL = [(1, 1), (2, 2), (3, 10), (10, 3), (1, 60)]
LARGE = [(1000, 400), (400, 1000)]


@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small", "large"])
async def test_a_turn_survives_its_terminal(
    open_app: Open, double: CerebrasDouble, sizes: list[tuple[int, int]]
) -> None:
    gate = asyncio.Event()
    for letter in "abc":
        text = f"# text of {letter}\n\n| a | b |\n|---|---|\n| c | d |\n" + "word " * 200
        double.answers[f"model-{letter}"] = Answer(text, gate=gate, gate_at=4)
    double.answers["model-z"] = Answer("the final words")
    async with open_app() as screen:
        await screen.ask("why?")
        await double.wait_for_held(3)
        for size in sizes:
            await screen.pilot.resize_terminal(*size)
            assert tuple(screen.app.size) == size
        gate.set()
        await double.wait_until(lambda: len(double.chats) == 4, "the aggregator's request")
        await double.wait_for_idle()
        await screen.pilot.press("tab", "z", "f2", "escape")
        await screen.pilot.resize_terminal(120, 30)
        await screen.shows("the final words", "✓ complete")
