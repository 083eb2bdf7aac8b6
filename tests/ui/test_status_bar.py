"""The bar below: fields go by weight as it gets narrow, and what is estimated says so."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.cells import cell_len
from textual.app import App, ComposeResult

from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.provider import Usage
from moa_tui.roster.model import Price
from moa_tui.state import Phase, StreamState, TurnState
from moa_tui.ui.themes import own_variables
from moa_tui.ui.widgets.status_bar import StatusBar, phase_words
from tests.ui.states import stream, turn, writing


class Bar(App[None]):
    CSS = "StatusBar { height: 1; padding: 0 1; }"

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return own_variables(self.current_theme)

    def compose(self) -> ComposeResult:
        yield StatusBar()

    @property
    def bar(self) -> StatusBar:
        return self.query_one(StatusBar)

    def text(self) -> str:
        return self.bar.render_line(0).text.strip()


@asynccontextmanager
async def open_bar(width: int = 120) -> AsyncIterator[Bar]:
    app = Bar()
    async with app.run_test(size=(width, 3)) as pilot:
        await pilot.pause()
        yield app


def done(number: int, **fields: Any) -> StreamState:
    ended: dict[str, Any] = {"phase": Phase.ENDED, "outcome": Outcome.COMPLETE, "ended_at": 2.0}
    return writing(number, usage=Usage(10, 900), **{**ended, **fields})


RUNNING = turn(done(1), writing(2), stream(3))
FIELDS = {
    "● layer 1": 9,
    "1 of 3 agents": 6,
    "~1,000 tok": 5,
    "~0 tok/s": 8,
    "total 2.00 s": 7,
    "cost –": 3,
    "2 questions waiting": 4,
    "demo model": 7,
}


async def test_it_says_all_where_there_is_room() -> None:
    async with open_bar() as app:
        app.bar.set_badges(["demo model"])
        app.bar.show(RUNNING, 2.0, queued=2)
        assert app.text() == "   ".join(FIELDS)


async def test_what_fits_exactly_is_shown() -> None:
    full = "   ".join(FIELDS)
    for width, fits in ((len(full) + 2, True), (len(full) + 1, False)):
        async with open_bar(width) as app:
            app.bar.set_badges(["demo model"])
            app.bar.show(RUNNING, 2.0, queued=2)
            assert (app.text() == full) is fits


async def test_narrow_drops_what_weighs_least() -> None:
    app = Bar()
    async with app.run_test(size=(200, 3)) as pilot:
        await pilot.pause()
        app.bar.set_badges(["demo model"])
        app.bar.show(RUNNING, 2.0, queued=2)
        for width in range(200, 39, -8):
            await pilot.resize_terminal(width, 3)
            await pilot.pause()
            text = app.text()
            assert cell_len(text) <= width - 2
            shown = text.split("   ")
            assert shown == [field for field in FIELDS if field in shown]
            dropped = [weight for field, weight in FIELDS.items() if field not in shown]
            assert max(dropped, default=0) <= min(FIELDS[field] for field in shown)
            # One field more would not have fitted.
            widths = sorted((len(field) for field in FIELDS if field not in shown), reverse=True)
            assert not widths or len(text) + 3 + widths[0] > width - 2


async def test_figures_are_estimates_until_every_stream_is_counted() -> None:
    async with open_bar() as app:
        app.bar.show(RUNNING, 2.0)
        assert "~1,000 tok" in app.text()
        assert "question" not in app.text()
        ended = turn(done(1), done(2), outcome=TurnOutcome.COMPLETE, seconds=2.1)
        app.bar.show(ended, 2.1, queued=1)
        assert app.text() == (
            "✓ complete   2 of 2 agents   1,800 tok   1,125 tok/s   total 2.10 s"
            "   cost –   1 question waiting"
        )
        app.bar.show(turn(done(1), outcome=TurnOutcome.COMPLETE, seconds=2.1), 50.0)
        assert "total 2.10 s" in app.text()


async def test_the_rate_is_that_of_the_last_seconds_and_of_this_turn() -> None:
    async with open_bar() as app:
        for tenth in range(30):
            app.bar.show(turn(writing(text="x" * tenth * 400)), tenth / 10)
        assert "~1,000 tok/s" in app.text()
        app.bar.show(turn(stream(), turn="t2"), 0.0)
        assert "~0 tok/s" in app.text()


async def test_it_is_drawn_seldom_unless_something_happens() -> None:
    async with open_bar() as app:
        app.bar.show(turn(writing(text="x" * 400)), 1.0)
        app.bar.show(turn(writing(text="x" * 800)), 1.1)
        assert "~100 tok" in app.text()
        app.bar.show(turn(writing(text="x" * 800)), 1.2)
        assert "~200 tok" in app.text()
        app.bar.show(turn(done(1), outcome=TurnOutcome.STOPPED, seconds=1.2), 1.21)
        assert app.text().startswith("■ stopped")


async def test_after_a_race_the_cost_stays_while_there_is_room() -> None:
    """What is left out for the long result comes back once that one got shorter."""
    price = Price(1.0, 2.0)
    answer = done(2, role=Role.AGGREGATOR, ended_at=2.0, price=price)
    alone = done(3, role=Role.BASELINE, ended_at=9.0, last_at=9.0, price=price)
    raced = turn(
        done(1, ended_at=1.0, price=price),
        answer,
        alone,
        outcome=TurnOutcome.COMPLETE,
        answer="text",
        answered_by="s2",
        strategy="mixture",
        seconds=9.0,
    )
    for width in (400, 140, 122):
        async with open_bar(width) as app:
            app.bar.show(raced, 9.0)
            text = app.text()
            assert "$" in text, f"the cost, at {width} columns"
            assert "total 2.00 s" in text
            rate = 1_800 / 1.6
            assert f"1,800 tok   {rate:,.0f} tok/s" in text, "of the answer, as the time is"
            assert "4.5× faster" in text


async def test_before_the_first_turn_it_is_ready() -> None:
    async with open_bar() as app:
        assert app.text() == "○ ready"
        app.bar.set_badges(["demo model"])
        assert app.text() == "○ ready   demo model"


def aggregator(phase: Phase) -> StreamState:
    return stream(9, role=Role.AGGREGATOR, layer=3, phase=phase)


PHASES: list[tuple[TurnState, str]] = [
    (TurnState(), "○ ready"),
    (turn(), "● starting"),
    (turn(writing(1), stream(2, layer=2)), "● layer 2"),
    (turn(writing(1), aggregator(Phase.WAITING)), "● Σ waiting"),
    (turn(writing(1), aggregator(Phase.WRITING)), "● Σ writing"),
    *(
        (turn(outcome=outcome), f"{glyph} {outcome}")
        for outcome, glyph in zip(TurnOutcome, "✓✂!■", strict=True)
    ),
]


@pytest.mark.parametrize(("state", "words"), PHASES, ids=[words for _, words in PHASES])
def test_phase_words(state: TurnState, words: str) -> None:
    assert phase_words(state) == words
    assert cell_len(words) == len(words)


def test_no_two_phases_share_their_words() -> None:
    assert all(one[1] != other[1] for one, other in itertools.combinations(PHASES, 2))


async def test_the_rate_of_the_last_seconds_is_drawn_until_it_gets_narrow() -> None:
    async with open_bar() as app:
        for tick in range(40):
            app.bar.show(turn(writing(1, "word " * 20 * min(tick, 25))), tick * 0.2)
        drawn = app.text().split("tok/s ", 1)[1].split()[0]
        assert len(drawn) == 20
        assert set(drawn) <= set("▁▂▃▄▅▆▇█")
        assert drawn[0] > drawn[-1], "it has stalled"
    async with open_bar(46) as app:
        for tick in range(40):
            app.bar.show(turn(writing(1, "word " * 20 * tick)), tick * 0.2)
        assert "tok/s" in app.text()
        assert not set("▁▂▃▄▅▆▇█") & set(app.text())
