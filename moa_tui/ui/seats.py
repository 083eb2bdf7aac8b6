"""Who sits where: the panes of a turn, before and while its streams take their places. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from moa_tui.engine.events import Role
from moa_tui.engine.planning.plan import Plan
from moa_tui.roster.model import Agent, Lineup
from moa_tui.state import StreamState, TurnState
from moa_tui.ui import figures


@dataclass(frozen=True, slots=True)
class Seat:
    """A place for a stream: `about` stands beside the name, `hint` where its text will be."""

    key: str
    agent: str
    name: str
    about: str = ""
    hint: str = ""
    color: str | None = None
    provider: str = ""
    layer: int = 0
    """0 where there is one only."""


def seats_of(lineup: Lineup, plan: Plan | None = None) -> list[Seat]:
    """Return the seats of a turn; with a plan, one for each part, under the part's number.

    Who answers comes first, so that the numbers of panes and parts are the same; then who plans,
    who ranks, and who runs alone.
    """
    seats = _parts(lineup, plan) if plan else _proposers(lineup)
    if lineup.strategy == "route":
        planner = lineup.planner
        name = figures.name_in(Role.PLANNER, planner.name)
        seats.append(Seat("planner", planner.name, name, planner.model, provider=planner.provider))
    if lineup.strategy == "council":
        seats += _reviewers(lineup.layers[0])
    if alone := lineup.baseline:
        name = figures.name_in(Role.BASELINE, alone.name)
        seats.append(
            Seat("baseline", alone.name, name, alone.model, "", alone.color, alone.provider)
        )
    return seats


def seat_of(stream: StreamState, state: TurnState) -> Seat:
    """Return the seat a stream takes: that of its agent before it, or an own one as a stand-in."""
    key = _key(stream)
    before = state.streams.get(stream.instead_of or "")
    if before and before.label != stream.label:
        key = f"{key} for {before.id}"
    elif before:
        key = seat_of(before, state).key
    name = figures.name_of(stream)
    return Seat(key, stream.agent, name, stream.model, "", stream.color, stream.provider)


def taken(state: TurnState) -> dict[str, StreamState]:
    """Return the streams by the keys of their seats; of several in one seat, the last."""
    return {
        seat_of(stream, state).key: stream
        for stream in state.current
        if stream.role is not Role.AGGREGATOR
    }


def _key(stream: StreamState) -> str:
    match stream.role:
        case Role.PLANNER | Role.BASELINE:
            return str(stream.role)
        case Role.REVIEWER:
            return f"reviewer {stream.agent}"
    if stream.part:
        return f"part {stream.part}"
    return f"{stream.layer} {stream.agent} {stream.sample}"


def _proposers(lineup: Lineup) -> list[Seat]:
    if lineup.strategy == "single":
        return [_seat(lineup.layers[0][0], 1, 0)]
    return [
        _seat(agent, number, sample, number if len(lineup.layers) > 1 else 0)
        for number, layer in enumerate(lineup.layers, start=1)
        for agent in layer
        for sample in (range(1, agent.samples + 1) if agent.samples > 1 else (0,))
    ]


def _seat(agent: Agent, layer: int, sample: int, shown_layer: int = 0) -> Seat:
    name = f"{agent.name} {sample}" if sample else agent.name
    key = f"{layer} {agent.name} {sample}"
    hint, where = agent.expertise, agent.provider
    return Seat(key, agent.name, name, agent.model, hint, agent.color, where, shown_layer)


def _parts(lineup: Lineup, plan: Plan) -> list[Seat]:
    agents = {agent.name: agent for layer in lineup.layers for agent in layer}
    seats = []
    for part in plan.parts:
        waits = f"waits for part {' and '.join(part.needs)}" if part.needs else ""
        task = " ".join(part.task.split())
        agent, key = agents.get(part.agent), f"part {part.name}"
        colour, provider = (agent.color, agent.provider) if agent else (None, "")
        seats.append(Seat(key, part.agent, part.agent, task, waits, colour, provider))
    return seats


def _reviewers(members: Sequence[Agent]) -> list[Seat]:
    """Return a seat for each member who will have others' answers to compare."""
    answers = sum(agent.samples for agent in members)
    return [
        Seat(
            f"reviewer {agent.name}",
            agent.name,
            figures.name_in(Role.REVIEWER, agent.name),
            agent.model,
            "waits for the answers",
            agent.color,
            agent.provider,
        )
        for agent in members
        if answers - agent.samples > 1
    ]
