"""Rate limits on the screen: the budget, a turn that does not fit, streams that wait."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from moa_tui import paths
from moa_tui.transcript.history import load_turn
from moa_tui.ui.widgets.forecast_line import ForecastLine
from tests.double import Answer, CerebrasDouble, errors
from tests.double.dialects import DIALECTS
from tests.ui.conftest import ROSTER, Screen

Open = Callable[..., AbstractAsyncContextManager[Screen]]

ONE_MODEL = ROSTER.replace("model-b", "model-a").replace("model-c", "model-a")
ONE_MODEL = ONE_MODEL.replace("model-z", "model-a").replace("0.5}}", "0.5, max_tokens: 500}}")


def left(requests: int, limit: int = 5, text: str = "text") -> Answer:
    """Return an answer whose headers say how many requests are left of this minute."""
    told = {"limit": limit, "remaining": requests}
    return Answer(
        text,
        headers={f"x-ratelimit-{what}-requests-minute": str(n) for what, n in told.items()},
    )


async def test_the_budget_is_in_the_bar_and_a_turn_that_does_not_fit_is_told_before(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-a"] = [left(4), left(3), left(2), left(1)]
    async with open_app(ONE_MODEL) as screen:
        await screen.shows("○ ready")
        assert " req" not in screen.text(), "limits that nobody confirmed are not told"
        await screen.ask("why?")
        await screen.shows("✓ complete", "/5 req", "the next turn: 4 requests · up to ")
        await screen.shows("queues for ~")
        await screen.pilot.press("ctrl+n")
        await screen.shows("the next turn: 4 requests")


async def test_the_budget_refills_in_sight_and_the_line_goes_when_a_turn_fits(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-a"] = left(1, 60)
    async with open_app(ONE_MODEL) as screen:
        await screen.ask("why?")
        await screen.shows("/60 req", "the next turn")
        await screen.hides("the next turn", "59/60 req")
        await screen.shows("✓ complete", "/60 req")


async def test_without_limits_nothing_is_said_of_them(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.dialect = DIALECTS["openai"]
    async with open_app(ROSTER.replace("like: cerebras", "like: openai")) as screen:
        await screen.ask("why?")
        await screen.shows("✓ complete")
        assert " req" not in screen.text()
        assert not screen.app.main.query_one(ForecastLine).display


async def test_queued_streams_count_down_are_hurried_and_given_up(
    open_app: Open, double: CerebrasDouble
) -> None:
    double.answers["model-a"] = left(0)
    async with open_app(ONE_MODEL) as screen:
        stage = screen.app.main.stage
        await screen.ask("why?")
        await screen.shows("Σ queued", "waits for the rate limit", "queued, ~")
        await screen.shows("next in ", "in this pane: r retry now · x give up")
        stage.focus_pane("answer")
        await screen.shows("→ r retry now")
        await screen.pilot.press("r")
        await screen.shows("✓ complete")
        screen.app.main.prompt.focus()
        await screen.ask("and then?")
        await screen.wait(lambda: screen.text().count("waits for the rate") == 3, "queued three")
        for pane, key in (("agent-1", "r"), ("agent-3", "r"), ("agent-2", "x")):
            stage.focus_pane(pane)
            await screen.pilot.press(key)
        await screen.shows("given up while waiting", "2 of 3 agents · 1 rate limited")
        stage.focus_pane("answer")
        await screen.shows("→ r retry now")
        await screen.pilot.press("r")
        await screen.shows("✂ degraded")
    record = load_turn(paths.history_file(), "last")
    assert record["participation"] == "2 of 3 agents · 1 rate limited"


async def test_a_retry_counts_down_and_is_hurried(open_app: Open, double: CerebrasDouble) -> None:
    limited = Answer(failure=errors.request_quota("minute"), headers={"retry-after": "40"})
    double.answers["model-a"] = [limited, Answer("here after all")]
    async with open_app() as screen:
        await screen.ask("why?")
        await screen.shows("attempt 1 failed, again in 3", "r retry now")
        screen.app.main.stage.focus_pane("agent-1")
        await screen.pilot.press("r")
        # Once is enough, although the budget knows from the refusal that there is no room.
        await screen.shows("here after all", "✓ complete")
