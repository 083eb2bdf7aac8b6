"""Against llmock, a rig that nobody here wrote: it judges how its client took each fault.

Attempts are grouped by their body, so each agent has a model of its own here.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.events import Outcome, RetryScheduled, StreamEnded, TurnEvent, TurnOutcome
from moa_tui.engine.provider import FailureKind
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.roster.model import Dialect, Provider
from tests.engine.scripted import agent, check_order, plan, text_of

pytest.importorskip("llmock", reason="llmock is not installed: pip install llmock==0.2.2")

Ask = Callable[..., Awaitable[tuple[dict[str, StreamEnded], list[TurnEvent]]]]


@pytest.fixture
def ask(llmock: Any, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks three agents and an aggregator at llmock; returns how each of them ended."""
    monkeypatch.setenv("ACME_API_KEY", "sk-llmock")

    async def asked(**clocks: float) -> tuple[dict[str, StreamEnded], list[TurnEvent]]:
        provider = Provider("acme", llmock.base_url("openai"), "ACME_API_KEY", Dialect())
        connections = Connections({"acme": provider})
        proposers = [agent(f"gpt-4o-{name}", **clocks) for name in "abc"]
        turn_plan = plan(proposers, aggregator=agent("gpt-4o-judge"))
        turn_plan = replace(turn_plan, providers=connections.providers)
        events: list[TurnEvent] = []
        try:
            await run_turn(
                turn_plan, mixture, connections.connect, events.append, budgets=connections.budgets
            )
        finally:
            await connections.aclose()
        check_order(events)
        return {e.stream: e for e in events if isinstance(e, StreamEnded)}, events

    return asked


def fault(kind: Any, after: int, **more: Any) -> Any:
    from llmock.scenarios import Match, StreamFault  # noqa: PLC0415 - may not be there

    match = Match(model="gpt-4o-b", stream=True)
    return StreamFault(kind, after_chunks=after, times=None, match=match, **more)


async def test_without_a_fault(llmock: Any, ask: Ask) -> None:
    ends, _ = await ask()
    assert {end.outcome for end in ends.values()} == {Outcome.COMPLETE}
    assert len(ends) == 4
    llmock.assert_resilient(strict=True)


@pytest.mark.parametrize("kind", ["disconnect", "truncate", "malformed"])
async def test_a_broken_stream_is_never_complete(
    llmock: Any, ask: Ask, kind: str, waits: list[float]
) -> None:
    for after in range(6):
        llmock.reset()
        llmock.add(fault(kind, after))
        ends, events = await ask()
        hit = next(e for e in ends.values() if e.outcome is not Outcome.COMPLETE)
        assert hit.outcome is (Outcome.PARTIAL if text_of(events, hit.stream) else Outcome.FAILED)
        assert hit.failure is not None
        assert [e.outcome for e in ends.values()].count(Outcome.COMPLETE) == 3
        assert len([r for r in llmock.requests if r.model == "gpt-4o-b"]) <= 4
        codes = {finding.code for finding in llmock.verdict().errors}
        # A text that was shown is not asked for again: the person sees it marked instead.
        assert codes <= {"truncated_stream_accepted"}, codes


async def test_retry_after_is_never_beaten(llmock: Any, ask: Ask) -> None:
    llmock.rate_limit(times=2, retry_after=0.3)
    ends, events = await ask()
    assert {end.outcome for end in ends.values()} == {Outcome.COMPLETE}
    delays = [e.delay for e in events if isinstance(e, RetryScheduled)]
    assert delays
    assert min(delays) >= 0.3
    llmock.assert_resilient(strict=True)


async def test_an_outage_is_no_storm(llmock: Any, ask: Ask, waits: list[float]) -> None:
    llmock.outage()
    ends, events = await ask()
    assert len(llmock.requests) == 3 * 4
    assert {e.failure.kind for e in ends.values() if e.failure} == {FailureKind.OVERLOADED}
    ended = events[-1]
    assert ended.outcome is TurnOutcome.FAILED  # type: ignore[union-attr]
    assert "retry_storm" not in {finding.code for finding in llmock.verdict().findings}


@pytest.mark.parametrize("status", [400, 401, 403, 404])
async def test_what_cannot_succeed_is_asked_once(llmock: Any, ask: Ask, status: int) -> None:
    llmock.fail(status, times=None)
    ends, _ = await ask()
    assert len([r for r in llmock.requests if "chat" in r.path]) == 3
    assert {end.outcome for end in ends.values()} == {Outcome.FAILED}


async def test_a_stall_ends_at_the_gap_and_keeps_what_came(llmock: Any, ask: Ask) -> None:
    llmock.add(fault("stall", 3, stall_seconds=2.0))
    ends, events = await ask(gap_timeout=0.2)
    hit = next(e for e in ends.values() if e.outcome is not Outcome.COMPLETE)
    assert hit.outcome is Outcome.PARTIAL
    assert text_of(events, hit.stream)
    assert hit.failure is not None
    assert hit.failure.kind is FailureKind.TIMEOUT


async def test_a_prompt_that_is_too_long_says_what_to_shorten(llmock: Any, ask: Ask) -> None:
    llmock.context_overflow(times=None)
    ends, _ = await ask()
    failures = [end.failure for end in ends.values() if end.failure]
    assert {failure.kind for failure in failures} == {FailureKind.TOO_LONG}
    assert all("max_tokens" in failure.advice for failure in failures)  # the prompt is tiny
