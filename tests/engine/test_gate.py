"""A provider that refuses, known to all streams at once: over real sockets, by its own count."""

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise

import pytest

from moa_tui.engine import gate as gate_module
from moa_tui.engine import retry as retry_module
from moa_tui.engine.connections import Connections
from moa_tui.engine.controls import StreamSwitch
from moa_tui.engine.events import Outcome, RequestSent, StreamEnded, TurnEvent
from moa_tui.engine.gate import Gate, Patience
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from tests import canary
from tests.double import Answer, CerebrasDouble, errors
from tests.double.recorded import RecordedRequest
from tests.engine.scripted import agent, check_order, plan
from tests.engine.wire_fixtures import provider_at

BUSY = Failure(FailureKind.OVERLOADED, "busy", retryable=True)
FULL = errors.plain(429, "Too many requests")
SMALL = 20.0  # by how much a test's waits are shorter


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, each a twentieth."""
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    shorter = {kind: seconds / SMALL for kind, seconds in retry_module._SPREAD.items()}
    monkeypatch.setattr(retry_module, "_SPREAD", shorter)
    for name in ("FIRST_PAUSE", "LONGEST_PAUSE", "_LONGEST_GAP"):
        monkeypatch.setattr(gate_module, name, getattr(gate_module, name) / SMALL)


Rule = Callable[[CerebrasDouble, RecordedRequest], Answer | None]


@asynccontextmanager
async def server(rule: Rule) -> AsyncIterator[CerebrasDouble]:
    answer = Answer("Because.", pace=0.02, tokens_per_event=(1, 1))
    async with CerebrasDouble(default=answer, models=["m", "judge"]) as double:
        double.choose = lambda request: rule(double, request)
        yield double


async def turn(
    double: CerebrasDouble, count: int
) -> tuple[list[StreamEnded], dict[str, int], list[TurnEvent]]:
    connections = Connections({"acme": provider_at(double.base_url)})
    agents = [agent(name, model="m", timeout=30.0) for name in "abcdefgh"[:count]]
    made = plan(agents, aggregator=agent("judge"))
    events: list[TurnEvent] = []
    try:
        async with asyncio.timeout(30):
            await run_turn(
                replace(made, providers=connections.providers),
                mixture,
                connections.connect,
                events.append,
                budgets=connections.budgets,
            )
    finally:
        await connections.aclose()
    check_order(events)
    sent: dict[str, int] = {}
    for event in events:
        if isinstance(event, RequestSent):
            sent[event.stream] = sent.get(event.stream, 0) + 1
    return [e for e in events if isinstance(e, StreamEnded)], sent, events


def live(double: CerebrasDouble) -> int:
    """Answers under way, the one that is asked for left out."""
    return sum(not chat.finished and chat.status == 200 for chat in double.chats[:-1])


@pytest.mark.parametrize("room", [1, 2])
async def test_a_server_that_takes_few_at_a_time_answers_all(quick: None, room: int) -> None:
    def few(double: CerebrasDouble, _request: RecordedRequest) -> Answer | None:
        return Answer(failure=FULL) if live(double) >= room else None

    async with server(few) as double:
        ends, sent, _ = await turn(double, 6)
    assert {end.outcome for end in ends} == {Outcome.COMPLETE}
    assert max(sent.values()) <= 4
    assert len(double.chats) <= 20  # 7 answers, and few refusals beside the first six's


async def test_an_outage_is_tried_by_one_at_a_time_and_outlived(quick: None) -> None:
    def down(double: CerebrasDouble, _request: RecordedRequest) -> Answer | None:
        return Answer(failure=errors.plain(503)) if len(double.chats) <= 9 else None

    async with server(down) as double:
        ends, sent, _ = await turn(double, 5)
        tried = double.chats[5:9]
    assert {end.outcome for end in ends} == {Outcome.COMPLETE}
    assert max(sent.values()) <= 4
    # What the first five found out is tried again by one after another, further and further apart.
    times = [chat.arrived for chat in tried]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert min(gaps) > 0.02
    assert len(double.chats) <= 9 + 6


async def test_an_outage_without_end_ends_with_few_requests(quick: None) -> None:
    async with server(lambda *_: Answer(failure=errors.plain(503))) as double:
        ends, sent, _ = await turn(double, 5)
    assert {end.outcome for end in ends} == {Outcome.FAILED}
    assert max(sent.values()) <= 4
    assert len(double.chats) < 20


async def test_a_fault_of_one_does_not_close_the_way_for_others(quick: None) -> None:
    def one(_double: CerebrasDouble, request: RecordedRequest) -> Answer | None:
        return Answer(failure=errors.plain(500)) if request.model == "bad" else None

    async with server(one) as double:
        double.models.append("bad")
        connections = Connections({"acme": provider_at(double.base_url)})
        agents = [agent("a", model="bad"), agent("b", model="m"), agent("c", model="m")]
        made = plan(agents, aggregator=agent("judge"))
        events: list[TurnEvent] = []
        await run_turn(
            replace(made, providers=connections.providers),
            mixture,
            connections.connect,
            events.append,
            budgets=connections.budgets,
        )
        await connections.aclose()
    ends = {e.stream: e.outcome for e in events if isinstance(e, StreamEnded)}
    assert [ends[f"s{n}"] for n in (1, 2, 3, 4)] == [
        Outcome.FAILED,
        *[Outcome.COMPLETE] * 3,
    ]


# The record by itself, on a clock of the test's own


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def switch() -> AsyncIterator[StreamSwitch]:
    made = StreamSwitch(10.0)
    async with made:
        yield made


async def entered(gate: Gate, count: int = 1) -> list[gate_module.Pass]:
    async with switch() as made:
        return [await gate.enter(made, Patience(), lambda _wait: None) for _ in range(count)]


async def test_room_is_what_was_under_way_when_it_refused() -> None:
    gate = Gate(Time())
    first, second, third = await entered(gate, 3)
    gate.failed(third, BUSY)
    assert (gate.limit, gate.room) == (2, 2)
    gate.accepted(first)
    gate.leave(first)
    gate.leave(second)
    for _ in range(3):  # after a while without a refusal it is tried with one more
        (request,) = await entered(gate)
        gate.accepted(request)
        gate.leave(request)
    assert gate.limit == 3


async def test_after_an_outage_room_is_found_again_by_doubling() -> None:
    gate = Gate(Time())
    for request in await entered(gate, 5):
        gate.failed(request, BUSY)
    assert (gate.limit, gate.room) == (1, math.inf)
    gate.clock.now += 60  # type: ignore[attr-defined]
    for limit in (2, 4, 8):
        (request,) = await entered(gate)
        gate.accepted(request)
        assert gate.limit == limit


@pytest.mark.parametrize(
    "failure",
    [
        Failure(FailureKind.BAD_REQUEST, "no"),
        Failure(FailureKind.WRONG_KEY, "no"),
        Failure(FailureKind.EMPTY, "nothing", retryable=True),
        Failure(FailureKind.RATE_LIMITED, "wait", retryable=True, retry_after=30.0),
        Failure(FailureKind.RATE_LIMITED, "for today"),
    ],
    ids=lambda failure: f"{failure.kind} {failure.retry_after}",
)
async def test_what_says_nothing_of_the_provider_closes_nothing(failure: Failure) -> None:
    gate = Gate(Time())
    (request,) = await entered(gate)
    gate.failed(request, failure)
    assert gate.limit == math.inf
    await entered(gate, 5)


async def test_trouble_is_forgotten_when_nobody_is_left() -> None:
    gate = Gate(Time())
    with gate.joined():
        (request,) = await entered(gate)
        gate.failed(request, BUSY)
        assert gate.limit == 1
    assert gate.limit == math.inf
    await entered(gate, 3)


@pytest.mark.parametrize(("seconds", "room"), [(5.0, 4.0), (100.0, math.inf)])
async def test_room_is_looked_for_anew_in_later_turns(seconds: float, room: float) -> None:
    gate = Gate(Time())
    with gate.joined():
        first, second, third = await entered(gate, 3)
        gate.failed(third, BUSY)
        gate.accepted(first)
        gate.leave(first)
        gate.leave(second)
        gate.clock.now += seconds  # type: ignore[attr-defined]
        assert gate.room == 2
    assert gate.room == gate.limit == room


async def test_a_person_need_not_wait_and_patience_ends() -> None:
    gate = Gate(Time())
    (request,) = await entered(gate)
    gate.failed(request, BUSY)
    told: list[float] = []
    async with switch() as made:

        def hurry(wait: float) -> None:
            told.append(wait)
            asyncio.get_running_loop().call_soon(made.hurry)

        await gate.enter(made, Patience(), hurry)
        over = Patience(until=0.0, failure=BUSY)
        with pytest.raises(ProviderError) as caught:
            await gate.enter(made, over, hurry)
    assert told[0] > 0
    assert caught.value.failure == replace(BUSY, retryable=False)
