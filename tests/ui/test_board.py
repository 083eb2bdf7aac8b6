"""All streams at a glance: as many rows each as there are, their state in words and colour."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from rich.style import Style
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from moa_tui.engine.events import Outcome
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.state import Phase, StreamState
from moa_tui.ui import figures
from moa_tui.ui.themes import own_variables
from moa_tui.ui.widgets.board import Board
from tests.ui.states import log, stream, writing


class Boards(App[None]):
    CSS = "Board { height: 1fr; background: $surface; color: $foreground; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield Board()

    @property
    def board(self) -> Board:
        return self.query_one(Board)

    def rows(self) -> list[str]:
        width, height = self.board.size
        strips = [self.board.render_line(y) for y in range(height)]
        assert [strip.cell_length for strip in strips] == [width] * height
        return [strip.text.rstrip() for strip in strips]


@asynccontextmanager
async def open_board(
    streams: Sequence[StreamState], size: tuple[int, int] = (80, 16)
) -> AsyncIterator[tuple[Pilot[None], Boards]]:
    app = Boards()
    async with app.run_test(size=size) as pilot:
        app.board.show(streams, 2.0)
        await pilot.pause()
        yield pilot, app


def many(count: int) -> list[StreamState]:
    return [writing(number, f"text of {number} " * 90) for number in range(1, count + 1)]


async def test_every_stream_is_there_in_80_columns() -> None:
    async with open_board([]) as (_, app):
        for count in range(1, 17):
            app.board.show(many(count), 2.0)
            rows = app.rows()
            heads = [y for y, row in enumerate(rows) if row.startswith(" ●")]
            assert [rows[y].split()[1] for y in heads] == [str(n) for n in range(1, count + 1)]
            assert all("writing · ~" in rows[y] for y in heads)
            each = min(7, 16 // count)
            assert heads == list(range(0, count * each, each))
            for number, y in enumerate(heads, start=1):
                tail, after = rows[y + 1 : y + each - (each >= 3)], rows[y + each - 1]
                assert all(f"of {number}" in row for row in tail)
                # A blank row parts two streams where each has one for its text besides.
                assert (after == "") == (each >= 3)


async def test_more_streams_than_rows_are_counted() -> None:
    async with open_board(many(16), (80, 10)) as (_, app):
        assert len([row for row in app.rows() if row.startswith(" ●")]) == 9
        assert app.rows()[-1] == "   and 7 more"


async def test_nothing_is_blank() -> None:
    async with open_board([]) as (_, app):
        assert app.rows() == [""] * 16


STATES = [
    stream(1),
    writing(2),
    writing(3, phase=Phase.ENDED, outcome=Outcome.COMPLETE),
    writing(4, phase=Phase.ENDED, outcome=Outcome.TRUNCATED),
    stream(5, phase=Phase.ENDED, outcome=Outcome.FAILED),
]


async def test_glyph_and_name_have_the_colour_of_the_state() -> None:
    async with open_board(STATES) as (pilot, app):

        def styles() -> dict[str, Style | None]:
            heads = [next(iter(app.board.render_line(y))) for y in range(0, 15, 3)]
            tones = [figures.tone(state) for state in STATES]
            assert all(f"agent{n}" in head.text for n, head in enumerate(heads, start=1))
            return dict(zip(tones, (head.style for head in heads), strict=True))

        before = styles()
        assert len({style.color for style in before.values() if style}) == 5
        app.theme = "textual-light"
        await pilot.pause()
        after = styles()
        assert all(after[tone] != before[tone] for tone in before)


async def test_the_tail_is_the_end_of_the_text_or_of_the_thinking_or_the_failure() -> None:
    failure = Failure(FailureKind.CONNECTION, "api.x: connection refused", "check the address")
    streams = [
        writing(1, "begin " + "word " * 400 + "end\n\n"),
        stream(2, phase=Phase.THINKING, reasoning=log("so it is")),
        stream(3, phase=Phase.ENDED, outcome=Outcome.FAILED, failure=failure),
    ]
    async with open_board(streams, (60, 15)) as (_, app):
        rows = app.rows()
        assert rows[3].endswith("word end")
        assert rows[6] == "   so it is"
        assert rows[11] == "   api.x: connection refused"


async def test_the_rows_of_a_tail_stay_where_they_are_while_it_grows() -> None:
    words = [f"word{number:03}" for number in range(300)]
    async with open_board([stream()], (60, 9)) as (_, app):
        moved = 0
        before: list[str] = []
        for count in range(150, 300):
            app.board.show([writing(1, " ".join(words[:count]))], 2.0)
            rows = [row for row in app.rows()[1:6] if row]
            # Each row is as it was, or has moved up, or is the last one and has grown.
            moved += bool(before) and not set(rows[:-2]) <= set(before)
            before = rows
        assert moved <= 3


async def test_long_and_wide_names_are_cut_before_the_state_is() -> None:
    async with open_board([writing(1, agent="名" * 60)], (40, 4)) as (_, app):
        head = app.rows()[0]
        assert head.startswith(" ● 1 名名")
        assert head.endswith("…  writing")


async def test_the_plan_stands_below_where_there_is_room_for_it() -> None:
    notes = Content("plan: 2 parts\n├ 1 ada  sums\n└ 2 bob  words [red]")
    async with open_board([]) as (_, app):
        app.board.show(many(2), 2.0, notes=notes)
        rows = app.rows()
        assert rows[-4:] == ["", " plan: 2 parts", " ├ 1 ada  sums", " └ 2 bob  words [red]"]
        assert sum(row.startswith(" ●") for row in rows) == 2
        app.board.show(many(7), 2.0, notes=notes)
        assert "plan" not in "".join(app.rows()), "streams need the rows"
