"""A view of a growing text: follows, lets go, keeps the place, paints what is seen and no more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Offset, Region, Size
from textual.pilot import Pilot
from textual.selection import Selection
from textual.strip import Strip

from moa_tui.ui.text import light
from moa_tui.ui.text.light import LightStyles
from moa_tui.ui.text.wrapping import VisualLine
from moa_tui.ui.widgets.text_view import TextView

WIDTH, HEIGHT = 40, 10


class CountingView(TextView):
    """Counts how often it was asked for rows."""

    paints = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        self.paints += 1
        return super().render_lines(crop)


class Viewer(App[None]):
    CSS = """
    TextView { height: 1fr; background: $background; color: $foreground; }
    """

    def __init__(self, *, shown: bool = True) -> None:
        super().__init__()
        self.view = CountingView()
        self.view.display = shown
        self.scrolled = 0

    def compose(self) -> ComposeResult:
        yield self.view

    def on_scroller_scrolled(self, message: TextView.Scrolled) -> None:
        assert message.control is self.view
        self.scrolled += 1

    def rows(self) -> list[str]:
        """Return the rows on the screen, without the scrollbar."""
        area = Region(0, 0, self.view.size.width - 1, self.view.size.height)
        return [strip.text.rstrip() for strip in self.view.render_lines(area)]


@asynccontextmanager
async def open_view(*, shown: bool = True) -> AsyncIterator[tuple[Pilot[None], Viewer]]:
    app = Viewer(shown=shown)
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        app.view.focus()
        await pilot.pause()
        yield pilot, app


def numbered(first: int, last: int) -> str:
    return "".join(f"line {number}\n" for number in range(first, last))


async def test_it_follows_the_end_and_marks_where_it_is() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 5))
        assert app.rows()[4:6] == ["line 4", ""]
        app.view.extend(numbered(5, 100) + "half a")
        await pilot.pause()
        assert app.rows()[-2:] == ["line 99", "half a"]
        app.view.extend(" line")
        assert app.rows()[-1] == "half a line"
        bar = light.bar_style(app.theme_variables)
        ends = [list(row)[-1] for row in app.view.render_lines(app.view.size.region)]
        assert [end.text == " " and end.style == bar for end in ends] == [False] * 9 + [True]


async def test_keys_scroll_let_go_and_follow_again() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        end = app.view.position.last_top
        for keys, top in (
            *((["up"], end - 1), (["k", "up"], end - 3), (["down"], end - 2), (["j"], end - 1)),
            *((["home"], 0), (["pagedown"], HEIGHT - 1), (["space"], 2 * HEIGHT - 2)),
            *((["pageup"], HEIGHT - 1), (["g"], 0), (["end"], end), (["g"], 0), (["G"], end)),
        ):
            await pilot.press(*keys)
            assert (app.view.position.top, keys) == (top, keys)
            assert app.view.position.following == (top == end)
        assert app.scrolled == 13


async def test_text_that_comes_while_scrolled_up_is_counted_and_moves_nothing() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        await pilot.press("pageup")
        before = app.rows()
        app.view.extend(numbered(100, 200))
        assert app.rows() == before
        assert app.view.position.below == 100 + HEIGHT - 1
        await pilot.press("end")
        assert app.rows()[-1] == "line 199"


async def test_page_down_at_the_end_keeps_following() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        await pilot.press("pagedown", "pagedown", "down")
        app.view.extend(numbered(100, 120))
        assert app.rows()[-1] == "line 119"


async def test_the_wheel_scrolls() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        end = app.view.position.top
        where = (app.view, 1, 1, 0, 0, 0, False, False, False)
        app.view.post_message(events.MouseScrollUp(*where))
        await pilot.pause()
        assert (app.view.position.top, app.view.position.following) == (end - 3, False)
        app.view.post_message(events.MouseScrollDown(*where))
        await pilot.pause()
        assert app.view.position.following


async def test_resizing_keeps_the_place_while_the_text_grows() -> None:
    async with open_view() as (pilot, app):
        app.view.extend("".join(f"line {number} " + "word " * 20 + "\n" for number in range(60)))
        app.view.action_jump("top")
        while not app.rows()[0].startswith("line 30"):
            app.view.action_move(1)
        for width, height in ((25, 8), (70, 20), (12, 5), (120, 60), (150, 200), (WIDTH, HEIGHT)):
            await pilot.resize_terminal(width, height)
            await pilot.pause()
            if height < 60:
                assert app.rows()[0].startswith("line 30")
            app.view.extend("more\n")
        assert app.rows()[0].startswith("line 30")
        assert not app.view.position.following


async def test_resizing_keeps_following() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        for size in ((20, 5), (90, 30)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert app.rows()[-1] == "line 99"


async def test_clear_begins_anew() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        await pilot.press("home")
        app.view.clear()
        assert app.rows() == [""] * HEIGHT
        app.view.extend(numbered(0, 50))
        assert app.rows()[-1] == "line 49"


async def test_rendered_rows_take_the_place_of_the_text() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 100))
        await pilot.press("home", *["pagedown"] * 5)
        assert app.view.position.top == 45
        width = app.view.text_width
        rendered = [Strip.blank(width) for _ in range(200)]
        app.view.finish(rendered)
        assert (app.view.position.top, app.view.position.following) == (90, False)
        assert app.rows() == [""] * HEIGHT
        app.view.finish(None)
        assert app.rows()[0] == "line 45"
        app.view.action_jump("end")
        app.view.finish(rendered[:3])
        assert (app.view.position.top, app.view.position.below) == (0, 0)
        app.view.finish(None)
        assert app.rows()[-1] == "line 99"


async def test_selected_text_is_what_the_screen_shows() -> None:
    async with open_view() as (pilot, app):
        app.view.extend("# Title\n- **bold** 你好 item\nend\n\n")
        screen = app.screen
        for start, end, text in (
            (None, None, "Title\n• bold 你好 item\nend"),
            ((2, 0), (6, 1), "tle\n• bold"),
            ((7, 1), (9, 1), "你好"),
            ((1, 2), None, "nd"),
            ((0, 3), (5, 3), ""),
            ((0, 7), (3, 9), ""),
            (None, (3, 0), "Tit"),
        ):
            chosen = Selection(start and Offset(*start), end and Offset(*end))
            screen.selections = {app.view: chosen}
            assert screen.get_selected_text() == text
        screen.selections = {app.view: Selection(Offset(8, 1), Offset(10, 1))}
        await pilot.pause()
        under = screen.get_component_rich_style("screen--selection").bgcolor
        shown = app.view.render_line(1)
        marked = [part.text for part in shown if part.style and part.style.bgcolor == under]
        assert "".join(marked) == "好 "
        assert shown.cell_length == WIDTH


async def test_the_mouse_finds_its_place_in_the_text() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 90) + "# 你好 one\nnot this\n")
        await pilot.pause()
        places = [app.screen.get_widget_and_offset_at(x, HEIGHT - 2)[1] for x in (0, 2, 3, 4, 6)]
        assert places == [Offset(x, 90) for x in (0, 1, 2, 2, 4)]
        await pilot.mouse_down(app.view, offset=(2, HEIGHT - 3))
        await pilot.hover(app.view, offset=(6, HEIGHT - 2))
        await pilot.mouse_up(app.view, offset=(6, HEIGHT - 2))
        await pilot.pause()
        selected = app.screen.get_selected_text() or ""
        assert selected.startswith("ne 89\n你好")
        assert "not this" not in selected


async def test_a_hidden_view_takes_text_but_paints_nothing() -> None:
    async with open_view() as (pilot, app):
        app.view.extend(numbered(0, 20))
        await pilot.pause()
        app.view.display = False
        await pilot.pause()
        before = app.view.paints
        for number in range(20, 60):
            app.view.extend(numbered(number, number + 1))
            await pilot.pause()
        assert app.view.paints == before
        app.view.display = True
        await pilot.pause()
        assert app.view.paints > before
        assert app.rows()[-1] == "line 59"


async def test_a_view_that_was_never_shown_does_not_wrap_to_nothing() -> None:
    async with open_view(shown=False) as (pilot, app):
        app.view.clear()
        app.view.extend("word " * 10)
        assert app.view.position.rows == 1
        app.view.post_message(events.Resize(Size(0, 0), Size(0, 0)))
        await pilot.pause()
        assert app.view.position.rows == 1
        app.view.display = True
        await pilot.pause()
        assert app.rows()[:2] == [("word " * 8).strip(), "word word"]


async def test_another_theme_paints_anew() -> None:
    async with open_view() as (pilot, app):
        app.view.extend("# Title\ntext")
        await pilot.pause()

        def colours() -> list[object]:
            parts = [next(iter(app.view.render_line(y))).style for y in (0, 1)]
            return [part and (part.color, part.bgcolor) for part in parts]

        first = colours()
        app.theme = "textual-light"
        await pilot.pause()
        second = colours()
        assert first[0] != second[0]
        assert first[1] != second[1]
        assert app.view.styles_of_parts is app.view.styles_of_parts


async def test_only_rows_that_are_seen_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[str] = []
    paint = light.paint

    def counting(line: VisualLine, styles: LightStyles, width: int) -> list[Segment]:
        painted.append(line.text)
        return paint(line, styles, width)

    monkeypatch.setattr(light, "paint", counting)
    async with open_view() as (pilot, app):
        for step in range(100):
            app.view.extend(numbered(step * 100, step * 100 + 100))
            await pilot.pause()
        assert len(painted) == 100 * HEIGHT
        assert set(painted) == {
            f"line {number}" for number in range(10_000) if number % 100 >= 100 - HEIGHT
        }
        del painted[:]
        app.view.extend("tail")
        await pilot.pause()
        app.view.extend(" grows")
        await pilot.pause()
        # The last row could have gone on, so it is painted again, and nothing else is.
        assert painted == ["line 9999", "tail", "tail grows"]
