"""Leaving the conversation out of what is kept, and putting it back."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import Role, StreamPlanned, TurnStarted
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.provider import Message
from moa_tui.transcript.eliding import elided, restored
from moa_tui.transcript.history import HistoryWriter
from moa_tui.transcript.resuming import find_interrupted, resumed_plan
from tests.rosters import build_roster
from tests.transcript.kept import save, turn

exchanges = st.lists(
    st.builds(Exchange, st.sampled_from("abc"), st.sampled_from("xyz")), max_size=5
)
others = st.lists(
    st.builds(Message, st.sampled_from(["user", "assistant"]), st.text("abcx", max_size=2))
)
personas = st.lists(st.just(Message("system", "Be brief.")), max_size=1)
TALK = [Exchange("Why?", "Because."), Exchange("How?", "So.")]
SAID = (
    *(Message("user", "Why?"), Message("assistant", "Because.")),
    *(Message("user", "How?"), Message("assistant", "So.")),
)


def test_one_message_stands_for_the_conversation() -> None:
    system, now = Message("system", "Be brief."), Message("user", "And now?")
    assert elided((system, *SAID, now), TALK) == (system, Message("earlier", "4"), now)
    assert elided((*SAID[2:], now), TALK) == (Message("earlier", "2"), now)
    assert elided((system, now), TALK) == (system, now)
    assert elided((), TALK) == ()


@given(exchanges, st.integers(0, 5), personas, others)
def test_what_is_left_out_comes_back(
    conversation: list[Exchange], trimmed: int, persona: list[Message], rest: list[Message]
) -> None:
    said = [
        m
        for e in conversation
        for m in (Message("user", e.question), Message("assistant", e.answer))
    ]
    messages = (*persona, *said[2 * trimmed :], *rest)
    kept = elided(messages, conversation)
    assert restored(kept, conversation) == messages
    assert len(kept) <= len(messages)


def test_without_the_conversation_the_rest_is_still_there() -> None:
    now = Message("user", "And now?")
    assert restored((Message("earlier", "4"), now), []) == (now,)
    assert restored((Message("earlier", "²"), Message("earlier", "9" * 99), now), TALK) == (now,)


def test_the_history_keeps_a_conversation_once_and_a_resumed_turn_has_all_of_it(
    history: Path,
) -> None:
    save(history, replace(turn("t0", question="Why?"), conversation="c1"))
    said = (Message("user", "Why?"), Message("assistant", "Because."))
    asked = (*said, Message("user", "And now?"))
    started = TurnStarted(0.0, "t1", "And now?", "mixture", 1.8e9, 1, (("a",),), "z")
    planned = StreamPlanned(0.1, "s1", "a", Role.PROPOSER, 1, "m", "acme", asked)
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin("c1", "agents.yaml", earlier=[Exchange("Why?", "Because.")])
    for event in (started, planned):
        log.record(event)
    log.leave_open()
    writer.close()
    found = find_interrupted(history, "t1")
    kept = [event for event in found.events if isinstance(event, StreamPlanned)]
    assert [event.messages for event in kept] == [(Message("earlier", "2"), asked[-1])]
    source = b"version: 1\nagents: [{name: a, model: m}]\naggregator: {name: z, model: m}\n"
    plan = resumed_plan(history, found, build_roster(source, Path("agents.yaml"), "test"))
    whole = [event for event in plan.kept if isinstance(event, StreamPlanned)]
    assert [event.messages for event in whole] == [asked]
