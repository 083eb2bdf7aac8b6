"""The mixture: who is asked, when, with what, and what becomes of those that do not answer."""

import asyncio
from collections.abc import Sequence
from itertools import pairwise

import pytest

from moa_tui.engine.events import (
    Noticed,
    Outcome,
    RequestSent,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEvent,
    TurnOutcome,
)
from moa_tui.engine.prompts import CHARS_PER_TOKEN, Exchange, Reference, shuffled
from moa_tui.engine.provider import Batch, FailureKind, Message
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Prompts, Provider
from tests.engine.scripted import (
    ScriptedProvider,
    Step,
    agent,
    error,
    pieces,
    plan,
    run,
    text_of,
)

WHOLE = pieces("A whole ", "answer.")
BAD = [
    pytest.param([error(message="KAPUTT")], id="failed"),
    pytest.param([Batch("Half of SECRET"), error(message="KAPUTT")], id="partial"),
    pytest.param([Batch("Half of SECRET")], id="cut"),
    pytest.param([Batch("SECRET", finish_reason="content_filter")], id="filtered"),
    pytest.param([Batch(" \n", finish_reason="stop")], id="blank"),
    pytest.param([Batch(reasoning="SECRET", finish_reason="stop")], id="thought-only"),
    pytest.param([Batch(reasoning="SECRET", finish_reason="length")], id="no-room"),
    pytest.param([ValueError("KAPUTT")], id="defect"),
]
"""Scripts of agents whose text goes to nobody."""


def planned(events: Sequence[TurnEvent]) -> list[StreamPlanned]:
    return [event for event in events if isinstance(event, StreamPlanned)]


def notices(events: Sequence[TurnEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noticed)]


def prompts_of(provider: ScriptedProvider) -> list[str]:
    return [message.content for request in provider.requests for message in request.messages]


@pytest.mark.parametrize("layers", [("abc",), ("abc", "de"), ("ab", "cd", "ef"), ("a",)])
async def test_layers_follow_one_another(
    provider: ScriptedProvider, layers: tuple[str, ...]
) -> None:
    ended, events = await run(provider, plan(*layers))
    streams = planned(events)
    expected = [(n, f"Agent-{c}") for n, layer in enumerate(layers, 1) for c in layer]
    assert [(s.layer, s.agent) for s in streams] == [*expected, (len(layers) + 1, "Agent-judge")]
    assert [s.role for s in streams] == [Role.PROPOSER] * len(expected) + [Role.AGGREGATOR]
    assert [s.stream for s in streams] == [f"s{i}" for i in range(1, len(streams) + 1)]
    for number in range(2, len(layers) + 2):
        first = next(i for i, e in enumerate(events) if e in streams and e.layer == number)
        before = [s.stream for s in streams if s.layer < number]
        assert {e.stream for e in events[:first] if isinstance(e, StreamEnded)} == set(before)
    assert ended.outcome is TurnOutcome.COMPLETE
    assert ended.answer == "<judge> has spoken."
    assert ended.answered_by == streams[-1].stream
    assert notices(events) == []


@pytest.mark.parametrize("names", ["a", "ab", "abcdefgh"])
async def test_a_layer_is_planned_and_sent_before_anyone_answers(
    provider: ScriptedProvider, names: str
) -> None:
    gates = {name: asyncio.Event() for name in names}
    for name in names:
        provider.script(name, [gates[name], *pieces(f"{name} says so.")])
    events: list[TurnEvent] = []
    task = asyncio.create_task(run(provider, plan(names), events.append))
    await provider.until_asked(len(names))
    assert len(planned(events)) == len(names)
    assert sum(isinstance(e, RequestSent) for e in events) == len(names)
    assert not any(isinstance(e, TextDelta | StreamEnded) for e in events)
    for name in reversed(names):
        gates[name].set()
    ended, _ = await task
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_the_slowest_holds_up_the_aggregator_and_no_one_else(
    provider: ScriptedProvider,
) -> None:
    gate, heard = asyncio.Event(), asyncio.Event()
    provider.script("b", [gate, *WHOLE])
    events: list[TurnEvent] = []

    def listen(event: TurnEvent) -> None:
        events.append(event)
        if sum(isinstance(e, StreamEnded) for e in events) == 2:
            heard.set()

    task = asyncio.create_task(run(provider, plan("abc"), listen))
    await heard.wait()
    assert [r.model for r in provider.requests] == ["a", "b", "c"]
    gate.set()
    await task
    assert provider.requests[-1].model == "judge"


async def test_streams_of_a_layer_interleave(provider: ScriptedProvider) -> None:
    for name in "abc":
        provider.script(name, pieces(*(f"{name}{i} " for i in range(10))))
    _, events = await run(provider, plan("abc"))
    order = [e.stream for e in events if isinstance(e, TextDelta) and e.stream != "s4"]
    changes = sum(one != other for one, other in pairwise(order))
    assert changes > 15


async def test_the_first_layer_sees_the_question_only(provider: ScriptedProvider) -> None:
    await run(provider, plan("abc", "d", question="Why?"))
    for request in provider.requests[:3]:
        assert request.messages == (Message("user", "Why?"),)


@pytest.mark.parametrize("seed", range(8))
async def test_references_are_numbered_unnamed_and_in_the_order_of_the_seed(
    provider: ScriptedProvider, seed: int
) -> None:
    await run(provider, plan("abcd", "ef", seed=seed))
    first = [Reference(c, f"<{c}> has spoken.") for c in "abcd"]
    second = [Reference(c, f"<{c}> has spoken.") for c in "ef"]
    for model, references in (("e", first), ("f", first), ("judge", second)):
        (prompt,) = provider.prompts_for(model)
        lines = [f"Answer {i}:\n{r.text}" for i, r in enumerate(shuffled(references, seed), 1)]
        assert "\n\n".join(lines) in prompt
        assert f"Answer {len(lines) + 1}:" not in prompt
    assert not any("Agent-" in prompt for prompt in prompts_of(provider))
    assert not any("<a>" in prompt for prompt in provider.prompts_for("judge"))


async def test_samples_are_streams_of_their_own(provider: ScriptedProvider) -> None:
    provider.script("a", *(pieces(f"Draw {i}.") for i in range(1, 4)))
    _, events = await run(provider, plan([agent("a", samples=3), agent("b")]))
    streams = planned(events)[:-1]
    names = [("Agent-a", 1), ("Agent-a", 2), ("Agent-a", 3), ("Agent-b", 0)]
    assert [(s.agent, s.sample) for s in streams] == names
    (prompt,) = provider.prompts_for("judge")
    assert all(f"Draw {i}." in prompt for i in range(1, 4))
    assert "Answer 4:" in prompt


@pytest.mark.parametrize("steps", BAD)
@pytest.mark.parametrize("layers", [("abc",), ("abc", "de")])
async def test_broken_text_and_failures_go_to_nobody(
    provider: ScriptedProvider, steps: Sequence[Step], layers: tuple[str, ...]
) -> None:
    provider.script("b", steps)
    ended, events = await run(provider, plan(*layers))
    for prompt in prompts_of(provider):
        assert "SECRET" not in prompt
        assert "KAPUTT" not in prompt
    assert ended.outcome is TurnOutcome.DEGRADED
    assert ended.answer == "<judge> has spoken."
    assert notices(events) == ["continuing with 2 of 3 answers, without Agent-b"]


async def test_a_truncated_answer_goes_on(provider: ScriptedProvider) -> None:
    provider.script("b", pieces("As far as it ", "goes", finish="length"))
    ended, events = await run(provider, plan("abc"))
    assert "As far as it goes" in provider.prompts_for("judge")[0]
    assert ended.outcome is TurnOutcome.DEGRADED
    assert notices(events) == []


async def test_missing_samples_are_named_one_by_one(provider: ScriptedProvider) -> None:
    provider.script("a", WHOLE, [error()])
    _, events = await run(provider, plan([agent("a", samples=3), agent("b")]))
    assert notices(events) == ["continuing with 2 of 4 answers, without Agent-a 2, Agent-a 3"]


@pytest.mark.parametrize("steps", BAD)
@pytest.mark.parametrize("layers", [("abc",), ("de", "abc")])
async def test_a_lone_survivor_answers_by_itself(
    provider: ScriptedProvider, steps: Sequence[Step], layers: tuple[str, ...]
) -> None:
    provider.script("a", steps).script("c", steps)
    ended, events = await run(provider, plan(*layers))
    survivor = next(s for s in planned(events) if s.agent == "Agent-b")
    assert (ended.answer, ended.answered_by) == ("<b> has spoken.", survivor.stream)
    assert ended.outcome is TurnOutcome.DEGRADED
    assert provider.prompts_for("judge") == []
    assert notices(events) == ["only Agent-b answered: this is Agent-b's answer, not a synthesis"]


async def test_the_only_agent_of_a_layer_is_no_survivor(provider: ScriptedProvider) -> None:
    ended, events = await run(provider, plan("a"))
    assert ended.answer == "<judge> has spoken."
    assert notices(events) == []


async def test_a_lone_answer_in_an_earlier_layer_goes_on(provider: ScriptedProvider) -> None:
    provider.script("a", [error()])
    ended, _ = await run(provider, plan("ab", "cd"))
    assert "<b> has spoken." in provider.prompts_for("c")[0]
    assert ended.answer == "<judge> has spoken."


@pytest.mark.parametrize("steps", BAD)
@pytest.mark.parametrize(
    ("layers", "asked"),
    [(("a",), 1), (("abc",), 3), (("abc", "de"), 3), (("de", "abc"), 5)],
)
async def test_when_nobody_answers_the_aggregator_is_not_asked(
    provider: ScriptedProvider, steps: Sequence[Step], layers: tuple[str, ...], asked: int
) -> None:
    for name in "abc":
        provider.script(name, steps)
    ended, events = await run(provider, plan(*layers))
    assert (ended.outcome, ended.answer, ended.answered_by) == (TurnOutcome.FAILED, "", None)
    assert provider.prompts_for("judge") == []
    (notice,) = notices(events)
    assert notice.startswith("no agent gave an answer: ")
    assert ended.failure is None or notice.startswith(ended.failure.message)
    assert len(provider.requests) == asked


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ([error(message="it is busy")], "it is busy"),
        ([Batch(finish_reason="stop")], "an empty answer"),
        ([Batch(finish_reason="content_filter")], "filtered"),
        ([Batch("\n"), error(message="it is busy")], "it is busy"),
    ],
)
async def test_without_an_aggregator_the_best_proposal_is_the_answer_and_says_so(
    provider: ScriptedProvider, steps: Sequence[Step], why: str
) -> None:
    provider.script("judge", steps)
    ended, events = await run(provider, plan("ab"))
    assert (ended.outcome, ended.answered_by) == (TurnOutcome.DEGRADED, "s1")
    assert ended.answer == "<a> has spoken."
    said = f"Agent-judge wrote no answer ({why}): this is Agent-a's answer, not a synthesis"
    assert notices(events) == [said]
    assert [text_of(events, name) for name in ("s1", "s2")] == [
        "<a> has spoken.",
        "<b> has spoken.",
    ]


@pytest.mark.parametrize(
    ("steps", "outcome"),
    [
        ([Batch("So far"), error()], Outcome.PARTIAL),
        ([Batch("So far"), Batch(finish_reason="length")], Outcome.TRUNCATED),
        ([Batch("So far"), Batch(finish_reason="content_filter")], Outcome.FILTERED),
    ],
)
async def test_what_an_aggregator_wrote_is_the_answer(
    provider: ScriptedProvider, steps: Sequence[Step], outcome: Outcome
) -> None:
    provider.script("judge", steps)
    ended, events = await run(provider, plan("ab"))
    assert (ended.outcome, ended.answer) == (TurnOutcome.DEGRADED, "So far")
    last = [e for e in events if isinstance(e, StreamEnded)][-1]
    assert (last.stream, last.outcome) == (ended.answered_by, outcome)


def with_fallbacks(*names: str) -> TurnPlan:
    """Return a plan whose aggregator falls back to the agents `names`."""
    judge = agent("judge", fallback=tuple(f"Agent-{name}" for name in names))
    return plan("ab", aggregator=judge, reserves=[agent(name) for name in names])


@pytest.mark.parametrize("failing", [0, 1, 2, 3])
async def test_aggregators_step_in_one_after_another(
    provider: ScriptedProvider, failing: int
) -> None:
    names = ["judge", "x", "y", "z"]
    for name in names[:failing]:
        provider.script(name, [error(message="KAPUTT")])
    ended, events = await run(provider, with_fallbacks("x", "y", "z"))
    assert [r.model for r in provider.requests[2:]] == names[: failing + 1]
    assert ended.answer == f"<{names[failing]}> has spoken."
    assert ended.outcome is TurnOutcome.COMPLETE
    assert notices(events) == [
        f"Agent-{one} failed; Agent-{other} is asked instead"
        for one, other in pairwise(names[: failing + 1])
    ]
    assert {s.layer for s in planned(events)[2:]} == {2}
    assert {s.role for s in planned(events)[2:]} == {Role.AGGREGATOR}
    assert len({request.messages for request in provider.requests[2:]}) == 1


async def test_when_every_aggregator_fails_the_last_one_is_named(
    provider: ScriptedProvider,
) -> None:
    for name in ("judge", "x"):
        provider.script(name, [error(message=f"{name} is busy")])
    ended, events = await run(provider, with_fallbacks("x"))
    assert (ended.outcome, ended.answer) == (TurnOutcome.DEGRADED, "<a> has spoken.")
    assert notices(events) == [
        "Agent-judge failed; Agent-x is asked instead",
        "Agent-x wrote no answer (x is busy): this is Agent-a's answer, not a synthesis",
    ]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param([error()], id="failed"),
        pytest.param([Batch(finish_reason="stop")], id="empty"),
        pytest.param([Batch(" \n", finish_reason="stop")], id="blank"),
        pytest.param([Batch(finish_reason="length")], id="no-room"),
    ],
)
async def test_a_proposer_falls_back(provider: ScriptedProvider, steps: Sequence[Step]) -> None:
    provider.script("a", steps)
    proposers = [agent("a", fallback=("Agent-x",)), agent("b")]
    ended, events = await run(provider, plan(proposers, reserves=[agent("x")]))
    assert notices(events) == ["Agent-a failed; Agent-x is asked instead"]
    assert "<x> has spoken." in provider.prompts_for("judge")[0]
    assert ended.outcome is TurnOutcome.COMPLETE
    assert {s.agent: s.layer for s in planned(events)} == {
        "Agent-a": 1,
        "Agent-b": 1,
        "Agent-x": 1,
        "Agent-judge": 2,
    }


async def test_a_partial_answer_is_shown_and_its_fallback_asked(
    provider: ScriptedProvider,
) -> None:
    provider.script("a", [Batch("Half"), error()])
    proposers = [agent("a", fallback=("Agent-x",)), agent("b"), agent("c")]
    ended, events = await run(provider, plan(proposers, reserves=[agent("x")]))
    assert text_of(events, "s1") == "Half"
    assert planned(events)[3].instead_of == "s1"
    (prompt,) = provider.prompts_for("judge")
    assert "<x> has spoken." in prompt
    assert "Half" not in prompt
    assert ended.outcome is TurnOutcome.COMPLETE


async def test_the_aggregator_is_told_who_is_missing_and_not_why(
    provider: ScriptedProvider,
) -> None:
    provider.script("c", [Batch("SECRET"), error(message="KAPUTT")])
    await run(provider, plan("abc"))
    (prompt,) = provider.prompts_for("judge")
    assert "(No answer came from: Agent-c.)" in prompt
    assert "SECRET" not in prompt
    assert "KAPUTT" not in prompt


async def test_a_fallback_has_its_own_system_prompt(provider: ScriptedProvider) -> None:
    provider.script("judge", [error()])
    judge = agent("judge", system_prompt="Judge.", fallback=("Agent-x",))
    reserve = agent("x", system_prompt="Step in.")
    await run(provider, plan("ab", aggregator=judge, reserves=[reserve]))
    assert [r.messages[0].content for r in provider.requests[2:]] == ["Judge.", "Step in."]


@pytest.mark.parametrize("length", [0, 1, 3])
async def test_the_conversation_goes_to_everyone(provider: ScriptedProvider, length: int) -> None:
    past = tuple(Exchange(f"Question {i}?", f"Answer {i}.") for i in range(length))
    await run(provider, plan("a", "b", conversation=past, question="And now?"))
    for request in provider.requests:
        *before, last = request.messages
        assert [(m.role, m.content) for m in before] == [
            pair for e in past for pair in (("user", e.question), ("assistant", e.answer))
        ]
        assert last.role == "user"
        assert "And now?" in last.content


async def test_templates_of_the_roster_are_used(provider: ScriptedProvider) -> None:
    prompts = Prompts(
        proposer="P {question} | {references}", aggregator="A {references}: {question}"
    )
    await run(provider, plan("a", "b", prompts=prompts, question="Why?"))
    assert provider.prompts_for("b") == ["P Why? | Answer 1:\n<a> has spoken."]
    assert provider.prompts_for("judge") == ["A Answer 1:\n<b> has spoken.: Why?"]


@pytest.mark.parametrize("tokens", [16, 100, None])
async def test_references_are_cut_to_what_a_provider_takes(
    provider: ScriptedProvider, tokens: int | None
) -> None:
    long = "One sentence after the other. " * 40
    provider.script("a", pieces(long))
    small = Provider("acme", "https://acme.test", None, reference_tokens=tokens)
    await run(provider, plan("a", prompts=Prompts(aggregator="{references}"), provider=small))
    (prompt,) = provider.prompts_for("judge")
    text = prompt.removeprefix("Answer 1:\n")
    if tokens is None:
        assert text == long
    else:
        assert text.endswith("other. […]")
        assert len(text) <= tokens * CHARS_PER_TOKEN


async def test_a_failure_keeps_its_kind(provider: ScriptedProvider) -> None:
    provider.script("b", [error(FailureKind.PAYMENT, "no money")])
    _, events = await run(provider, plan("abc"))
    failures = [e.failure for e in events if isinstance(e, StreamEnded) and e.failure]
    assert [(f.kind, f.message) for f in failures] == [(FailureKind.PAYMENT, "no money")]
