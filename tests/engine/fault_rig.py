"""A turn of three agents and an aggregator over real sockets, one of them hit by a fault.

Survived means: the others' text is what it is without the fault, the hit stream ends in a named
outcome with what came kept, the aggregator runs on the rest, at most four requests are sent, and
the turn is kept.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.controls import StreamSwitch
from moa_tui.engine.events import Outcome, StreamEnded, TurnEvent
from moa_tui.engine.retry import MAX_ATTEMPTS
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.roster.model import Provider
from tests.double import Answer, CerebrasDouble
from tests.engine.fault_kinds import WHOLE
from tests.engine.scripted import PATIENCE, agent, check_order, plan, text_of
from tests.engine.wire_fixtures import KEY, provider_at

SHORT = 0.05
"""Seconds of the clocks of an agent that nothing but a clock ends."""

_OTHERS = {"s2": "b", "s3": "c", "s4": "judge"}


@dataclass(frozen=True, slots=True)
class Turned:
    """A turn that ran over real sockets."""

    events: list[TurnEvent]
    answer: str
    requests: int

    @property
    def text(self) -> str:
        """What the agent that was hit had written."""
        return text_of(self.events, "s1")

    @property
    def hit(self) -> StreamEnded:
        """How the agent that was hit ended."""
        return next(e for e in self.events if isinstance(e, StreamEnded) and e.stream == "s1")

    @property
    def false(self) -> bool:
        """Whether a cut or empty answer was told to be complete."""
        return self.hit.outcome is Outcome.COMPLETE and self.text != WHOLE


@dataclass(frozen=True, slots=True)
class Rig:
    """The double, and the connections of one program run."""

    double: CerebrasDouble
    connections: Connections

    async def turn(
        self,
        *,
        silent: bool = False,
        provider: str = "acme",
        name: str = "t1",
        hear: Callable[[TurnEvent], None] = lambda _event: None,
    ) -> Turned:
        """Run a turn whose agent `a` is at `provider`; `silent` gives it short clocks."""
        clocks = {"first_token_timeout": SHORT, "gap_timeout": SHORT} if silent else {}
        proposers = [agent("a", provider=provider, **clocks), agent("b"), agent("c")]
        turn_plan = replace(plan(proposers), providers=self.connections.providers, turn=name)
        events: list[TurnEvent] = []

        def emit(event: TurnEvent) -> None:
            events.append(event)
            hear(event)

        before = len(self.double.chats)
        async with asyncio.timeout(PATIENCE):
            ended = await run_turn(
                turn_plan,
                mixture,
                self.connections.connect,
                emit,
                budgets=self.connections.budgets,
            )
        check_order(events)
        requests = [chat for chat in self.double.chats[before:] if chat.model == "a"]
        return Turned(events, ended.answer, len(requests))


@asynccontextmanager
async def opened_rig(
    patch: pytest.MonkeyPatch, others: Mapping[str, Provider] | None = None
) -> AsyncIterator[Rig]:
    """Open the double, with an answer for everybody who is not hit; `others` are more providers."""
    async with CerebrasDouble(key=KEY) as double:
        patch.setenv("ACME_API_KEY", double.key)
        for model in _OTHERS.values():
            double.answers[model] = Answer(f"The text of {model}, whole.")
        connections = Connections({"acme": provider_at(double.base_url), **(others or {})})
        try:
            yield Rig(double, connections)
        finally:
            await connections.aclose()


def flaws(turned: Turned) -> list[str]:
    """Say what a turn with a fault in it did not survive."""
    ended, text = turned.hit, turned.text
    found = [
        f"{model} wrote something else"
        for stream, model in _OTHERS.items()
        if text_of(turned.events, stream) != f"The text of {model}, whole."
    ]
    if turned.answer != "The text of judge, whole.":
        found.append("the answer is not the aggregator's")
    if turned.requests > MAX_ATTEMPTS:
        found.append(f"{turned.requests} requests")
    if text.strip() and not WHOLE.startswith(text):
        found.append(f"text that nobody sent: {text!r}")
    if turned.false or (ended.outcome is Outcome.COMPLETE and not ended.finish_reason):
        found.append(f"complete with {text!r}")
    if ended.outcome in {Outcome.PARTIAL, Outcome.FAILED}:
        if (ended.outcome is Outcome.PARTIAL) != bool(text.strip()):
            found.append(f"{ended.outcome} with {text!r}")
        if ended.failure is None or not ended.failure.message:
            found.append("no cause")
    return found


def without_waits(patch: pytest.MonkeyPatch) -> list[float]:
    """Have retries wait for nothing; what they would have waited is noted in the list."""
    noted: list[float] = []

    async def note(_switch: StreamSwitch, seconds: float, _wake: object = None) -> None:
        noted.append(seconds)
        await asyncio.sleep(0)

    patch.setattr(StreamSwitch, "pause", note)
    return noted
