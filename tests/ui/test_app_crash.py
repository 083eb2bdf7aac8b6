"""What breaks in the app ends it with a report, or is told where the app can go on."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from moa_tui import crashes, paths
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.errors import CrashError
from moa_tui.ui.widgets.pane import Pane
from tests import canary
from tests.ui.conftest import Screen

OpenedApp = AbstractAsyncContextManager[Screen]


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that has not crashed."""
    monkeypatch.setattr(crashes, "_kept", [])


def fail(*_arguments: object, **_named: object) -> None:
    raise ValueError(canary.KEY)


def kept() -> list[str]:
    return [file.read_text(encoding="utf-8") for file in paths.crash_dir().glob("*")]


async def crash_of(
    open_app: Callable[..., OpenedApp], break_it: Callable[[], None] = lambda: None
) -> CrashError:
    """Ask something in an app that breaks of it; return what the person is told."""
    app = None
    try:
        async with open_app() as screen:
            app = screen.app
            break_it()
            await screen.ask("Why?")
            await screen.wait(lambda: app.crash, "broke")
    except ValueError as error:
        assert str(error) == canary.KEY  # noqa: PT017 - the pilot raises what ended the app
    assert app
    assert app.crash
    return app.crash


async def fail_later(*_arguments: object) -> None:
    fail()


async def test_a_strategy_that_breaks(
    open_app: Callable[..., OpenedApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STRATEGIES, "mixture", fail_later)
    told = await crash_of(open_app)
    assert told.message.startswith("something broke: ValueError in ")
    assert ["ValueError: [key]" in text for text in kept()] == [True]


async def test_painting_that_breaks(
    open_app: Callable[..., OpenedApp], monkeypatch: pytest.MonkeyPatch
) -> None:
    await crash_of(open_app, lambda: monkeypatch.setattr(Pane, "show", fail))
    assert ["ValueError: [key]" in text for text in kept()] == [True]


async def test_a_task_that_nobody_waits_for_is_told_and_the_app_goes_on(
    open_app: Callable[..., OpenedApp],
) -> None:
    async with open_app() as screen:
        tasks = [asyncio.create_task(fail_later())]
        await asyncio.wait(tasks)
        tasks.clear()
        gc.collect()
        await screen.wait(screen.told("something broke: ValueError"), "told it")
        await screen.ask("Why?")
        await screen.wait(lambda: screen.app.main.stage.answer.stream, "answered all the same")
        assert screen.app.crash is None
        assert len(screen.app.stumbles) == 1
        canary.look_through("the screen", screen.text())
    assert ["ValueError: [key]" in text for text in kept()] == [True]
