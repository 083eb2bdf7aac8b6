"""Agents are called what their authors like; the screen has no names of its own for them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from tests.double import CerebrasDouble
from tests.ui.conftest import ROSTER, Screen

NAMES = ("Dr. Ada  Love", "批评家", "🦊 fox", "[red]b.o/b[/]", "1st", "#id .class", "é̂", "$x {y}")


async def test_any_name_works(
    open_app: Callable[..., AbstractAsyncContextManager[Screen]], double: CerebrasDouble
) -> None:
    agents = "".join(f"  - {{{{name: '{name}', model: model-a}}}}\n" for name in quoted(NAMES))
    head, _, _ = ROSTER.partition("agents:")
    roster = (
        f"{head}agents:\n{agents}aggregator: {{{{name: '総 Σ. 1', model: model-z}}}}\n"
        f"presets: {{{{'a b.🦊': ['批评家', '🦊 fox']}}}}\n"
    )
    async with open_app(roster, preset="a b.🦊") as screen:
        await screen.shows("批评家", "🦊 fox", "総 Σ. 1")
    async with open_app(roster) as screen:
        await screen.ask("Why?")
        await screen.wait(lambda: screen.app.main.stage.answer.stream, "answered")
        await screen.shows("Dr. Ada  Love", "批评家", "🦊 fox", "[red]b.o", "1st", "#id .class")
        assert screen.app.crash is None


def quoted(names: tuple[str, ...]) -> list[str]:
    """Escape names for the roster's template."""
    return [name.replace("{", "{{").replace("}", "}}") for name in names]
