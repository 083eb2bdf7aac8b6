"""Scripted turns of the strategies, for the pictures of `gallery.py`; no model is asked."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from moa_tui.engine.events import (
    AnswersRanked,
    Outcome,
    PlanMade,
    RequestSent,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
    VotesCounted,
)
from moa_tui.engine.planning.plan import Part, Plan
from moa_tui.engine.provider import Usage
from moa_tui.engine.ranking.borda import borda
from moa_tui.engine.voting.tally import count_votes
from moa_tui.roster.model import Lineup, Roster

_MODEL = "gpt-oss-120b"
_TEXT = "A thought, then another one that follows from it, and what it means for the question. "
_ANSWER = "# In short\n\nIt depends on **who calls**.\n\n1. Browsers: REST.\n2. Services: gRPC.\n"
_PLAN = Plan(
    (
        Part("1", "Work out what each protocol costs per call on the wire and in CPU", "analyst"),
        Part("2", "List what breaks first behind proxies and load balancers", "skeptic"),
        Part("3", "Write a client and a server for the better one", "maker", needs=("1", "2")),
    ),
    "costs and risks are independent, the code needs both",
)


class _Turn:
    """Makes the events of a turn, each a little later than the one before."""

    def __init__(self, strategy: str) -> None:
        self.at = 0.0
        self.count = 0
        self.strategy = strategy

    def started(self) -> TurnEvent:
        return TurnStarted(0.0, self.strategy, "REST or gRPC?", self.strategy, 0.0)

    def stream(
        self,
        agent: str,
        text: str,
        role: Role = Role.PROPOSER,
        *,
        layer: int = 1,
        part: str = "",
        sample: int = 0,
        ended: bool = True,
    ) -> Iterator[TurnEvent]:
        """Yield one stream from its beginning, to its end if it has `ended`."""
        self.count += 1
        name = f"s{self.count}"
        yield StreamPlanned(
            self.at, name, agent, role, layer, _MODEL, "cerebras", (), part=part, sample=sample
        )
        yield RequestSent(self.at, name, 1)
        for piece in (text[i : i + 40] for i in range(0, len(text), 40)):
            self.at += 0.012
            yield TextDelta(self.at, name, piece)
        if ended:
            usage = Usage(200, max(12, len(text) // 4))
            yield StreamEnded(self.at, name, Outcome.COMPLETE, "stop", usage)

    def ended(self, answer: str, stream: str) -> TurnEvent:
        self.at += 0.1
        return TurnEnded(self.at, TurnOutcome.COMPLETE, answer, stream)


def _planned(turn: _Turn) -> Iterator[TurnEvent]:
    yield turn.started()
    text = '{"why": "costs and risks are independent", "parts": […]}'
    yield from turn.stream("editor", text, Role.PLANNER)
    yield PlanMade(turn.at, _PLAN)
    yield from turn.stream("analyst", _TEXT * 5, layer=2, part="1")


def route_live() -> Iterator[TurnEvent]:
    """A part is done, one is being worked on, one waits for both."""
    turn = _Turn("route")
    yield from _planned(turn)
    yield from turn.stream("skeptic", _TEXT * 3, layer=2, part="2", ended=False)


def route_done() -> Iterator[TurnEvent]:
    """All parts are there and joined."""
    turn = _Turn("route")
    yield from _planned(turn)
    yield from turn.stream("skeptic", _TEXT * 6, layer=2, part="2")
    yield from turn.stream("maker", _TEXT * 4, layer=3, part="3")
    yield from turn.stream("editor", _ANSWER, Role.AGGREGATOR, layer=4)
    yield turn.ended(_ANSWER, "s5")


def council() -> Iterator[TurnEvent]:
    """The members have ranked one another, the chair has written."""
    turn = _Turn("council")
    names = ("analyst", "skeptic", "maker")
    yield turn.started()
    for name in names:
        yield from turn.stream(name, _TEXT * 5)
    for name in names:
        yield from turn.stream(name, '{"ranking": ["A", "B"], "why": "…"}', Role.REVIEWER, layer=2)
    ballots = {"s1": ["s2", "s3"], "s2": ["s3", "s1"], "s3": ["s2", "s1"]}
    yield AnswersRanked(turn.at, borda(["s1", "s2", "s3"], ballots))
    yield from turn.stream("editor", _ANSWER, Role.AGGREGATOR, layer=3)
    yield turn.ended(_ANSWER, "s7")


def vote_live() -> Iterator[TurnEvent]:
    """Three have voted, two still work."""
    turn = _Turn("vote")
    yield turn.started()
    texts: dict[str, str] = {}
    for sample, number in enumerate((42, 42, 41, 0, 0), start=1):
        text = _TEXT * 3 + (f"\nFinal answer: {number}" if number else "")
        ended = bool(number)
        yield from turn.stream("solver", text, sample=sample, ended=ended)
        if ended:
            texts[f"s{sample}"] = text
            yield VotesCounted(turn.at, count_votes(texts))


def race() -> Iterator[TurnEvent]:
    """One agent alone was quicker than the mixture."""
    turn = _Turn("mixture")
    yield turn.started()
    yield from turn.stream("analyst", _ANSWER, Role.BASELINE, layer=0)
    for name in ("analyst", "skeptic", "maker"):
        yield from turn.stream(name, _TEXT * 5)
    yield from turn.stream("editor", _ANSWER, Role.AGGREGATOR, layer=2)
    yield turn.ended(_ANSWER, "s5")


STATES: dict[str, Callable[[], Iterator[TurnEvent]]] = {
    "route-live": route_live,
    "route-done": route_done,
    "council": council,
    "vote-live": vote_live,
    "race": race,
}
"""The part of a name before the dash is a preset, or `race`."""


def lineup(roster: Roster, preset: str) -> Lineup:
    """Return who takes part in a picture."""
    if preset != "race":
        return roster.lineup(preset)
    plain = roster.lineup()
    return replace(plain, baseline=plain.layers[0][0])
