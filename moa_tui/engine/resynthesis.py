"""A further synthesis: what a turn is run from that only puts kept proposals together anew. Pure.

The strategy is run again on what was kept (see kept.py), so that a council's ranking or a plan's
parts are what they were; only the aggregator has to be asked.
"""

from collections.abc import Sequence
from dataclasses import replace

from moa_tui.engine import prompts
from moa_tui.engine.events import Role, StreamEnded, StreamEvent, StreamPlanned, TurnEvent
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.roster.model import Agent, Lineup

_ANEW = frozenset({Role.AGGREGATOR, Role.BASELINE})
"""Roles whose streams are not kept: the one is asked anew, the other has run its race."""


def further_synthesis(
    plan: TurnPlan,
    events: Sequence[TurnEvent],
    turn: str,
    *,
    aggregator: Agent | None = None,
    template: str | None = None,
    again: str = "",
) -> TurnPlan:
    """Return what a turn called `turn` is run from that puts the proposals of `plan` together.

    `events` are those of `plan`'s turn; `aggregator` writes instead of its own, and is asked by
    `template` where one is given. `again` names a stream that is asked once more before.
    """
    before = plan.lineup
    writer = aggregator or before.aggregator
    lineup = replace(
        _as_it_was(before, events),
        aggregator=_without_persona(writer) if template == prompts.JUDGE else writer,
        chosen_planner=before.planner,
        baseline=None,
    )
    if template is not None:
        lineup = replace(lineup, prompts=replace(before.prompts, aggregator=template))
    return replace(plan, turn=turn, lineup=lineup, kept=_kept(events, again), further_of=plan.turn)


def _without_persona(agent: Agent) -> Agent:
    """Return `agent` without its system prompt: that is about writing, and a judge does not."""
    return replace(agent, system_prompt="")


def _kept(events: Sequence[TurnEvent], again: str) -> tuple[TurnEvent, ...]:
    """Return the events of the streams that have ended and are not asked once more."""
    ended = {event.stream for event in events if isinstance(event, StreamEnded)}
    planned = [event for event in events if isinstance(event, StreamPlanned)]
    dropped = {again}
    for event in planned:  # whoever stood in for it goes with it
        if event.instead_of in dropped:
            dropped.add(event.stream)
    kept = {e.stream for e in planned if e.role not in _ANEW} & ended - dropped
    return tuple(e for e in events if isinstance(e, StreamEvent) and e.stream in kept)


def _as_it_was(lineup: Lineup, events: Sequence[TurnEvent]) -> Lineup:
    """Return the lineup with those in it whom the person put in somebody's place meanwhile."""
    planned = {e.stream: e for e in events if isinstance(e, StreamPlanned)}
    known = {agent.name: agent for agent in (*lineup.reserves, *lineup.agents)}
    chosen: dict[tuple[int, str], Agent] = {}
    for event in planned.values():
        before = planned.get(event.instead_of or "")
        if before is None or event.role is not Role.PROPOSER or event.agent not in known:
            continue
        seat = next(
            (seat for seat, agent in chosen.items() if agent.name == before.agent),
            (before.layer, before.agent),
        )
        own = known.get(before.agent)
        if own is None or event.agent in own.fallback:  # nobody's choice: it is found by itself
            continue
        chosen[seat] = replace(known[event.agent], model=event.model, provider=event.provider)
    layers = tuple(
        tuple(chosen.get((number, agent.name), agent) for agent in layer)
        for number, layer in enumerate(lineup.layers, start=1)
    )
    return replace(lineup, layers=layers)
