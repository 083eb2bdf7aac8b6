"""Reading a plan."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.planning.plan import MOST_PARTS, Part, UnusablePlanError, plan_schema, read_plan

AGENTS = ["Ann", "Bob Ray"]


def part(**changes: Any) -> dict[str, Any]:
    return {"task": "look", "agent": "Ann", "why": "she can", "needs": [], **changes}


def test_a_plan() -> None:
    second = part(task=" join \x1b[2J", agent=" bob ray ", needs=[1, 1], why="x\ny")
    plan = read_plan({"why": "two", "parts": [part(), second]}, AGENTS)
    assert plan.parts == (
        Part("1", "look", "Ann", "she can"),
        Part("2", "join [2J", "Bob Ray", "x y", ("1",)),
    )
    assert (plan.why, plan.simple) == ("two", False)
    assert [plan.depth(p) for p in plan.parts] == [0, 1]


def test_one_part_is_enough() -> None:
    assert read_plan({"parts": [{"task": "all", "agent": "Ann"}]}, AGENTS).simple


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (None, "no JSON object"),
        ({}, "'parts' should be a list"),
        ({"parts": []}, "'parts' should be a list"),
        ({"parts": "look"}, "'parts' should be a list"),
        ({"parts": [part()] * (MOST_PARTS + 1)}, f"{MOST_PARTS} are the most"),
        ({"parts": ["look"]}, "part 1 is not an object"),
        ({"parts": [part(task=" ")]}, "part 1 has no 'task'"),
        ({"parts": [part(agent="Eve")]}, "no agent of: Ann, Bob Ray"),
        ({"parts": [part(agent=None)]}, "no agent of"),
        ({"parts": [part(needs=[1])]}, "no earlier part"),
        ({"parts": [part(), part(needs=[True])]}, "no earlier part"),
        ({"parts": [part(), part(needs=["1"])]}, "no earlier part"),
        ({"parts": [part(needs="1")]}, "list of numbers"),
    ],
)
def test_what_is_no_plan(data: dict[str, Any] | None, reason: str) -> None:
    with pytest.raises(UnusablePlanError, match=reason):
        read_plan(data, AGENTS)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(part())), inner)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["parts", "why"]), _json))
def test_anything_is_a_plan_or_is_refused(data: dict[str, Any]) -> None:
    try:
        plan = read_plan(data, AGENTS)
    except UnusablePlanError:
        return
    assert all(part.agent in AGENTS and part.task for part in plan.parts)


def test_the_schema_names_the_agents_and_closes_every_object() -> None:
    schema: Any = plan_schema(AGENTS)
    assert schema["properties"]["parts"]["items"]["properties"]["agent"]["enum"] == AGENTS
    assert (
        schema["additionalProperties"]
        is schema["properties"]["parts"]["items"]["additionalProperties"]
    )
    assert schema["additionalProperties"] is False
