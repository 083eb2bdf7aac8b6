"""Routing: the plan, its repair, parts that wait for others, joining."""

import asyncio
import json
from typing import Any

from moa_tui.engine.events import (
    Noticed,
    PlanMade,
    Role,
    StreamPlanned,
    TextDelta,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.provider import Batch, FailureKind
from tests.engine.scripted import ScriptedProvider, agent, error, pieces, plan, run


def parts(*written: tuple[str, str, list[int]]) -> str:
    listed = [{"task": t, "agent": a, "why": "able", "needs": n} for t, a, n in written]
    return json.dumps({"why": "so", "parts": listed})


def planned(events: list[TurnEvent]) -> list[StreamPlanned]:
    return [event for event in events if isinstance(event, StreamPlanned)]


async def test_each_part_goes_to_its_agent_and_they_are_joined(provider: ScriptedProvider) -> None:
    provider.script(
        "judge", pieces(parts(("count", "Agent-a", []), ("weigh", "Agent-b", []))), pieces("All.")
    )
    provider.script("a", pieces("three"))
    provider.script("b", pieces("two kilos"))
    ended, events = await run(provider, plan("abc", strategy="route", question="How many?"))
    assert (ended.answer, ended.outcome) == ("All.", TurnOutcome.COMPLETE)
    assert [(e.role, e.agent, e.part) for e in planned(events)] == [
        (Role.PLANNER, "Agent-judge", ""),
        (Role.PROPOSER, "Agent-a", "1"),
        (Role.PROPOSER, "Agent-b", "2"),
        (Role.AGGREGATOR, "Agent-judge", ""),
    ]
    (made,) = [e.plan for e in events if isinstance(e, PlanMade)]
    assert [part.task for part in made.parts] == ["count", "weigh"]
    assert provider.requests[0].schema is not None
    joined = planned(events)[-1].messages[-1].content
    assert "Part 1: count\nResult:\nthree" in joined
    assert "Part 2: weigh\nResult:\ntwo kilos" in joined
    assert "count" in provider.prompts_for("a")[0]
    assert "weigh" not in provider.prompts_for("a")[0]


async def test_the_planner_knows_what_everybody_is_good_at(provider: ScriptedProvider) -> None:
    provider.script("p", pieces(parts(("all", "Agent-a", []))))
    turn_plan = plan([agent("a", expertise="sums"), agent("b")], strategy="route")
    object.__setattr__(turn_plan.lineup, "chosen_planner", agent("p"))
    ended, _ = await run(provider, turn_plan)
    assert ended.answer == "<a> has spoken."
    (prompt,) = provider.prompts_for("p")
    assert "- Agent-a: sums\n- Agent-b: no speciality" in prompt


async def test_a_part_waits_for_those_it_needs_and_sees_them(provider: ScriptedProvider) -> None:
    gate = asyncio.Event()
    written = parts(("x", "Agent-a", []), ("y", "Agent-b", []), ("z", "Agent-c", [1]))
    provider.script("judge", pieces(written), pieces("All."))
    provider.script("a", pieces("result of x"))
    provider.script(
        "b", [Batch(text="slow"), gate, Batch(text=" y", finish_reason="stop", done=True)]
    )

    def open_gate(event: TurnEvent) -> None:
        if isinstance(event, TextDelta) and event.text == "<c> ":
            gate.set()  # c runs while b does: it waits for a alone

    _, events = await run(provider, plan("abc", strategy="route"), open_gate)
    prompt = next(e for e in planned(events) if e.part == "3")
    assert "Part 1: x\nResult:\nresult of x" in prompt.messages[-1].content
    assert prompt.layer == 3


async def test_a_part_is_asked_without_what_failed(provider: ScriptedProvider) -> None:
    provider.script(
        "judge", pieces(parts(("x", "Agent-a", []), ("y", "Agent-b", [1]))), pieces("All.")
    )
    provider.script("a", [error()])
    ended, events = await run(provider, plan("ab", strategy="route"))
    assert (ended.answer, ended.outcome) == ("All.", TurnOutcome.DEGRADED)
    assert "Results of the parts" not in provider.prompts_for("b")[0]
    assert "There is no result for:\n- x" in planned(events)[-1].messages[-1].content


async def test_one_agent_is_enough(provider: ScriptedProvider) -> None:
    provider.script("judge", pieces(parts(("answer it", "Agent-b", []))))
    ended, events = await run(provider, plan("ab", strategy="route", question="Why?"))
    assert (ended.answer, ended.outcome) == ("<b> has spoken.", TurnOutcome.COMPLETE)
    assert [e.role for e in planned(events)] == [Role.PLANNER, Role.PROPOSER]
    assert provider.prompts_for("b") == ["Why?"]


async def test_a_plan_is_repaired_once(provider: ScriptedProvider) -> None:
    bad = parts(("x", "Eve", []))
    provider.script("judge", pieces(bad), pieces(parts(("x", "Agent-a", []))))
    ended, _ = await run(provider, plan("ab", strategy="route"))
    assert ended.answer == "<a> has spoken."
    first, second = provider.requests[0], provider.requests[1]
    assert second.messages[:-2] == first.messages
    assert second.messages[-2].content == bad
    assert "no agent of: Agent-a, Agent-b" in second.messages[-1].content


async def test_a_provider_without_schemas_is_asked_without(provider: ScriptedProvider) -> None:
    refused: list[Any] = [error(FailureKind.BAD_REQUEST, "response_format is not supported")]
    provider.script("judge", refused, pieces(parts(("x", "Agent-a", []))))
    ended, _ = await run(provider, plan("ab", strategy="route"))
    assert ended.answer == "<a> has spoken."
    assert [r.schema is None for r in provider.requests[:2]] == [False, True]


async def test_without_a_plan_everybody_answers_and_it_is_said(provider: ScriptedProvider) -> None:
    provider.script("judge", pieces("I do not plan."), pieces("Never."), pieces("The mixture."))
    ended, events = await run(provider, plan("ab", strategy="route"))
    assert ended.answer == "The mixture."
    said = [e.text for e in events if isinstance(e, Noticed)]
    assert said == [
        (
            "Agent-judge made no plan (there is no JSON object in it): "
            "everybody answers the whole question"
        )
    ]


PERSONA = "You write the answer the reader keeps."


async def test_the_planner_does_not_have_the_aggregators_persona(
    provider: ScriptedProvider,
) -> None:
    """It is told to answer there, and here not to."""
    editor = agent("judge", system_prompt=PERSONA)
    written = parts(("count", "Agent-a", []), ("weigh", "Agent-b", []))
    for chosen in (None, editor):
        provider.script("judge", pieces(written), pieces("All."))
        turn_plan = plan("ab", aggregator=editor, strategy="route")
        object.__setattr__(turn_plan.lineup, "chosen_planner", chosen)
        await run(provider, turn_plan)
        planning, joining = provider.prompts_for("judge")[-2:]
        assert PERSONA not in planning
        assert PERSONA in joining


async def test_a_planner_that_was_chosen_has_its_own(provider: ScriptedProvider) -> None:
    provider.script("p", pieces(parts(("all", "Agent-a", []))))
    turn_plan = plan("ab", strategy="route")
    object.__setattr__(
        turn_plan.lineup, "chosen_planner", agent("p", system_prompt="You plan dinners.")
    )
    await run(provider, turn_plan)
    assert "You plan dinners." in provider.prompts_for("p")[0]
