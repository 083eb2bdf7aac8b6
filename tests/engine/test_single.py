"""One agent by itself."""

import pytest

from moa_tui.engine.events import Role, StreamPlanned, TurnOutcome
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.provider import Batch, Message
from tests.engine.scripted import ScriptedProvider, Step, agent, error, pieces, plan, run


@pytest.mark.parametrize("layers", [("a",), ("abc",), ("abc", "de")])
@pytest.mark.parametrize("samples", [1, 3])
async def test_only_the_first_agent_is_asked_and_only_once(
    provider: ScriptedProvider, layers: tuple[str, ...], samples: int
) -> None:
    first, *others = (agent(name, samples=samples) for name in layers[0])
    ended, events = await run(
        provider, plan([first, *others], *layers[1:], strategy="single", question="Why?")
    )
    assert [r.messages for r in provider.requests] == [(Message("user", "Why?"),)]
    (stream,) = [e for e in events if isinstance(e, StreamPlanned)]
    assert (stream.agent, stream.role, stream.layer, stream.sample) == (
        "Agent-a",
        Role.PROPOSER,
        1,
        0,
    )
    assert (ended.outcome, ended.answer) == (TurnOutcome.COMPLETE, "<a> has spoken.")
    assert ended.answered_by == stream.stream


@pytest.mark.parametrize(
    ("steps", "outcome", "answer"),
    [
        pytest.param(pieces("Yes."), TurnOutcome.COMPLETE, "Yes.", id="whole"),
        pytest.param(pieces("Ye", finish="length"), TurnOutcome.DEGRADED, "Ye", id="truncated"),
        pytest.param([Batch("Ye"), error()], TurnOutcome.DEGRADED, "Ye", id="partial"),
        pytest.param([error()], TurnOutcome.FAILED, "", id="failed"),
        pytest.param(pieces(""), TurnOutcome.FAILED, "", id="empty"),
        pytest.param(pieces(" \n"), TurnOutcome.FAILED, "", id="blank"),
    ],
)
async def test_the_turn_is_as_its_stream(
    provider: ScriptedProvider, steps: list[Step], outcome: TurnOutcome, answer: str
) -> None:
    provider.script("a", steps)
    ended, _ = await run(provider, plan("a", strategy="single"))
    assert (ended.outcome, ended.answer) == (outcome, answer)
    assert (ended.answered_by is None) == (outcome is TurnOutcome.FAILED)


async def test_it_falls_back(provider: ScriptedProvider) -> None:
    provider.script("a", [error()])
    first = agent("a", fallback=("Agent-x",))
    ended, _ = await run(provider, plan([first], reserves=[agent("x")], strategy="single"))
    assert (ended.answer, ended.answered_by) == ("<x> has spoken.", "s2")
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_it_has_its_system_prompt_and_the_conversation(provider: ScriptedProvider) -> None:
    past = (Exchange("Who?", "Me."),)
    first = agent("a", system_prompt="Be brief.")
    await run(provider, plan([first], conversation=past, strategy="single", question="Why?"))
    assert provider.requests[0].messages == (
        Message("system", "Be brief."),
        Message("user", "Who?"),
        Message("assistant", "Me."),
        Message("user", "Why?"),
    )
