"""A plan: the parts of a question, who answers each, and which parts each one waits for. Pure."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moa_tui.text import clean, clean_line

MOST_PARTS = 8
_LONGEST_TASK = 4_000


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the question. `needs` names the parts whose results its agent is to see."""

    name: str
    task: str
    agent: str
    why: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts in the order the planner gave them; a single one is the whole question."""

    parts: tuple[Part, ...]
    why: str = ""

    @property
    def simple(self) -> bool:
        """Whether one agent is enough."""
        return len(self.parts) == 1

    def depth(self, part: Part) -> int:
        """Return how many parts have to be there one after another before `part`."""
        by_name = {other.name: other for other in self.parts}
        return max((1 + self.depth(by_name[name]) for name in part.needs), default=0)


class UnusablePlanError(ValueError):
    """What the planner wrote is no plan; the message says why, in words for the planner."""


def plan_schema(agents: Sequence[str]) -> dict[str, object]:
    """Return the JSON schema of a plan for these agents, in the subset that strict modes take."""
    text = {"type": "string"}
    part = {
        "task": text,
        "agent": {"type": "string", "enum": list(agents)},
        "why": text,
        "needs": {"type": "array", "items": {"type": "integer"}},
    }
    parts = {"type": "array", "items": _object(part)}
    return _object({"why": text, "parts": parts})


def _object(properties: dict[str, Any]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_plan(data: Mapping[str, Any] | None, agents: Sequence[str]) -> Plan:
    """Return the plan in `data`; raises UnusablePlanError.

    A part may need earlier ones only: that they come in an order that works is what a plan is.
    """
    if data is None:
        raise UnusablePlanError("there is no JSON object in it")
    written = data.get("parts")
    if not isinstance(written, list) or not written:
        raise UnusablePlanError("'parts' should be a list with at least one part")
    if len(written) > MOST_PARTS:
        raise UnusablePlanError(f"there are {len(written)} parts; {MOST_PARTS} are the most")
    parts = tuple(_part(number, item, agents) for number, item in enumerate(written, start=1))
    return Plan(parts, _line(data.get("why")))


def _part(number: int, item: object, agents: Sequence[str]) -> Part:
    if not isinstance(item, dict):
        raise UnusablePlanError(f"part {number} is not an object")
    task = item.get("task")
    if not isinstance(task, str) or not task.strip():
        raise UnusablePlanError(f"part {number} has no 'task'")
    agent = _agent(number, item.get("agent"), agents)
    needs = item.get("needs") or []
    if not isinstance(needs, list):
        raise UnusablePlanError(f"'needs' of part {number} should be a list of numbers")
    for needed in needs:
        if isinstance(needed, bool) or not isinstance(needed, int) or not 1 <= needed < number:
            raise UnusablePlanError(f"part {number} needs {needed!r}, which is no earlier part")
    names = tuple(str(needed) for needed in dict.fromkeys(needs))
    task = clean(task[:_LONGEST_TASK]).strip()
    return Part(str(number), task, agent, _line(item.get("why")), names)


def _agent(number: int, name: object, agents: Sequence[str]) -> str:
    known = {agent.casefold(): agent for agent in agents}
    close = difflib.get_close_matches(str(name).strip().casefold(), known, n=1, cutoff=0.8)
    if not close:
        listed = ", ".join(agents)
        raise UnusablePlanError(f"part {number} has no agent of: {listed}")
    return known[close[0]]


def _line(value: object) -> str:
    return clean_line(value, 300) if isinstance(value, str) else ""
