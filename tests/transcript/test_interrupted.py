"""Turns that never ended are found, whole as far as they came, and put away only once."""

import os
from pathlib import Path

import pytest

from moa_tui.engine.events import (
    Outcome,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEvent,
    TurnStarted,
)
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.provider import Message
from moa_tui.transcript import presence
from moa_tui.transcript.history import (
    HistoryWriter,
    conversation_so_far,
    dismiss,
    interrupted_turns,
    list_turns,
    load_turn,
    open_turns,
)
from moa_tui.transcript.search import search_turns
from tests.transcript.kept import save, turn, wait_until

ASKED = (Message("user", "Why?"),)
EVENTS: list[TurnEvent] = [
    TurnStarted(0.0, "t9", "Why?", "mixture", 1.7e9, 42),
    *(
        StreamPlanned(0.1, f"s{i}", name, Role.PROPOSER, 1, f"m{i}", "acme", ASKED)
        for i, name in enumerate(["Ada", "Bob", "Cyd", "Dan"])
    ),
    TextDelta(0.5, "s0", "Because "),
    TextDelta(0.6, "s1", "Half"),
    TextDelta(0.7, "s0", "of it."),
    StreamEnded(0.8, "s0", Outcome.COMPLETE, "stop"),
    StreamEnded(0.9, "s3", Outcome.FAILED),
]


def interrupt(history: Path, events: list[TurnEvent] = EVENTS, conversation: str = "c1") -> None:
    """Leave a turn behind as a program does that goes without ending it."""
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin(conversation, "agents.yaml", "deep")
    for event in events:
        log.record(event)
    log.leave_open()
    log.record(TextDelta(1.0, "s1", "what came too late"))
    writer.close()


def test_an_interrupted_turn_has_all_that_a_resume_needs(history: Path) -> None:
    interrupt(history)
    (found,) = interrupted_turns(history)
    assert (found.turn, found.conversation, found.roster) == ("t9", "c1", "agents.yaml")
    assert (found.preset, found.question, found.seed) == ("deep", "Why?", 42)
    assert [(s.agent, str(s.text), s.messages) for s in found.complete] == [
        ("Ada", "Because of it.", ASKED)
    ]
    assert [(s.agent, str(s.text)) for s in found.unfinished] == [("Bob", "Half"), ("Cyd", "")]
    assert found.words == "1 of 4 answers kept"


def test_it_is_listed_shown_and_searched_like_any_other(history: Path) -> None:
    interrupt(history)
    assert [(t.turn, t.outcome) for t in list_turns(history)] == [("t9", "interrupted")]
    shown = load_turn(history, "t")
    assert [s["outcome"] for s in shown["streams"]] == ["complete", "partial", "stopped", "failed"]
    assert "ended before" in shown["streams"][1]["failure"]
    assert [t.turn for t in search_turns(history, "half")] == ["t9"]


def test_what_is_dismissed_is_kept_and_not_offered_again(history: Path) -> None:
    interrupt(history)
    before = load_turn(history, "t9")
    assert dismiss(history, "t9")
    assert not dismiss(history, "t9")
    assert open_turns(history) == []
    assert load_turn(history, "t9") == before
    assert list(history.with_name("history.db.writers").iterdir()) == []


def test_a_turn_that_runs_is_not_dismissed(history: Path) -> None:
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin()
    for event in EVENTS:
        log.record(event)
    wait_until(lambda: bool(open_turns(history)))
    assert not dismiss(history, "t9")
    assert not dismiss(history, "nobody")
    writer.close()
    assert dismiss(history, "t9")


def test_a_turn_taken_up_under_its_own_name_takes_its_place(history: Path) -> None:
    interrupt(history)
    interrupt(history, [*EVENTS[:2], TextDelta(0.5, "s0", "Anew.")])
    (found,) = interrupted_turns(history)
    assert [str(s.text) for s in found.unfinished] == ["Anew."]


def test_the_conversation_before_it_is_found(history: Path) -> None:
    save(history, turn("t1", 1, "First?"), turn("t2", 2, "Second?"), turn("t3", 3, "Third?"))
    before = turn("t3", 3).started_at
    assert conversation_so_far(history, "", before) == (
        Exchange("First?", "Because."),
        Exchange("Second?", "Because."),
    )
    assert conversation_so_far(history, "another", before) == ()


def test_a_writer_is_present_for_as_long_as_it_is_open(history: Path) -> None:
    history.parent.mkdir()
    writer = presence.Presence(history)
    lock = history.with_name("history.db.writers") / writer.name
    assert lock.stat().st_mode & 0o777 == 0o600
    assert presence.is_present(history, writer.name)
    presence.forget(history, writer.name)
    assert lock.exists()
    os.close(writer._file)  # as the system does when a process ends
    assert not presence.is_present(history, writer.name)
    presence.forget(history, writer.name)
    assert not lock.exists()


@pytest.mark.parametrize("name", ["", "../history.db", "nobody"])
def test_a_name_that_is_no_writers_touches_nothing(history: Path, name: str) -> None:
    save(history, turn("t1"))
    assert not presence.is_present(history, name)
    presence.forget(history, name)
    assert history.exists()
