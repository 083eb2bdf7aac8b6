"""Parts of the question go to the agents that suit them: a planner parts it, an aggregator joins.

The planning step of the mixture: who does what, what builds on what, or that one agent is enough.
"""

import asyncio
from collections.abc import Sequence

from moa_tui.engine.asking import Messages, Place
from moa_tui.engine.events import PlanMade, Role
from moa_tui.engine.planning.plan import Part, Plan, UnusablePlanError, plan_schema, read_plan
from moa_tui.engine.planning.prompts import (
    joining_messages,
    part_messages,
    planning_messages,
    repairing_messages,
)
from moa_tui.engine.prompts import Reference, question_messages
from moa_tui.engine.strategies.mixture import mixture
from moa_tui.engine.structured import json_object_in
from moa_tui.engine.turn import MessagesFor, Turn
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent


async def route(turn: Turn) -> Answer | None:
    """Return the joined answer, or the one agent's that was enough; a mixture without a plan."""
    plan = await _plan(turn)
    if plan is None:
        return await mixture(turn)
    turn.emit(PlanMade(turn.clock(), plan))
    answers = await _work(turn, plan)
    usable = [answer for answer in answers if answer.usable]
    if not usable:
        turn.fail(answers)
        return None
    if plan.simple:
        return usable[0]
    return await _join(turn, plan, answers)


async def _plan(turn: Turn) -> Plan | None:
    """Have the question planned, once more where that cannot be used; None: there is no plan."""
    planner, experts = turn.lineup.planner, _experts(turn)
    names = [agent.name for agent in experts]
    asked = planning_messages(planner, turn.plan.asked, experts, turn.plan.conversation)
    schema: dict[str, object] | None = plan_schema(names)
    for _ in range(2):
        answer = await turn.ask(Place(planner, _always(asked), Role.PLANNER, 1, schema=schema))
        try:
            return read_plan(json_object_in(answer.text), names)
        except UnusablePlanError as error:
            reason = str(error)
        if answer.usable:
            asked = repairing_messages(asked, answer.text, reason)
        schema = None  # a provider that does not know schemas has refused the request for it
    turn.notice(f"{planner.name} made no plan ({reason}): everybody answers the whole question")
    return None


async def _work(turn: Turn, plan: Plan) -> list[Answer]:
    """Work on all parts, each as soon as those it needs are there."""
    experts = {agent.name: agent for agent in _experts(turn)}
    there = {part.name: asyncio.Event() for part in plan.parts}
    came: dict[str, Answer] = {}

    def hear(answers: Sequence[Answer], _outstanding: int) -> bool:
        for answer in answers:
            came[answer.part] = answer
            there[answer.part].set()
        return False

    def place_of(part: Part) -> Place:
        needed = [other for other in plan.parts if other.name in part.needs]

        async def ready() -> None:
            for other in needed:
                await there[other.name].wait()

        def messages_for(agent: Agent) -> Messages:
            results = [(o, came[o.name]) for o in needed if came[o.name].usable]
            return _part_messages(turn, agent, plan, part, results)

        expert, layer = experts[part.agent], 2 + plan.depth(part)
        return Place(expert, messages_for, Role.PROPOSER, layer, part=part.name, ready=ready)

    return await turn.ask_all([place_of(part) for part in plan.parts], hear)


def _part_messages(
    turn: Turn, agent: Agent, plan: Plan, part: Part, results: Sequence[tuple[Part, Answer]]
) -> Messages:
    question, conversation = turn.plan.asked, turn.plan.conversation
    if plan.simple:
        return question_messages(agent, question, conversation)
    return part_messages(agent, question, part, _fitted(turn, agent, results), conversation)


async def _join(turn: Turn, plan: Plan, answers: Sequence[Answer]) -> Answer | None:
    results = [
        (part, answer) for part, answer in zip(plan.parts, answers, strict=True) if answer.usable
    ]
    if missing := len(plan.parts) - len(results):
        turn.notice(f"{missing} of {len(plan.parts)} parts came to nothing")

    def messages_for(agent: Agent) -> Messages:
        fitted = _fitted(turn, agent, results)
        return joining_messages(agent, turn.plan.asked, plan, fitted, turn.plan.conversation)

    last = max(plan.depth(part) for part in plan.parts)
    return await turn.aggregate(answers, (), layer=3 + last, messages_for=messages_for)


def _always(messages: Messages) -> MessagesFor:
    """Whoever stands in for the planner is asked the same."""
    return lambda _agent: messages


def _experts(turn: Turn) -> list[Agent]:
    """Everybody who proposes, once."""
    agents = [agent for layer in turn.lineup.layers for agent in layer]
    return list({agent.name: agent for agent in agents}.values())


def _fitted(
    turn: Turn, agent: Agent, results: Sequence[tuple[Part, Answer]]
) -> list[tuple[Part, str]]:
    whole = [Reference(part.agent, came.text, outcome=came.outcome) for part, came in results]
    references = turn.fitted(agent, whole)
    return [(part, cut.marked) for (part, _), cut in zip(results, references, strict=True)]
