"""A pane by itself: its frame, thinking that folds, the badge of new lines, and search."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Usage
from moa_tui.state import Phase, StreamState
from moa_tui.ui.themes import own_variables
from moa_tui.ui.widgets.pane import Pane
from moa_tui.ui.widgets.pane_frame import Owner, title
from tests.ui.states import log, stream, writing

LOOK = Path(__file__).parents[2] / "moa_tui/ui/app.tcss"


class Viewer(App[None]):
    CSS_PATH = LOOK

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Pane("1", id="agent-1")

    @property
    def pane(self) -> Pane:
        return self.query_one(Pane)

    def rows(self) -> list[str]:
        """Return the rows of the screen."""
        return [strip.text.rstrip() for strip in self.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())


@asynccontextmanager
async def open_pane(width: int = 60, height: int = 14) -> AsyncIterator[tuple[Pilot[None], Viewer]]:
    app = Viewer()
    async with app.run_test(size=(width, height)) as pilot:
        await pilot.pause()
        yield pilot, app


async def rendered(pilot: Pilot[None], app: Viewer) -> None:
    async with asyncio.timeout(10):
        while not app.pane.text.rendered:
            await pilot.pause(0.01)


def lines(first: int, last: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, last))


def test_the_title_names_a_provider_that_is_not_the_usual_one_before_the_model() -> None:
    owner = Owner("ada", "model-with-a-name", "ollama")
    assert title("1", owner, None, 60) == "○ 1 ada · model-with-a-name @ ollama"
    assert title("1", owner, None, 30) == "○ 1 ada @ ollama"
    assert title("1", owner, None, 10) == "○ 1 ada"
    assert title("1", replace(owner, elsewhere=""), None, 60) == "○ 1 ada · model-with-a-name"


async def test_only_an_unusual_provider_is_named() -> None:
    async with open_pane() as (pilot, app):
        for usual, named in (("provider", False), ("another", True)):
            app.pane.usual = usual
            app.pane.show(replace(writing(), id=usual), 1.0)
            await pilot.pause()
            assert ("@ provider" in app.text()) is named


def thinking(*, wrote: bool, **fields: object) -> StreamState:
    thoughts = "".join(f"thought {number}\n" for number in range(40))
    text = "the answer" if wrote else ""
    state = stream(1, text, phase=Phase.THINKING, sent_at=0.1, first_at=0.4, last_at=2.0)
    return replace(state, reasoning=log(thoughts), wrote_at=1.6 if wrote else None, **fields)  # type: ignore[arg-type]


async def test_thinking_is_live_then_folds_to_a_line_and_opens_again() -> None:
    async with open_pane() as (pilot, app):
        app.pane.show(thinking(wrote=False), 1.0)
        await pilot.pause()
        assert "thought 39" in app.text()
        app.pane.show(thinking(wrote=True, usage=Usage(10, 400, 310)), 2.0)
        await pilot.pause()
        assert "▸ thought for 1.20 s · 310 tok" in app.text()
        assert "thought 39" not in app.text()
        assert "the answer" in app.text()
        app.pane.text.focus()
        await pilot.press("t")
        await pilot.pause()
        assert "▾ thought for" in app.text()
        assert "thought 39" in app.text()
        assert "the answer" in app.text()
        await pilot.press("t")
        await pilot.pause()
        assert "thought 39" not in app.text()


async def test_thinking_that_the_reader_folds_stays_folded() -> None:
    async with open_pane() as (pilot, app):
        app.pane.show(thinking(wrote=False), 1.0)
        app.pane.action_thinking()
        await pilot.pause()
        assert "▸ thinking for 0.60 s · ~" in app.text()
        assert "thought 39" not in app.text()


async def test_the_badge_counts_what_came_since_the_reader_left_the_end() -> None:
    async with open_pane() as (pilot, app):
        app.pane.show(writing(text=lines(0, 100)), 1.0)
        await pilot.pause()
        app.pane.text.focus()
        await pilot.press("pagedown", "pagedown")
        app.pane.show(writing(text=lines(0, 100)), 1.0)
        assert app.pane.text.position.following, "page down at the end keeps following"
        await pilot.press("pageup")
        await pilot.pause()
        assert "more ·" in app.text()
        app.pane.text.extend(lines(100, 228))
        app.pane.redraw()
        await pilot.pause()
        assert "↓ 128 new" in app.text()
        await pilot.press("end")
        await pilot.pause()
        assert "new" not in app.text()
        assert "line 227" in app.text()


async def test_search_marks_counts_and_walks_and_escape_is_told() -> None:
    async with open_pane() as (pilot, app):
        app.pane.show(writing(text=lines(0, 100)), 1.0)
        app.pane.text.focus()
        await pilot.press("slash", *"line 7")
        await pilot.pause()
        # The view was at the end: after the last match comes the first.
        assert "1/11 “line 7”" in app.text()
        assert "line 7" in app.rows()[app.pane.text.region.y + app.pane.text.size.height // 2]
        await pilot.press("enter", "n", "n")
        await pilot.pause()
        assert "3/11" in app.text()
        await pilot.press("N", "N", "N")
        await pilot.pause()
        assert "11/11" in app.text()
        row = next(y for y, text in enumerate(app.rows()) if "line 79" in text)
        marked = app.pane.text.render_lines(app.pane.text.size.region)[row - app.pane.text.region.y]
        assert [part.text for part in marked if part.style and part.style.reverse] == ["line 7"]
        app.pane.text.extend("line 7 again\n")
        app.pane.redraw()
        await pilot.pause()
        assert "11/12" in app.text()
        assert app.pane.end_search()
        assert not app.pane.end_search()
        await pilot.pause()
        assert "11/12" not in app.text()


async def test_search_looks_at_rendered_rows_and_at_the_source() -> None:
    async with open_pane() as (pilot, app):
        ended = replace(
            writing(text="Some **bold words** here"), outcome=Outcome.COMPLETE, phase=Phase.ENDED
        )
        app.pane.show(ended, 1.0)
        await rendered(pilot, app)
        app.pane.text.search("some bold")
        assert app.pane.text.finding == "1/1 “some bold”"
        await pilot.resize_terminal(12, 14)
        await rendered(pilot, app)
        assert app.pane.text.finding == "1/1 “some bold”", "also where a row breaks within it"


async def test_search_in_a_long_text_looks_at_each_row_once() -> None:
    async with open_pane() as (_, app):
        app.pane.show(writing(text=lines(0, 20_000)), 1.0)
        app.pane.text.search("line 19999")
        seen: list[int] = []
        given = app.pane.text.rows_as_text

        def counted(first: int, after: int) -> list[str]:
            seen.append(after - first)
            return given(first, after)

        app.pane.text.rows_as_text = counted  # type: ignore[method-assign]
        for number in range(50):
            app.pane.text.extend(f"more {number}\n")
        assert sum(seen) <= 150
        assert app.pane.text.finding == "1/1 “line 19999”"


async def test_text_that_turns_out_to_be_thinking_leaves_the_answer() -> None:
    """Also where the answer has grown past it by the next frame."""
    async with open_pane() as (pilot, app):
        wrong = writing(text="It may be 4.", wrote_at=1.0)
        app.pane.show(wrong, 1.0)
        await pilot.pause()
        assert "It may be 4." in app.text()
        right = wrong.text.begun_anew()
        for piece in ("Four, ", "and ", "no ", "more."):
            right = right.append(piece)
        app.pane.show(replace(wrong, text=right, reasoning=log("It may be 4.")), 2.0)
        await pilot.pause()
        assert "Four, and no more." in app.text()
        assert "It may be 4." not in app.text()
        none = replace(wrong, text=right.begun_anew(), phase=Phase.THINKING, wrote_at=None)
        app.pane.show(replace(none, reasoning=log("It may be 4. Four, and no more.")), 3.0)
        await pilot.pause()
        assert not app.pane.has_class("-text")
