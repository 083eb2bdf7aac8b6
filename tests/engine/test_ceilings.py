"""Ceilings that hold against servers that say little, or what is not true."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.counting import credible, is_past
from moa_tui.engine.events import Noticed, Outcome, RequestSent, StreamEnded, TurnEvent
from moa_tui.engine.prices import Prices
from moa_tui.engine.provider import Batch, FailureKind, Usage
from moa_tui.engine.spending import Spending
from moa_tui.roster.model import Sampling
from moa_tui.state import TurnState, fold
from tests.engine.scripted import Endless, Hang, ScriptedProvider, agent, error, plan
from tests.engine.test_spending import DEAR, THOUSAND, acme, dear_plan, spent

WORDS = "word " * 100  # 500 characters, about 125 tokens


def notices(events: list[TurnEvent]) -> str:
    return " ".join(event.text for event in events if isinstance(event, Noticed))


def first(events: list[TurnEvent]) -> StreamEnded:
    return next(e for e in events if isinstance(e, StreamEnded) and e.stream == "s1")


def spending_of(turn_plan: Any, limit: float) -> tuple[Spending, Any]:
    spending = Spending(Prices(turn_plan.providers), max_run_cost=limit)
    return spending, spending._run


@pytest.mark.parametrize("told", [Usage(1, 1), Usage(0, 0), Usage(100, 5)])
async def test_usage_that_cannot_be_true_is_counted_by_the_length(
    provider: ScriptedProvider, told: Usage
) -> None:
    answer = [Batch(WORDS * 4), Batch(finish_reason="stop", usage=told, done=True)]
    provider.script("a", answer)
    provider.script("judge", answer)
    turn_plan = dear_plan(1)
    spending, run = spending_of(turn_plan, 10.0)
    _, events = await spent(provider, turn_plan, spending)
    assert run.spent >= 1.0  # twice 500 tokens of a tenth of a cent each, at the very least
    assert first(events).usage is None
    assert "cannot be true" in notices(events)
    state = fold(TurnState(), events)
    assert state.cost is not None
    assert state.cost >= 0.9
    assert state.streams["s1"].estimated


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_figures_within_reason_are_believed(
    prompt: int, output: int, sent: int, characters: int
) -> None:
    usage = Usage(prompt, output)
    kept = credible(usage, sent, characters)
    assert kept in (usage, None)
    if output * 12 >= characters and prompt >= 8:
        assert kept is usage


def test_a_prompt_that_a_server_cut_is_not_called_a_lie() -> None:
    assert credible(Usage(512, 9), 1900, 44) is not None


@pytest.mark.parametrize("reasoning", [False, True])
async def test_an_answer_past_max_tokens_is_ended_and_kept(
    provider: ScriptedProvider, reasoning: bool
) -> None:
    piece = Batch(reasoning=WORDS) if reasoning else Batch(text=WORDS)
    provider.script("a", [Batch("Begun. "), Endless(piece)])
    made = plan([agent("a", sampling=Sampling(max_tokens=100))], aggregator=agent("judge"))
    ended, events = await spent(provider, made)
    mine = first(events)
    assert mine.outcome is Outcome.TRUNCATED
    state = fold(TurnState(), events).streams["s1"]
    assert 800 < state.text.length + state.reasoning.length < 2000
    assert "does not keep to max_tokens (100)" in notices(events)
    assert ended.answer == "<judge> has spoken."


@pytest.mark.parametrize("max_tokens", [1, 100, 3072])
def test_an_answer_that_keeps_its_limit_is_never_ended(max_tokens: int) -> None:
    assert not is_past(max_tokens, max_tokens * 8)
    assert is_past(max_tokens, max_tokens * 8 + 500)


async def test_a_ceiling_ends_what_goes_on_past_it(provider: ScriptedProvider) -> None:
    """A dollar for the proposer, one for the aggregator, and nothing to spare."""
    provider.script("a", [Endless(Batch(WORDS))])
    _, events = await spent(provider, dear_plan(1, max_cost=2.0))
    mine = first(events)
    assert mine.outcome is Outcome.PARTIAL
    assert mine.failure is not None
    assert mine.failure.kind is FailureKind.CEILING
    assert "max_cost $2.00 would be passed" in mine.failure.message
    written = fold(TurnState(), events).streams["s1"].text.length
    assert 5_500 <= written <= 6_100  # 1,000 tokens
    assert len([e for e in events if isinstance(e, RequestSent)]) == 1


async def test_with_room_to_spare_it_is_ended_at_its_limit(provider: ScriptedProvider) -> None:
    provider.script("a", [Endless(Batch(WORDS))])
    ended, events = await spent(provider, dear_plan(1, max_cost=50.0))
    assert first(events).outcome is Outcome.TRUNCATED
    assert ended.answer == "<judge> has spoken."


@pytest.mark.parametrize("kind", ["silent", "broken", "refused"])
async def test_attempts_that_brought_nothing_cost_their_prompt(
    provider: ScriptedProvider, waits: list[float], kind: str
) -> None:
    steps: dict[str, list[Any]] = {
        "silent": [Hang()],
        "broken": [error(FailureKind.CUT, "cut", retryable=True)],
        "refused": [error(FailureKind.REFUSED, "nobody there", retryable=True)],
    }
    provider.script("a", steps[kind])
    price = replace(DEAR, input=1_000_000.0)  # a dollar a token
    asks = agent("a", sampling=THOUSAND, first_token_timeout=0.03)
    made = plan([asks], aggregator=agent("judge"), provider=acme(a=price, judge=price))
    spending, run = spending_of(made, 10**6)
    _, events = await spent(provider, made, spending)
    cost = fold(TurnState(), events).streams["s1"].cost
    if kind == "refused":
        assert (run.spent, cost) == (0.0, 0.0)
    else:
        assert first(events).vain > 4 * 4  # four attempts, each with its prompt
        assert run.spent == pytest.approx(first(events).vain)
        assert cost == pytest.approx(run.spent)
