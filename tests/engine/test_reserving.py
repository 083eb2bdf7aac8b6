"""Streams and their rate budget: queued, sent, learnt from, settled."""

import asyncio
from dataclasses import replace

import pytest

from moa_tui.engine.budget import RateBudgets
from moa_tui.engine.connections import Connections
from moa_tui.engine.controls import TurnControls
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    RequestSent,
    StreamEnded,
    StreamQueued,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.provider import FailureKind
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.roster.model import Dialect, Provider, RateLimits
from tests import canary
from tests.double import Answer, CerebrasDouble, Limits
from tests.engine.scripted import PATIENCE, ScriptedProvider, agent, check_order, plan
from tests.engine.wire_fixtures import provider_at


def drained(provider: Provider, left: int) -> RateBudgets:
    """Budgets with room for `left` more requests of the model m."""
    budgets = RateBudgets()
    budget = budgets.of(provider, "m")
    limit = provider.limits.requests_per_minute or 0
    for _ in range(limit - left):
        budget.reserve(1, 1, lambda _wait: None)
    return budgets


def acme(requests_per_minute: int) -> Provider:
    limits = RateLimits(requests_per_minute=requests_per_minute)
    return Provider("acme", "https://acme.test/v1", "ACME_API_KEY", Dialect(), limits=limits)


@pytest.mark.parametrize("command", ["wait", "retry_now", "give_up", "stop"])
async def test_what_does_not_fit_is_queued(provider: ScriptedProvider, command: str) -> None:
    limited = acme(600 if command == "wait" else 6)  # a tenth of a second, or ten seconds
    agents = [agent(name, model="m") for name in "abc"]
    turn_plan = plan(agents, aggregator=agent("judge"), provider=limited)
    controls = TurnControls()
    events: list[TurnEvent] = []

    def listen(event: TurnEvent) -> None:
        events.append(event)
        if isinstance(event, StreamQueued) and command != "wait":
            asyncio.get_running_loop().call_soon(getattr(controls, command), event.stream)

    async with asyncio.timeout(PATIENCE):
        ended = await run_turn(
            turn_plan,
            mixture,
            provider.connect,
            listen,
            controls=controls,
            budgets=drained(limited, 2),
        )
    check_order(events)
    queued = [e for e in events if isinstance(e, StreamQueued)]
    assert {e.stream for e in queued} == {"s3"}
    assert 0 < queued[0].wait <= (0.1 if command == "wait" else 10) + 1e-9
    sent = [e.stream for e in events if isinstance(e, RequestSent)]
    last = next(e for e in events if isinstance(e, StreamEnded) and e.stream == "s3")
    if command in {"wait", "retry_now"}:
        assert "s3" in sent
        assert ended.outcome is TurnOutcome.COMPLETE
        return
    assert "s3" not in sent
    assert last.outcome is (Outcome.STOPPED if command == "stop" else Outcome.FAILED)
    if command == "give_up":
        assert last.failure is not None
        assert last.failure.kind is FailureKind.RATE_LIMITED
    assert ended.answer == "<judge> has spoken."


async def test_the_time_in_the_queue_is_not_counted(provider: ScriptedProvider) -> None:
    limited = acme(600)
    agents = [agent(name, model="m", timeout=0.08) for name in "ab"]
    turn_plan = plan(agents, aggregator=agent("judge"), provider=limited)
    events: list[TurnEvent] = []
    ended = await run_turn(
        turn_plan, mixture, provider.connect, events.append, budgets=drained(limited, 0)
    )
    assert ended.outcome is TurnOutcome.COMPLETE, [e for e in events if isinstance(e, Noticed)]


async def test_a_mixture_on_the_free_tier_is_never_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Limits are learnt from the first turn; what does not fit waits instead of getting a 429."""
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    quick = Limits(requests_per_minute=240, tokens_per_minute=10**7)
    for bucket in quick.buckets:
        bucket.left = 5 if (bucket.metric, bucket.window) == ("requests", "minute") else bucket.left
    default = Answer("short")
    async with CerebrasDouble(default=default, models=["m"], limits=lambda: quick) as double:
        connections = Connections({"acme": provider_at(double.base_url)})
        turn_plan = plan([agent(name, model="m") for name in "abc"], aggregator=agent("m"))
        turn_plan = replace(turn_plan, providers=connections.providers)
        for _ in range(3):
            events: list[TurnEvent] = []
            ended = await run_turn(
                turn_plan, mixture, connections.connect, events.append, budgets=connections.budgets
            )
            assert ended.outcome is TurnOutcome.COMPLETE
        await connections.aclose()
        assert {chat.status for chat in double.chats} == {200}
        (shot,) = connections.budgets.snapshots()
        assert shot.requests_limit == 240


async def test_an_unknown_model_is_told_with_those_that_sound_like_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    async with CerebrasDouble() as double:
        connections = Connections({"acme": provider_at(double.base_url)})
        turn_plan = plan([agent("a", model="gpt-oss-12b")])
        turn_plan = replace(turn_plan, providers=connections.providers)
        ended = await run_turn(turn_plan, mixture, connections.connect, lambda _event: None)
        await connections.aclose()
    assert ended.failure is not None
    assert ended.failure.kind is FailureKind.UNKNOWN_MODEL
    assert ended.failure.advice.startswith("did you mean 'gpt-oss-120b'? see what it serves: ")
