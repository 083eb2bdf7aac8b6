"""llmock, a rig that nobody here wrote, judges five agents: an outage, quotas, broken streams."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from llmock.pytest_plugin import LLMock
from llmock.scenarios import Match, StreamFault
from llmock.testing import LLMockServer
from llmock.verdict import Verdict

from benchmarks.table import Figure
from moa_tui.engine.connections import Connections
from moa_tui.engine.events import Outcome, StreamEnded, TextDelta, TurnEvent
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.roster.model import Dialect, Provider
from tests.engine.scripted import agent, plan

_VARIABLE = "LLMOCK_API_KEY"
_AGENTS = [f"gpt-4o-{letter}" for letter in "abcde"]
_CUTS = range(6)

Break = Literal["disconnect", "truncate", "malformed"]


@dataclass(frozen=True, slots=True)
class Judged:
    """What a turn came to, and what llmock says of it."""

    verdict: Verdict
    requests: Counter[str]
    ends: list[StreamEnded]
    shown: bool
    """Whether the agent that was hit had shown text before it broke off."""

    @property
    def words(self) -> str:
        """The verdict in a few words."""
        codes = Counter(finding.code for finding in self.verdict.findings)
        return ", ".join(f"{count} × {code}" for code, count in codes.items()) or "pass"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield requests per agent while everything fails, and each verdict."""
    os.environ[_VARIABLE] = "sk-llmock"
    with LLMockServer() as server:
        rig = LLMock(server)
        down = _judged(rig, rig.outage)
        most = max(down.requests.values())
        yield Figure("requests per agent, 503 for ever, 5 agents", str(most), "≤ 4")
        yield Figure("llmock's verdict on that outage", down.words, "pass")
        for wait in (0.3, 1.2):
            limited = _judged(rig, partial(rig.rate_limit, times=5, retry_after=wait))
            yield Figure(f"llmock's verdict on 429, Retry-After {wait:g} s", limited.words, "pass")
        for status in (400, 401, 402, 403, 404):
            refused = _judged(rig, partial(rig.fail, status, times=None))
            most = max(refused.requests.values())
            yield Figure(f"requests per agent, {status}", f"{most}, {refused.words}", "1, pass")
        kinds: tuple[Break, ...] = ("truncate", "disconnect", "malformed")
        for kind in kinds[:1] if quick else kinds:
            yield from _broken(rig, kind)


def _broken(rig: LLMock, kind: Break) -> Iterator[Figure]:
    """Break one stream once after each of its first chunks."""
    judged = [_judged(rig, partial(rig.add, _fault(kind, after))) for after in _CUTS]
    before = [case for case in judged if not case.shown]
    after = [case for case in judged if case.shown]
    whole = sum(all(end.outcome is Outcome.COMPLETE for end in case.ends) for case in before)
    words = Counter(case.words for case in before)
    yield Figure(
        f"llmock, {kind} once, before any text: asked again and complete",
        f"{whole}/{len(before)}, {' · '.join(words)}",
        "all, pass",
    )
    marked = sum(any(end.outcome is Outcome.PARTIAL for end in case.ends) for case in after)
    words = Counter(f"each {case.words}" for case in after)
    yield Figure(
        f"llmock, {kind} once, in the text: kept and marked partial",
        f"{marked}/{len(after)}, {' · '.join(words)}",
        "all; see below",
    )


def _fault(kind: Break, after: int) -> StreamFault:
    match = Match(model=_AGENTS[0], stream=True)
    return StreamFault(kind, after_chunks=after, times=1, match=match)


def _judged(rig: LLMock, arrange: Callable[[], object]) -> Judged:
    rig.reset()
    arrange()
    events = asyncio.run(_turn(rig.base_url("openai")))
    hit = {e.stream for e in events if isinstance(e, StreamEnded) and e.failure}
    shown = any(isinstance(e, TextDelta) and e.stream in hit for e in events)
    return Judged(
        rig.verdict(),
        Counter(request.model or "" for request in rig.requests if "chat" in request.path),
        [e for e in events if isinstance(e, StreamEnded)],
        shown,
    )


async def _turn(base_url: str) -> list[TurnEvent]:
    connections = Connections({"acme": Provider("acme", base_url, _VARIABLE, Dialect())})
    # llmock takes requests of the same body for one client's, so each agent has its own model.
    proposers = [agent(model, timeout=60) for model in _AGENTS]
    turn_plan = plan(proposers, aggregator=agent("gpt-4o-judge", timeout=60))
    events: list[TurnEvent] = []
    try:
        await run_turn(
            replace(turn_plan, providers=connections.providers),
            mixture,
            connections.connect,
            events.append,
            budgets=connections.budgets,
        )
    finally:
        await connections.aclose()
    return events
