"""Records and events as JSON: what is kept, under names that stay."""

import json
from dataclasses import fields

import pytest

from moa_tui import __version__
from moa_tui.engine.events import (
    AnswersRanked,
    Noticed,
    Outcome,
    PlanMade,
    Priced,
    PromptRead,
    ReasoningDelta,
    ReasoningRecognized,
    RequestSent,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
    VotesCounted,
)
from moa_tui.engine.planning.plan import Part, Plan
from moa_tui.engine.provider import Batch, Failure, FailureKind, Message, ServerTiming, Usage
from moa_tui.engine.ranking.borda import Ranking, Standing
from moa_tui.engine.voting.tally import Count, Tally
from moa_tui.roster.model import Price
from moa_tui.state import TurnState, fold
from moa_tui.transcript.record import FORMAT, TurnRecord, event_json, record_of
from tests.engine.scripted import ScriptedProvider, error, plan, run

TURN_KEYS = {
    "format",
    "version",
    "turn",
    "conversation",
    "started_at",
    "question",
    "answer",
    "answered_by",
    "participation",
    "outcome",
    "strategy",
    "roster",
    "preset",
    "seed",
    "further_of",
    "seconds",
    "output_tokens",
    "cost_usd",
    "throughput",
    "notices",
    "plan",
    "votes",
    "ranking",
    "race",
    "answer_outcome",
    "streams",
}
STREAM_KEYS = {
    "id",
    "agent",
    "role",
    "layer",
    "sample",
    "model",
    "provider",
    "outcome",
    "text",
    "reasoning",
    "used",
    "finish_reason",
    "failure",
    "attempts",
    "prompt_tokens",
    "output_tokens",
    "tokens_estimated",
    "cached_tokens",
    "cost_usd",
    "ttft",
    "queued",
    "throughput",
    "seconds",
    "server_seconds",
    "part",
    "instead_of",
    "color",
    "messages",
}
BUSY = Failure(FailureKind.RATE_LIMITED, "too many requests", "wait", True, 1.5, 429)
ASKED = (Message("system", "Be brief."), Message("user", "Why?"))
EVENTS: list[TurnEvent] = [
    TurnStarted(0.0, "t1", "Why?", "mixture", 1_700_000_000.25, 42),
    StreamPlanned(0.1, "s1", "Ada", Role.PROPOSER, 1, "m1", "acme", ASKED, "#ff0000", 2),
    StreamQueued(0.15, "s1", 0.05),
    RequestSent(0.2, "s1", 1),
    RetryScheduled(0.3, "s1", 1, 0.5, BUSY),
    RequestSent(0.8, "s1", 2),
    PromptRead(0.9, "s1", 10, 20),
    ReasoningDelta(1.0, "s1", "Hm … "),
    ReasoningRecognized(1.0, "s1"),
    TextDelta(1.25, "s1", "Be😀"),
    TextDelta(2.0, "s1", "cause."),
    StreamEnded(
        2.5, "s1", Outcome.COMPLETE, "stop", Usage(7, 42, 30, 5), ServerTiming(0.1, 0.2, 0.3, 0.6)
    ),
    Noticed(2.6, "Mind the gap."),
    PlanMade(2.61, Plan((Part("1", "look", "Ada", "she can", ("1",)),), "short")),
    VotesCounted(2.62, Tally((Count("42", ("s1",)),), ("s2",))),
    AnswersRanked(2.63, Ranking((Standing("s1", 1, 2, 1),), 1)),
    Priced(2.75, "acme", "m1", Price(1.0, 2.0, 0.5)),
    TurnEnded(2.75, TurnOutcome.COMPLETE, "Be😀cause.", "s1"),
]


def record(events: list[TurnEvent] = EVENTS) -> TurnRecord:
    return record_of(fold(TurnState(), events), "c1", "/home/ada/agents.yaml", "deep")


def test_a_record_holds_the_turn() -> None:
    assert record().as_json() == {
        "format": 1,
        "version": __version__,
        "turn": "t1",
        "conversation": "c1",
        "started_at": "2023-11-14T22:13:20.250+00:00",
        "question": "Why?",
        "answer": "Be😀cause.",
        "answered_by": "s1",
        "answer_outcome": "complete",
        "participation": "1 of 1 answer",
        "outcome": "complete",
        "further_of": "",
        "strategy": "mixture",
        "roster": "/home/ada/agents.yaml",
        "preset": "deep",
        "seed": 42,
        "seconds": 2.75,
        "race": None,
        "output_tokens": 42,
        "cost_usd": 0.0000885,
        "throughput": 140.0,
        "notices": ["Mind the gap."],
        "plan": {
            "parts": [
                {"name": "1", "task": "look", "agent": "Ada", "why": "she can", "needs": ["1"]}
            ],
            "why": "short",
        },
        "votes": {"counts": [{"answer": "42", "streams": ["s1"]}], "without": ["s2"]},
        "ranking": {
            "standings": [{"stream": "s1", "points": 1, "most": 2, "ballots": 1}],
            "voters": 1,
        },
        "streams": [
            {
                "id": "s1",
                "agent": "Ada",
                "role": "proposer",
                "layer": 1,
                "sample": 2,
                "model": "m1",
                "provider": "acme",
                "outcome": "complete",
                "text": "Be😀cause.",
                "reasoning": "Hm … ",
                "used": True,
                "finish_reason": "stop",
                "failure": None,
                "attempts": 2,
                "prompt_tokens": 7,
                "output_tokens": 42,
                "tokens_estimated": False,
                "cached_tokens": 5,
                "cost_usd": 0.0000885,
                "ttft": 0.2,
                "throughput": 140.0,
                "seconds": 1.8,
                "server_seconds": 0.6,
                "part": "",
                "instead_of": None,
                "color": "#ff0000",
                "messages": [
                    {"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "Why?"},
                ],
                "queued": 0.55,
            }
        ],
    }


def test_keys_stay_what_they_are_as_long_as_the_format_does() -> None:
    data = record().as_json()
    assert FORMAT == 1
    assert set(data) == TURN_KEYS
    assert set(data["streams"][0]) == STREAM_KEYS


def test_a_record_survives_json() -> None:
    data = record().as_json()
    assert json.loads(json.dumps(data, ensure_ascii=False)) == data


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.COMPLETE])
def test_a_failure_is_told_in_a_line(outcome: Outcome) -> None:
    events = [*EVENTS[:5], StreamEnded(2.0, "s1", outcome, failure=BUSY)]
    (stream,) = record(events).streams
    assert (stream.outcome, stream.failure) == (str(outcome), "rate limited: too many requests")
    assert (stream.prompt_tokens, stream.server_seconds, stream.ttft) == (None, None, None)
    assert stream.tokens_estimated


def test_nothing_is_made_up_for_a_turn_that_was_cut_off() -> None:
    cut = record([*EVENTS[:10], TurnEnded(1.5, TurnOutcome.STOPPED, "")])
    assert (cut.outcome, cut.answer, cut.answered_by, cut.throughput) == ("stopped", "", None, None)
    (stream,) = cut.streams
    assert (stream.outcome, stream.text, stream.seconds) == ("", "Be😀", 0.8)


def test_a_record_of_nothing_is_empty() -> None:
    empty = record_of(TurnState()).as_json()
    assert set(empty) == TURN_KEYS
    assert (empty["outcome"], empty["seconds"], empty["streams"]) == ("", 0.0, [])


def test_every_kind_of_event_is_tried_here() -> None:
    assert {type(event) for event in EVENTS} == set(TurnEvent.__args__)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_as_json_has_all_of_it(event: TurnEvent) -> None:
    data = event_json(event)
    assert list(data) == ["event", *(field.name for field in fields(event))]
    assert data["event"] == type(event).__name__
    assert data["at"] == event.at
    assert json.loads(json.dumps(data)) == data


@pytest.mark.parametrize(
    ("index", "key", "value"),
    [
        (1, "role", "proposer"),
        (
            1,
            "messages",
            [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Why?"}],
        ),
        (
            4,
            "failure",
            {
                "kind": "rate limited",
                "message": "too many requests",
                "advice": "wait",
                "retryable": True,
                "retry_after": 1.5,
                "status": 429,
                "context_window": None,
            },
        ),
        (11, "outcome", "complete"),
        (11, "usage", {"prompt": 7, "output": 42, "reasoning": 30, "cached": 5}),
        (11, "timing", {"queue": 0.1, "prompt": 0.2, "completion": 0.3, "total": 0.6}),
        (11, "failure", None),
        (17, "outcome", "complete"),
    ],
)
def test_what_an_event_holds_is_plain(index: int, key: str, value: object) -> None:
    assert event_json(EVENTS[index])[key] == value


async def test_real_turns_survive_json(provider: ScriptedProvider) -> None:
    provider.script("a", [Batch("Half", "Hm"), error()])
    _, events = await run(provider, plan("abc", "de"))
    kept = record_of(fold(TurnState(), events))
    assert json.loads(json.dumps(kept.as_json())) == kept.as_json()
    assert [json.loads(json.dumps(event_json(e))) for e in events] == [
        event_json(e) for e in events
    ]
    assert [s.outcome for s in kept.streams].count("partial") == 1


@pytest.fixture
def provider() -> ScriptedProvider:
    """A provider without scripts."""
    return ScriptedProvider()
