"""Events packed at the end of a turn: the same as before, bounded whoever packed them."""

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moa_tui.engine.events import TurnStarted
from moa_tui.state import TurnState, fold
from moa_tui.transcript import packing
from moa_tui.transcript.event_json import encode_events
from moa_tui.transcript.history import HistoryWriter, load_turn
from moa_tui.transcript.kept_events import kept_events
from moa_tui.transcript.kept_turn import kept_turn
from moa_tui.transcript.packing import packed, unpacked
from moa_tui.transcript.record import record_of
from tests.transcript.test_record import EVENTS

BATCHES = st.lists(st.text().map(lambda text: repr(text).replace("\n", "")), min_size=1)


@given(BATCHES)
def test_what_is_packed_comes_back(batches: list[str]) -> None:
    assert list(unpacked(packed(batches))) == batches


@given(st.binary(max_size=200), st.integers(0, 60))
def test_what_is_damaged_is_read_as_far_as_it_goes(noise: bytes, cut: int) -> None:
    assert all(isinstance(text, str) for text in unpacked(noise))
    assert all(isinstance(text, str) for text in unpacked(packed(["[1]"] * 9)[:cut] + noise))


def test_a_bomb_is_not_unpacked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "MOST_BYTES", 100_000)
    bomb = zlib.compress(b"\n" * 3_000_000)
    assert sum(1 for _ in unpacked(bomb)) <= 100_000


@pytest.fixture
def written(history: Path) -> Path:
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin("c1", "agents.yaml")
    for event in EVENTS:
        log.record(event)
    writer.close()
    return history


def test_what_agents_were_sent_is_kept_once_and_read_everywhere(written: Path) -> None:
    record = record_of(fold(TurnState(), EVENTS), "c1", "agents.yaml").as_json()
    assert load_turn(written, record["turn"]) == record
    kept = kept_turn(written, record["turn"])
    (stream, *_) = record["streams"]
    sent = kept.state.streams[stream["id"]].messages
    assert [{"role": m.role, "content": m.content} for m in sent] == stream["messages"]
    with closing(sqlite3.connect(written)) as connection:
        ((number, data),) = connection.execute("SELECT number, events FROM open_events")
        (text,) = connection.execute("SELECT record FROM turns").fetchone()
    assert (number, type(data)) == (0, bytes)
    assert "Be brief." not in text


def test_events_that_an_earlier_version_kept_are_read(written: Path) -> None:
    started = EVENTS[0]
    assert isinstance(started, TurnStarted)
    name = started.turn
    events = kept_events(written, name)
    with closing(sqlite3.connect(written)) as connection, connection:
        connection.execute("DELETE FROM open_events")
        rows = [(name, number, encode_events([event])) for number, event in enumerate(events)]
        connection.executemany("INSERT INTO open_events VALUES (?, ?, ?)", rows)
    assert kept_events(written, name) == events
