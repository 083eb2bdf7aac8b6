"""Models that a provider does not have are told before a question meets them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import ROSTER, Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]


async def test_a_misspelt_model_is_told_at_the_start_once_with_the_nearest(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-z"] = Answer("the answer")
    roster = ROSTER.replace("model: model-b", "model: modle-b")
    words = "bob: double does not list modle-b (the nearest that it has: model-b, model-"
    async with open_app(roster, notifications=True) as screen:
        await screen.wait(screen.told(words), "told about bob's model")
        assert not double.chats
        await screen.ask("why?")
        await screen.shows("the answer")
        told = [
            note.message for note in screen.app._notifications if "does not list" in note.message
        ]
        assert len(told) == 1


async def test_a_roster_whose_models_are_there_is_no_news(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-z"] = Answer("the answer")
    async with open_app(notifications=True) as screen:
        await screen.wait(lambda: double.requests, "asked for the lists of models")
        await screen.ask("why?")
        await screen.shows("the answer")
        assert not screen.told("does not list")()
