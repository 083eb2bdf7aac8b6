"""What a planner, the agents of its parts, and who joins them are asked. Pure."""

from collections.abc import Sequence

from moa_tui.engine.planning.plan import MOST_PARTS, Part, Plan
from moa_tui.engine.prompts import Exchange, messages_of
from moa_tui.engine.provider import Message
from moa_tui.roster.model import Agent

_PLAN = """\
Plan who answers the question below. You do not answer it yourself.

Agents:
{agents}

Part the question so that each part goes to the agent who is best at it. Use as few parts as serve \
the answer, at most {most}. A question that one agent answers best alone is one part, its task the \
question itself. A part that builds on others lists their numbers in "needs", earlier ones only; \
parts without needs are worked on at the same time. Each task must make sense to somebody who sees \
the question and the results it needs, and nothing else.

Write one JSON object and nothing around it:
{{"why": "…", "parts": [{{"task": "…", "agent": "…", "why": "…", "needs": []}}]}}

Question:
{question}"""

_REPAIR = """\
That plan cannot be used: {reason}. Write the whole plan again as one JSON object of the form that \
was asked for, and nothing around it."""

_PART = """\
{question}

Others work on other parts of this question. Your part, and only that:
{task}"""

_RESULTS = """

Results of the parts that yours builds on; they may be wrong:

{results}"""

_JOIN = """\
The question below was parted, and each part was answered by somebody who is good at it. Write the \
one answer that serves the asker best from their results: complete, without repetition, with \
contradictions between parts settled. Some results may be wrong or missing; correct and add what \
is needed. Do not mention the parts or who wrote them.

{results}

Question:
{question}"""


def planning_messages(
    planner: Agent, question: str, agents: Sequence[Agent], conversation: Sequence[Exchange] = ()
) -> tuple[Message, ...]:
    """Return the prompt of the planner."""
    listed = "\n".join(f"- {agent.name}: {agent.expertise or 'no speciality'}" for agent in agents)
    content = _PLAN.format(agents=listed, most=MOST_PARTS, question=question)
    return messages_of(planner.system_prompt, conversation, content)


def repairing_messages(asked: Sequence[Message], answer: str, reason: str) -> tuple[Message, ...]:
    """Return the prompt that asks for the plan once more, and says what is wrong with this one."""
    return (
        *asked,
        Message("assistant", answer or "(nothing)"),
        Message("user", _REPAIR.format(reason=reason)),
    )


def part_messages(
    agent: Agent,
    question: str,
    part: Part,
    results: Sequence[tuple[Part, str]],
    conversation: Sequence[Exchange] = (),
) -> tuple[Message, ...]:
    """Return the prompt of the agent that works on `part`, with the results that it needs."""
    content = _PART.format(question=question, task=part.task)
    if results:
        content += _RESULTS.format(results=_listed(results))
    return messages_of(agent.system_prompt, conversation, content)


def joining_messages(
    agent: Agent,
    question: str,
    plan: Plan,
    results: Sequence[tuple[Part, str]],
    conversation: Sequence[Exchange] = (),
) -> tuple[Message, ...]:
    """Return the prompt of who joins the results; a part without one is said to be missing."""
    content = _JOIN.format(question=question, results=_listed(results))
    there = {part.name for part, _ in results}
    missing = [part for part in plan.parts if part.name not in there]
    if missing:
        tasks = "\n".join(f"- {part.task}" for part in missing)
        content += f"\n\nThere is no result for:\n{tasks}"
    return messages_of(agent.system_prompt, conversation, content)


def _listed(results: Sequence[tuple[Part, str]]) -> str:
    return "\n\n".join(f"Part {part.name}: {part.task}\nResult:\n{text}" for part, text in results)
