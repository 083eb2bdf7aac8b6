"""The screen at three sizes: what is shown, zoom, tabs, keys that move about."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial

import pytest
from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from moa_tui.ui.focusing import focus_at_once
from moa_tui.ui.widgets.board import Board
from moa_tui.ui.widgets.prompt_box import PromptBox
from tests.double import Answer, CerebrasDouble
from tests.ui.conftest import ROSTER, THEMES, Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

EVERYONE = ["agent-1", "agent-2", "agent-3", "answer"]
SIZES = [(200, 50), (120, 30), (80, 24), (60, 15), (220, 20)]


def script(double: CerebrasDouble, **answers: Answer) -> None:
    """Have model-a … answer as told, and the others with their own name."""
    for letter in "abcz":
        double.answers[f"model-{letter}"] = answers.get(letter, Answer(f"text of {letter}"))


def on_screen(widget: Widget, size: tuple[int, int]) -> bool:
    """Return whether `widget` has room, and no row of it is below the screen."""
    return 0 < widget.region.bottom <= size[1]


@pytest.mark.parametrize("size", SIZES)
async def test_the_answer_is_readable_at_every_size(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    script(double, z=Answer("the final words"))
    async with open_app(size=size) as screen:
        await screen.ask("why?")
        await screen.shows("the final words", "complete")
        for widget in (screen.app.main.query_one(PromptBox), screen.app.main.status):
            await screen.wait(partial(on_screen, widget, size), "kept it on the screen")


async def test_wide_and_medium_show_every_pane(open_app: Open, double: CerebrasDouble) -> None:
    script(double)
    for size in SIZES[:2]:
        async with open_app(size=size) as screen:
            await screen.panes(*EVERYONE)
            panes = screen.app.main.stage.panes
            beside = (
                panes[-1].region.x > panes[0].region.x and panes[-1].region.y == panes[0].region.y
            )
            assert beside is (size[0] >= 160)


async def test_narrow_shows_the_board_then_the_answer(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, b=Answer("bob is writing" + " more" * 40, gate=gate, gate_at=4))
    async with open_app(size=(80, 24)) as screen:
        await screen.panes("answer")  # the hint has the stage before anything was asked
        await screen.ask("why?")
        await screen.shows("text of a", "bob is writing", "text of c")
        await screen.wait(lambda: screen.app.main.query_one(Board).region, "showed the board")
        gate.set()
        await screen.shows("text of z", "complete")
        await screen.panes("answer")
        await screen.pilot.press("f2")
        await screen.shows("text of a")
        await screen.panes("agent-1")
        await screen.wait(
            lambda: screen.app.main.stage.agents.panes[0].region.width == 80, "gave it the width"
        )
        await screen.pilot.press("f2")
        await screen.panes("agent-2")
        await screen.pilot.press("shift+f2", "shift+f2")
        await screen.panes("answer")
        await screen.pilot.press("b")
        await screen.wait(lambda: screen.app.main.query_one(Board).region, "showed the board")


@pytest.mark.parametrize("size", SIZES[:2])
async def test_zoom_gives_one_pane_the_stage_and_escape_takes_it_back(
    open_app: Open, double: CerebrasDouble, size: tuple[int, int]
) -> None:
    script(double)
    async with open_app(size=size) as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.pilot.press("tab", "z")
        await screen.panes("agent-1")
        pane = screen.app.main.stage.agents.panes[0]
        await screen.wait(lambda: pane.region.width == size[0], "gave it the width")
        await screen.pilot.press("3")
        await screen.panes("agent-3")  # numbers go from zoomed pane to zoomed pane
        await screen.pilot.press("a")
        await screen.panes("answer")
        await screen.pilot.press("escape")
        await screen.panes(*EVERYONE)
        await screen.pilot.press("escape")
        await screen.wait(
            lambda: isinstance(screen.app.focused, PromptBox), "gave the prompt the focus"
        )


async def test_a_key_typed_right_after_tab_goes_where_the_focus_went(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.pilot.press("h", "i", "tab", "j", "k", "tab", "j")
        await screen.wait(
            lambda: screen.app.main.query_one(PromptBox).text == "hi", "kept the keys apart"
        )


async def test_resizing_in_mid_stream_loses_nothing(open_app: Open, double: CerebrasDouble) -> None:
    gate = asyncio.Event()
    text = " ".join(f"word{i}" for i in range(400))
    script(double, a=Answer(text, gate=gate, gate_at=20), z=Answer("end"))
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("word1 ")
        for size in [(80, 24), (120, 30), (60, 15), (20, 5), (200, 50)]:
            await screen.pilot.resize_terminal(*size)
        gate.set()
        await screen.shows("✓ complete", "word399")


@pytest.mark.parametrize("count", [1, 2, 5, 9, 16])
async def test_one_to_sixteen_agents(open_app: Open, double: CerebrasDouble, count: int) -> None:
    script(double)
    agents = "\n".join(f"  - {{{{name: agent{i}, model: model-a}}}}" for i in range(count))
    head, tail = ROSTER.split("agents:", 1)
    roster = f"{head}agents:\n{agents}\naggregator:{tail.split('aggregator:', 1)[1]}"
    roster = roster.partition("presets:")[0]
    for size in SIZES[:3]:
        async with open_app(roster, size=size) as screen:
            await screen.ask("why?")
            await screen.shows("text of z", f"{count} of {count} agent")
            double.requests.clear()


async def test_help_lists_the_keys_and_the_palette_the_commands(
    open_app: Open, double: CerebrasDouble
) -> None:
    async with open_app() as screen:
        await screen.pilot.press("f1")
        await screen.shows("Send the question", "Keys and help")
        await screen.pilot.press("f1", "ctrl+p")
        await screen.shows("Search for commands")
        await screen.pilot.press(*"new conv")
        await screen.pilot.press("escape")


@pytest.mark.parametrize("theme", sorted(THEMES))
async def test_every_theme_paints_a_finished_turn(
    open_app: Open, double: CerebrasDouble, theme: str
) -> None:
    script(double, z=Answer("# Title\n\n- `code` **bold**\n\n```python\nx = 1\n```\n> quote"))
    async with open_app(theme=theme, size=(120, 30)) as screen:
        await screen.ask("why?")
        await screen.shows("Title", "x = 1", "✓ complete")
        assert screen.app.theme == theme


LAYERED = """
version: 1
providers:
  double: {{base_url: "{url}", api_key_env: DOUBLE_API_KEY, like: cerebras}}
defaults: {{provider: double}}
agents:
  - {{name: ada, model: model-a}}
  - {{name: bob, model: model-b}}
  - {{name: cyd, model: model-c}}
layers: [[ada, bob, cyd], [ada, bob, cyd], [ada, bob]]
aggregator: {{name: zoe, model: model-z}}
"""


async def test_a_layer_gives_way_to_the_next_where_there_is_no_room_for_both(
    open_app: Open, double: CerebrasDouble
) -> None:
    gate = asyncio.Event()
    script(double, z=Answer("the final words", gate=gate))
    async with open_app(LAYERED, size=(120, 30)) as screen:
        await screen.panes("agent-1", "agent-2", "agent-3", "answer")
        await screen.ask("why is that so?")
        await screen.shows("8 of 8 answers", "❯ why is that so?", "7 ada · layer 3")
        await screen.panes("agent-7", "agent-8", "answer")
        await screen.pilot.press("tab", "2")
        await screen.panes("agent-2", "agent-7", "agent-8", "answer")
        gate.set()
        await screen.shows("the final words")
    async with open_app(LAYERED, size=(200, 50)) as screen:
        await screen.panes(*(f"agent-{number}" for number in range(1, 9)), "answer")


async def test_the_timeline_lies_over_the_turn_and_leaves_it_as_it_was(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    for size in SIZES[:3]:
        async with open_app(size=size) as screen:
            await screen.pilot.press("ctrl+l")
            await screen.ask("why?")
            await screen.shows("✓ complete")
            await screen.pilot.press("ctrl+l")
            await screen.shows("Timeline", "layer 1", "✓ ada", "the answer", "✓ zoe", "writing")
            await screen.pilot.press("escape")
            await screen.hides("Timeline")
            await screen.shows("text of z")
            double.requests.clear()


async def test_escape_ends_a_search_before_anything_else(
    open_app: Open, double: CerebrasDouble
) -> None:
    script(double)
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        await screen.pilot.press("tab", "z", "slash", *"text")
        await screen.shows("1/1 “text”")
        await screen.pilot.press("escape")
        await screen.hides("1/1 “text”")
        await screen.panes("agent-1")
        await screen.pilot.press("escape")
        await screen.panes(*EVERYONE)


async def test_a_pane_that_is_not_mounted_yet_can_be_gone_to() -> None:
    class Early(App[None]):
        def compose(self) -> ComposeResult:
            yield Input(id="first")

    app = Early()
    async with app.run_test() as pilot:
        late = Input(id="late")
        focus_at_once(late)
        assert app.focused is app.query_one("#first")
        await app.mount(late)
        focus_at_once(late)
        assert app.focused is late
        await pilot.pause()
