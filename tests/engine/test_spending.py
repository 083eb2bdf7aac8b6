"""What streams cost, and requests that are not sent because they might cost too much."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from moa_tui.engine.cost import cost_of, dollars
from moa_tui.engine.events import Outcome, Priced, RequestSent, StreamEnded, TurnEnded, TurnEvent
from moa_tui.engine.forecast import forecast
from moa_tui.engine.prices import Prices
from moa_tui.engine.provider import Batch, FailureKind, Usage
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.spending import Spending
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Price, Provider, Sampling
from moa_tui.roster.presets import PROVIDERS
from moa_tui.state import TurnState, fold
from tests.engine.scripted import ScriptedProvider, agent, check_order, plan

DEAR = Price(0.0, 1000.0)
"""A dollar for a thousand tokens of output."""
THOUSAND = Sampling(max_tokens=1000)


def acme(**prices: Price) -> Provider:
    return Provider("acme", "https://acme.test/v1", "ACME_API_KEY", prices=prices)


def dear_plan(count: int = 3, **lineup: Any) -> TurnPlan:
    names = "abcdefgh"[:count]
    agents = [agent(name, sampling=THOUSAND) for name in names]
    priced = acme(**dict.fromkeys([*names, "judge"], DEAR))
    made = plan(agents, aggregator=agent("judge", sampling=THOUSAND), provider=priced)
    return replace(made, lineup=replace(made.lineup, **lineup))


async def spent(
    provider: ScriptedProvider, turn_plan: TurnPlan, spending: Spending | None = None
) -> tuple[TurnEnded, list[TurnEvent]]:
    events: list[TurnEvent] = []
    spending = spending or Spending(Prices(turn_plan.providers))
    strategy = STRATEGIES[turn_plan.lineup.strategy]
    ended = await run_turn(turn_plan, strategy, provider.connect, events.append, spending=spending)
    check_order(events)
    return ended, events


def used(output: int, finish: str = "stop") -> list[Any]:
    return [Batch("Text."), Batch(finish_reason=finish, usage=Usage(100, output), done=True)]


def test_cached_input_has_its_own_price() -> None:
    usage = Usage(prompt=1_000_000, output=500_000, reasoning=400_000, cached=400_000)
    assert cost_of(Price(1.0, 2.0, 0.5), usage) == pytest.approx(0.6 + 0.2 + 1.0)
    assert cost_of(Price(1.0, 2.0), usage) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, "–"),
        (0, "$0"),
        (0.00001, "<$0.0001"),
        (0.0061, "$0.0061"),
        (0.01234, "$0.012"),
        (0.5, "$0.500"),
        (1.234, "$1.23"),
        (1234.5, "$1,234.50"),
    ],
)
def test_amounts_are_shown_as_precisely_as_they_matter(amount: float | None, shown: str) -> None:
    assert dollars(amount) == shown


def test_prices_of_the_file_come_first_and_the_list_is_only_asked_once_loaded() -> None:
    own = replace(PROVIDERS["cerebras"], prices={"gpt-oss-120b": Price(7.0, 8.0)})
    prices = Prices({**PROVIDERS, "cerebras": own})
    assert prices.of("cerebras", "gpt-oss-120b") == Price(7.0, 8.0)
    assert prices.needed("cerebras", "qwen-3.8-27b")
    assert prices.of("cerebras", "qwen-3.8-27b") is None
    prices.load_now()
    listed = prices.of("cerebras", "qwen-3.8-27b")
    assert listed is not None
    assert 0 < listed.input < listed.output
    assert prices.of("cerebras", "no such model") is None
    assert prices.of("ollama", "llama3.2:3b") is None
    assert prices.of("local", "whatever") == Price(0.0, 0.0)


def test_the_list_is_imported_when_it_is_asked_for_and_not_before() -> None:
    code = (
        "import sys\n"
        "import moa_tui.engine.turn, moa_tui.engine.spending, moa_tui.engine.connections\n"
        "assert 'genai_prices' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


async def test_a_turn_tells_what_it_costs(provider: ScriptedProvider) -> None:
    for model, output in (("a", 10), ("b", 20), ("judge", 30)):
        provider.script(model, used(output))
    _, events = await spent(provider, dear_plan(2))
    assert {e.model for e in events if isinstance(e, Priced)} == {"a", "b", "judge"}
    state = fold(TurnState(), events)
    assert state.cost == pytest.approx(0.060)
    assert [s.cost for s in state.streams.values()] == pytest.approx([0.01, 0.02, 0.03])


async def test_without_a_price_the_cost_is_not_known(provider: ScriptedProvider) -> None:
    turn_plan = plan("ab", provider=Provider("acme", "http://127.0.0.1:1/v1", None))
    _, events = await spent(provider, turn_plan)
    assert fold(TurnState(), events).cost is None


async def test_a_failed_request_costs_nothing_and_a_broken_answer_is_estimated(
    provider: ScriptedProvider,
) -> None:
    provider.script("a", [ValueError("no")])
    provider.script("b", [Batch("x" * 400), ValueError("no")])
    _, events = await spent(provider, dear_plan(2))
    failed, broken = list(fold(TurnState(), events).streams.values())[:2]
    assert failed.cost == 0
    assert broken.estimated
    assert broken.cost == pytest.approx(0.1)


def ended_of(events: list[TurnEvent]) -> list[StreamEnded]:
    return [event for event in events if isinstance(event, StreamEnded)]


async def test_who_would_pass_the_ceiling_is_not_asked_and_the_aggregator_is_first_in_line(
    provider: ScriptedProvider,
) -> None:
    """Three dollars: two proposers, and the aggregator whose share was kept."""
    ended, events = await spent(provider, dear_plan(4, max_cost=3.0))
    sent = {event.stream for event in events if isinstance(event, RequestSent)}
    assert sent == {"s1", "s2", "s5"}
    assert ended.answer == "<judge> has spoken."
    for event in ended_of(events):
        if event.stream in {"s3", "s4"}:
            assert event.outcome is Outcome.FAILED
            assert event.failure is not None
            assert event.failure.kind is FailureKind.CEILING
            assert "max_cost $3.00" in event.failure.message
            assert "beside the aggregator's share" in event.failure.message


async def test_a_turn_that_can_afford_nobody_ends_with_the_reason(
    provider: ScriptedProvider,
) -> None:
    ended, _ = await spent(provider, dear_plan(2, max_cost=0.5))
    assert not provider.requests
    assert ended.failure is not None
    assert "not sent: it may take $1.00" in ended.failure.message
    assert ended.failure.advice == "raise max_cost, or lower max_tokens"


async def test_tokens_have_a_ceiling_too(provider: ScriptedProvider) -> None:
    _, events = await spent(provider, dear_plan(3, max_turn_tokens=6000))
    refused = [event for event in ended_of(events) if event.outcome is Outcome.FAILED]
    assert [event.stream for event in refused] == ["s2", "s3"]
    assert all("max_turn_tokens" in str(event.failure) for event in refused)


async def test_the_run_has_what_its_turns_have_left(provider: ScriptedProvider) -> None:
    for model in ("a", "judge"):
        provider.script(model, used(900))
    turn_plan = dear_plan(1)
    spending = Spending(Prices(turn_plan.providers), max_run_cost=2.5)
    first, _ = await spent(provider, turn_plan, spending)
    assert first.answer
    second, _ = await spent(provider, turn_plan, spending)
    assert not second.answer
    assert second.failure is not None
    assert "max_run_cost" in second.failure.message
    assert len(provider.requests) == 2


async def test_an_answer_whose_usage_is_not_told_counts_as_its_most(
    provider: ScriptedProvider,
) -> None:
    turn_plan = dear_plan(1)
    spending = Spending(Prices(turn_plan.providers), max_run_cost=2.5)
    await spent(provider, turn_plan, spending)
    second, _ = await spent(provider, turn_plan, spending)
    assert second.failure is not None
    assert "only $0 left" in second.failure.message


async def test_a_model_without_a_price_is_not_asked_under_a_ceiling(
    provider: ScriptedProvider,
) -> None:
    made = plan("a")
    turn_plan = replace(made, lineup=replace(made.lineup, max_cost=1.0))
    ended, _ = await spent(provider, turn_plan)
    assert ended.failure is not None
    assert "no price is known for a at acme" in ended.failure.message
    assert "providers.acme.prices" in ended.failure.advice
    assert not provider.requests


async def test_servers_on_this_machine_are_free_under_a_ceiling(
    provider: ScriptedProvider,
) -> None:
    made = plan("a", provider=Provider("acme", "http://127.0.0.1:1/v1", None))
    ended, _ = await spent(provider, replace(made, lineup=replace(made.lineup, max_cost=0.0)))
    assert ended.answer


def test_a_forecast_says_what_a_turn_costs_at_most() -> None:
    turn_plan = dear_plan(3)
    taken = forecast(
        turn_plan.lineup, turn_plan.providers, "Why?", prices=Prices(turn_plan.providers)
    )
    assert taken.cost == pytest.approx(4.0)
    assert "up to $4.00" in taken.words
    assert forecast(turn_plan.lineup, turn_plan.providers, "Why?").cost is None
