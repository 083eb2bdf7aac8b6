"""Turns are written while they run: whatever happens to the program, their text is there."""

import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from moa_tui.engine.events import (
    Outcome,
    ReasoningDelta,
    RequestSent,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEnded,
    TurnEvent,
    TurnOutcome,
    TurnStarted,
)
from moa_tui.state import TurnState, fold
from moa_tui.text import clean
from moa_tui.transcript import writer as writer_module
from moa_tui.transcript.event_json import decode_events, encode_events
from moa_tui.transcript.history import (
    HistoryWriter,
    interrupted_turns,
    list_turns,
    load_turn,
    open_turns,
)
from moa_tui.transcript.joining import DeltaJoiner
from moa_tui.transcript.record import record_of
from tests.transcript.kept import wait_until
from tests.transcript.test_record import EVENTS, record

CHILD = Path(__file__).with_name("streaming_child.py")
TEXT = st.text(st.characters(), max_size=12).map(clean)
DELTAS = st.lists(
    st.tuples(st.sampled_from([TextDelta, ReasoningDelta]), st.sampled_from(["s1", "s2"]), TEXT),
    max_size=40,
)


def begun(name: str = "t1", streams: int = 2) -> list[TurnEvent]:
    """Return the events with which a turn of some streams begins."""
    events: list[TurnEvent] = [TurnStarted(0.0, name, "Why?", "mixture", 1.7e9, 7)]
    for number in range(1, streams + 1):
        stream = f"s{number}"
        events += [
            StreamPlanned(0.0, stream, f"a{number}", Role.PROPOSER, 1, "m", "p", ()),
            RequestSent(0.1, stream, 1),
        ]
    return events


def ended(at: float = 99.0) -> list[TurnEvent]:
    return [
        StreamEnded(at, "s1", Outcome.COMPLETE, "stop"),
        StreamEnded(at, "s2", Outcome.PARTIAL),
        TurnEnded(at, TurnOutcome.DEGRADED, "x", "s1"),
    ]


def test_a_recorded_turn_is_kept_as_its_record(history: Path) -> None:
    told: list[str] = []
    writer = HistoryWriter(history, told.append)
    log = writer.begin("c1", "/home/ada/agents.yaml", "deep")
    for event in EVENTS:
        log.record(event)
    writer.close()
    assert told == []
    assert load_turn(history, "t1") == record().as_json()
    assert open_turns(history) == []


@settings(deadline=None)  # machines differ
@given(DELTAS, st.lists(st.integers(0, 40), max_size=5))
def test_joined_events_fold_to_the_same_state(
    deltas: list[tuple[type[TextDelta | ReasoningDelta], str, str]], cuts: list[int]
) -> None:
    events = begun()
    events += [kind(1 + 0.25 * i, s, text) for i, (kind, s, text) in enumerate(deltas)]
    events += ended()
    joiner, joined = DeltaJoiner(), []
    edges = [0, *sorted(cuts), len(events)]
    for start, end in pairwise(edges):
        batch = joiner.join(events[start:end])
        assert list(decode_events(encode_events(batch))) == batch
        joined += batch
    assert fold(TurnState(), joined) == fold(TurnState(), events)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(DELTAS, st.randoms(use_true_random=False))
def test_however_a_text_is_split_the_same_is_stored(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    deltas: list[tuple[type[TextDelta | ReasoningDelta], str, str]],
    chance: random.Random,
) -> None:
    monkeypatch.setattr(writer_module, "FLUSH_INTERVAL", 0.001)
    path = tmp_path_factory.mktemp("history") / "history.db"
    writer = HistoryWriter(path, pytest.fail)
    log = writer.begin()
    events = [*begun(), *(kind(1.0, stream, text) for kind, stream, text in deltas)]
    for event in events:
        log.record(event)
        if chance.random() < 0.2:
            time.sleep(0)  # lets the other thread come in between
    wait_until(lambda: bool(open_turns(path)))
    expected = fold(TurnState(), events)
    wait_until(lambda: open_turns(path)[0].state.streams == _as_restored(expected, path).streams)
    for event in ended():
        log.record(event)
    writer.close()
    assert load_turn(path, "t1") == record_of(fold(expected, ended())).as_json()


def _as_restored(expected: TurnState, path: Path) -> TurnState:
    """Return `expected` in the phases that joining brings about: text and times are compared."""
    found = open_turns(path)[0].state.streams
    streams = {
        name: replace(stream, phase=found[name].phase) if name in found else stream
        for name, stream in expected.streams.items()
    }
    return replace(expected, streams=streams)


def test_a_turn_is_found_while_it_runs(history: Path) -> None:
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin("c1", "agents.yaml", "deep")
    for event in [*begun(), TextDelta(1.0, "s1", "Be"), TextDelta(1.1, "s1", "cause")]:
        log.record(event)
    wait_until(lambda: any(str(t.state.streams["s1"].text) for t in open_turns(history)))
    (going,) = open_turns(history)
    assert (going.running, going.question, going.seed) == (True, "Why?", 7)
    assert interrupted_turns(history) == []
    assert [turn.outcome for turn in list_turns(history)] == ["running"]
    assert load_turn(history, "last")["streams"][0]["text"] == "Because"
    writer.close()


def test_recording_does_not_wait_for_the_disk(history: Path) -> None:
    history.mkdir(parents=True)
    stuck, gate = threading.Event(), threading.Event()

    def hear(message: str) -> None:
        stuck.set()
        gate.wait(10)

    writer = HistoryWriter(history, hear)
    log = writer.begin()
    for event in begun():
        log.record(event)
    assert stuck.wait(10)
    for number in range(1000):
        log.record(TextDelta(1.0 + number, "s1", "word "))
    gate.set()
    writer.close()


def test_a_defect_in_what_is_recorded_is_told_and_others_are_kept(history: Path) -> None:
    told: list[str] = []
    writer = HistoryWriter(history, told.append)
    wrong, right = writer.begin(), writer.begin()
    wrong.record(TextDelta(0.0, "s9", "of a stream that was never planned"))
    for event in EVENTS:
        right.record(event)
    writer.close()
    assert len(told) == 1
    assert "never planned" in told[0]
    assert load_turn(history, "last")["turn"] == "t1"


# --- kill -9


@contextmanager
def child(history: Path, pause: float) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, str(CHILD), str(history), str(pause)], stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("after", [0.3, 0.55, 1.2])
def test_kill_9_loses_less_than_a_second_of_text(history: Path, after: float) -> None:
    with child(history, 0.002) as process:
        assert process.stdout
        lines = [process.stdout.readline()]
        began = float(lines[0].split()[1])
        while float(lines[-1].split()[1]) < began + after:
            lines.append(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        killed = time.monotonic()
        lines += process.stdout.readlines()
        process.wait(10)
    said = [line.split() for line in lines if line.endswith("\n")]
    due = [number for number, at in said if float(at) < killed - 1.0]
    if not due and not interrupted_turns(history):
        return  # it was killed within its first second
    (turn,) = interrupted_turns(history)
    found = str(turn.unfinished[0].text).split()
    assert found == [str(number) for number in range(len(found))]
    assert len(found) >= len(due)
    assert (turn.conversation, turn.roster, turn.preset) == ("c1", "agents.yaml", "deep")
    assert load_turn(history, "last")["outcome"] == "interrupted"
