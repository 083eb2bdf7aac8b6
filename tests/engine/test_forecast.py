"""What a turn will take, and that it is what it takes."""

from typing import Any

import pytest

from moa_tui.engine.budget import RateBudgets
from moa_tui.engine.forecast import forecast
from moa_tui.engine.provider import Failure, FailureKind
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Dialect, Provider, RateLimits, Sampling
from tests.engine.scripted import ScriptedProvider, agent, plan, run

SMALL = Sampling(max_tokens=1000)


def limited(**limits: Any) -> Provider:
    return Provider(
        "acme", "https://acme.test/v1", "ACME_API_KEY", Dialect(), limits=RateLimits(**limits)
    )


def one_model(count: int, **limits: Any) -> TurnPlan:
    agents = [agent(name, model="m", sampling=SMALL) for name in "abcdefgh"[:count]]
    judge = agent("judge", model="m", sampling=SMALL)
    return plan(agents, aggregator=judge, provider=limited(**limits))


@pytest.mark.parametrize("layers", [("a",), ("abc",), ("abc", "de")])
async def test_requests_are_those_that_are_sent(
    provider: ScriptedProvider, layers: tuple[str, ...]
) -> None:
    turn_plan = plan(*layers)
    taken = forecast(turn_plan.lineup, turn_plan.providers, turn_plan.question)
    await run(provider, turn_plan)
    assert taken.requests == len(provider.requests)
    assert {m.model: m.requests for m in taken.models} == {r.model: 1 for r in provider.requests}
    assert taken.wait == 0


def test_references_count_in_the_next_layer_as_long_as_they_may_be() -> None:
    turn_plan = one_model(3)
    taken = forecast(turn_plan.lineup, turn_plan.providers, "Why?")
    assert 4 * 1000 + 3 * 1000 < taken.tokens < 4 * 1000 + 3 * 1000 + 500
    assert taken.words.endswith("fits")


def test_a_single_agent_is_one_request() -> None:
    turn_plan = plan("abc", strategy="single")
    taken = forecast(turn_plan.lineup, turn_plan.providers, "Why?")
    assert (taken.requests, len(taken.models)) == (1, 1)
    assert taken.words == "1 request · up to 3,077 tokens · fits"


@pytest.mark.parametrize(("agents", "wait"), [(4, 0), (5, 12), (8, 48)])
def test_it_says_how_long_a_turn_that_does_not_fit_queues(agents: int, wait: int) -> None:
    turn_plan = one_model(agents, requests_per_minute=5)
    taken = forecast(turn_plan.lineup, turn_plan.providers, "Why?", (), RateBudgets(lambda: 0.0))
    assert round(taken.wait) == wait
    assert [model.fits for model in taken.models] == [wait == 0]
    assert (f"queues for ~{wait} s" in taken.words) == (wait > 0)


def test_limits_that_nobody_confirmed_are_told_as_such() -> None:
    turn_plan = one_model(5, requests_per_minute=5, assumed=True)
    taken = forecast(turn_plan.lineup, turn_plan.providers, "Why?", (), RateBudgets(lambda: 0.0))
    assert taken.words.endswith("may queue for ~12 s")


async def test_a_provider_that_said_when_to_come_back_is_waited_for() -> None:
    turn_plan = one_model(1)
    budgets = RateBudgets(lambda: 0.0)
    budget = budgets.of(turn_plan.providers["acme"], "m")
    slow = Failure(FailureKind.RATE_LIMITED, "slow", retryable=True, retry_after=30.0)
    budget.refused(budget.reserve(10, 1, lambda _wait: None), slow)
    taken = forecast(turn_plan.lineup, turn_plan.providers, "Why?", (), budgets)
    assert taken.words.endswith("queues for ~30 s")
