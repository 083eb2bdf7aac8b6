"""Every kind of fault after every event of a stream, over real sockets, in a whole turn.

Survived means: the others' text is what it is without the fault, the hit stream ends in a named
outcome with what came kept, the aggregator runs on the rest, and at most four requests are sent.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from moa_tui.engine import stream as stream_module
from moa_tui.engine.connections import Connections
from moa_tui.engine.events import Outcome, StreamEnded, TurnEvent
from moa_tui.engine.retry import MAX_ATTEMPTS
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.turn import run_turn
from tests.double import Answer, CerebrasDouble, faults
from tests.double.faults import Fault
from tests.engine.scripted import agent, check_order, plan, text_of
from tests.engine.wire_fixtures import provider_at

HIT = Answer.of("One ", "two ", "three ", "four.")
WHOLE = "One two three four."
EVENTS = 7  # the role, four pieces, the finish chunk, [DONE]
SILENT = {"stall", "pings"}
_FDS = Path("/proc/self/fd")
SHORT = 0.05  # seconds of the clocks of the agent that is hit

KINDS: dict[str, Callable[[int], Fault]] = {
    "reset": lambda k: faults.Cut(k, "reset"),
    "fin": lambda k: faults.Cut(k, "fin"),
    "end": lambda k: faults.Cut(k, "end"),
    "half-an-event": lambda k: faults.Cut(k, "end", half=True),
    "bad-json": faults.bad_json,
    "error-event": faults.error_event,
    "html": lambda k: faults.Inject(k, b"<html>bad gateway</html>", ends=True),
    "not-utf-8": lambda k: faults.Inject(k, b"data: \xff\xfe\n\n"),
    "nested": lambda k: faults.Inject(k, b"data: " + b"[" * 100_000 + b"\n\n"),
    "content-not-text": lambda k: faults.Inject(
        k, b'data: {"choices":[{"index":0,"delta":{"content":{"a":1}}}]}\n\n'
    ),
    "large-event": lambda k: faults.Inject(k, b"data: " + b"x" * 2_200_000, ends=True),
    "stall": faults.Stall,
    "pings": lambda k: faults.Pings(k, every=0.005),
}


@dataclass
class Turned:
    """A turn that ran over real sockets."""

    events: list[TurnEvent]
    answer: str
    requests: int

    @property
    def hit(self) -> StreamEnded:
        return next(e for e in self.events if isinstance(e, StreamEnded) and e.stream == "s1")


@asynccontextmanager
async def connected(
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[CerebrasDouble, Connections]]:
    async with CerebrasDouble() as double:
        monkeypatch.setenv("ACME_API_KEY", double.key)
        connections = Connections({"acme": provider_at(double.base_url)})
        for name in ("b", "c", "judge"):
            double.answers[name] = Answer(f"The text of {name}, whole.")
        try:
            yield double, connections
        finally:
            await connections.aclose()


async def turn(double: CerebrasDouble, connections: Connections, *, silent: bool = False) -> Turned:
    clocks = {"first_token_timeout": SHORT, "gap_timeout": SHORT} if silent else {}
    proposers = [agent("a", **clocks), agent("b"), agent("c")]
    turn_plan = replace(plan(proposers), providers=connections.providers)
    events: list[TurnEvent] = []
    before = len(double.chats)
    ended = await run_turn(
        turn_plan, mixture, connections.connect, events.append, budgets=connections.budgets
    )
    check_order(events)
    assert [text_of(events, s) for s in ("s2", "s3", "s4")] == [
        "The text of b, whole.",
        "The text of c, whole.",
        "The text of judge, whole.",
    ]
    requests = [chat for chat in double.chats[before:] if chat.model == "a"]
    return Turned(events, ended.answer, len(requests))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_fault_after_every_event(
    kind: str, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    monkeypatch.setattr(stream_module, "DONE_GRACE", SHORT)
    async with connected(monkeypatch) as (double, connections):
        for k in range(EVENTS + 1):
            double.answers["a"] = replace(HIT, fault=KINDS[kind](k))
            turned = await turn(double, connections, silent=kind in SILENT)
            text, ended = text_of(turned.events, "s1"), turned.hit
            assert WHOLE.startswith(text), (k, text)
            assert turned.answer == "The text of judge, whole."
            assert turned.requests <= MAX_ATTEMPTS
            if ended.outcome is Outcome.COMPLETE:
                assert (text, ended.finish_reason) == (WHOLE, "stop"), k
                continue
            assert ended.outcome is (Outcome.PARTIAL if text else Outcome.FAILED), k
            assert ended.failure is not None
            assert ended.failure.message
            assert not text or turned.requests == 1 or kind in SILENT  # shown: not asked again


async def test_a_fault_that_passes_is_not_seen(
    monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    async with connected(monkeypatch) as (double, connections):
        for kind, fault in KINDS.items():
            double.answers["a"] = [replace(HIT, fault=fault(0)), HIT]
            turned = await turn(double, connections, silent=kind in SILENT)
            if kind in {"html", "nested"} and turned.requests == 1:
                continue  # nothing that asking again would change
            if turned.requests > 1:
                assert turned.hit.outcome is Outcome.COMPLETE, kind


async def test_fifty_turns_cancelled_midway_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def count() -> tuple[int, int, int]:
        tasks = len(asyncio.all_tasks()) - double.connections * 2
        return tasks, len(list(_FDS.iterdir())), threading.active_count()

    if not _FDS.is_dir():  # noqa: ASYNC240 - it is in memory
        pytest.skip("open sockets are counted in /proc, which this system does not have")
    async with connected(monkeypatch) as (double, connections):
        for name in ("a", "b", "c"):
            double.answers[name] = Answer("word " * 100, gate=asyncio.Event(), gate_at=3)
        base = None
        turn_plan = replace(plan("abc"), providers=connections.providers)
        for number in range(51):
            events: list[TurnEvent] = []
            task = asyncio.create_task(
                run_turn(
                    turn_plan,
                    mixture,
                    connections.connect,
                    events.append,
                    budgets=connections.budgets,
                )
            )
            await double.wait_for_held(3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await double.wait_for_idle()
            await double.wait_until(lambda: double.connections == 0, "connections to close")
            if number == 0:
                base = count()
        assert count() == base
