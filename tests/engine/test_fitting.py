"""Prompts that do not fit a model's context: what is cut, in which order, and that it is said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.budget import RateBudgets
from moa_tui.engine.events import Noticed, TurnEvent, TurnOutcome
from moa_tui.engine.fitting import LEAST, Fitting
from moa_tui.engine.metrics import prompt_tokens
from moa_tui.engine.prompts import Exchange, Reference
from moa_tui.engine.provider import FailureKind, Message, ProviderError
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Provider, Sampling
from tests.engine.scripted import ScriptedProvider, agent, error, pieces, plan

SMALL = agent("judge", sampling=Sampling(max_tokens=100), context_window=1100)
"""Room for a prompt of 900 tokens."""


def fitting(turn_plan: TurnPlan | None = None) -> tuple[Fitting, list[str]]:
    told: list[str] = []
    return Fitting(turn_plan or plan("a", aggregator=SMALL), {}, told.append), told


def references(*tokens: int) -> list[Reference]:
    return [Reference(str(i), "word" * count) for i, count in enumerate(tokens)]


def test_what_fits_stays_whole_and_nothing_is_said() -> None:
    fit, told = fitting()
    assert fit.references(SMALL, references(100, 200)) == references(100, 200)
    assert told == []


def test_references_are_cut_evenly_and_the_short_ones_last() -> None:
    fit, told = fitting()
    short, one, other = fit.references(SMALL, references(50, 2000, 900))
    assert short == references(50)[0]
    assert len(one.text) == len(other.text) < 4 * 400
    (notice,) = told
    assert notice.startswith("references cut to ~")
    assert notice.endswith("tokens each to fit Agent-judge's context of 1,100 tokens")
    fit.references(SMALL, references(50, 2000, 900))
    assert len(told) == 1


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=8))
def test_cut_references_fit_as_far_as_they_can(sizes: list[int]) -> None:
    fit, _ = fitting()
    kept = fit.references(SMALL, references(*sizes))
    assert sum(len(r.text) for r in kept) // 4 <= max(900, LEAST * len(sizes))


def test_the_oldest_exchanges_go_first_and_the_question_never() -> None:
    fit, told = fitting()
    pairs = [m for i in range(4) for m in (Message("user", f"{i}" * 900), Message("assistant", ""))]
    messages = (Message("system", "Be."), *pairs, Message("user", "Why?"))
    kept = fit.messages(SMALL, messages)
    assert prompt_tokens(kept) <= 900
    assert kept == (messages[0], *messages[-7:])
    assert told == [
        "the conversation's oldest exchange left out to fit Agent-judge's context of 1,100 tokens"
    ]


def test_a_question_that_is_too_long_by_itself_is_left_to_the_server() -> None:
    fit, told = fitting()
    messages = (Message("user", "x" * 10_000),)
    assert fit.messages(SMALL, messages) == messages
    assert told == []


@pytest.mark.parametrize(
    ("own", "everywhere", "known", "window"),
    [(1, 2, 3, 1), (None, 2, 3, 2), (None, None, 3, 3), (None, None, None, None)],
)
def test_the_window_is_the_nearest_that_is_written(
    own: int | None, everywhere: int | None, known: int | None, window: int | None
) -> None:
    windows = {"judge": known} if known else {}
    acme = Provider(
        "acme", "https://x/v1", None, context_window=everywhere, context_windows=windows
    )
    fit, _ = fitting(plan("a", provider=acme))
    assert fit.window(replace(SMALL, context_window=own)) == window


async def turn(
    provider: ScriptedProvider, turn_plan: TurnPlan, budgets: RateBudgets | None = None
) -> tuple[TurnOutcome, list[str]]:
    events: list[TurnEvent] = []
    ended = await run_turn(turn_plan, mixture, provider.connect, events.append, budgets=budgets)
    return ended.outcome, [event.text for event in events if isinstance(event, Noticed)]


async def test_the_aggregator_is_sent_what_it_has_room_for(provider: ScriptedProvider) -> None:
    for name in "abc":
        provider.script(name, pieces(f"{name} says. " * 500))
    outcome, notices = await turn(provider, plan("abc", aggregator=SMALL))
    assert outcome is TurnOutcome.COMPLETE
    assert prompt_tokens(provider.requests[-1].messages) <= 1000
    assert any(notice.startswith("references cut to ~") for notice in notices)


async def test_follow_ups_lose_their_oldest_exchanges(provider: ScriptedProvider) -> None:
    conversation = tuple(Exchange(f"q{i} " * 100, f"a{i} " * 300) for i in range(4))
    _, notices = await turn(provider, plan([SMALL], conversation=conversation))
    assert any("oldest" in notice for notice in notices)
    assert "q0" not in provider.prompts_for("judge")[0]
    assert "q3" in provider.prompts_for("judge")[0]


async def test_a_window_that_a_refusal_tells_is_learnt_and_the_agent_asked_again(
    provider: ScriptedProvider,
) -> None:
    told = error(FailureKind.TOO_LONG, "Current length is 9000 while limit is 2000")
    refused = ProviderError(replace(told.failure, context_window=2000))
    judge = agent("judge", sampling=Sampling(max_tokens=200))
    provider.script("a", pieces("long " * 4000))
    provider.script("judge", [refused], pieces("Done."))
    budgets = RateBudgets()
    _, notices = await turn(provider, plan("a", aggregator=judge), budgets)
    assert provider.requests[-1].model == "judge"
    assert prompt_tokens(provider.requests[-1].messages) <= 1800
    assert "Agent-judge is asked again, now that its context is known" in notices
    assert budgets.windows == {("acme", "judge"): 2000}
