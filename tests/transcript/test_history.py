"""The history: what is saved is found again, nobody else can read it, and trouble is told once."""

import os
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from moa_tui.errors import HistoryError
from moa_tui.state import TurnState
from moa_tui.transcript import history as history_module
from moa_tui.transcript.history import (
    SCHEMA_VERSION,
    HistoryWriter,
    TurnSummary,
    list_turns,
    load_turn,
)
from moa_tui.transcript.record import TurnRecord, record_of

EMPTY = record_of(TurnState(turn="t0", question="Why?", answer="Because.", started_at=1.7e9))


def turn(name: str, second: int = 0, question: str = "Why?") -> TurnRecord:
    """Return a record, begun `second` seconds after the others."""
    return replace(
        EMPTY,
        turn=name,
        question=question,
        started_at=f"2026-01-01T00:{second // 60:02}:{second % 60:02}.000+00:00",
        outcome="complete",
        seconds=1.5,
        output_tokens=42,
    )


def save(path: Path, *records: TurnRecord) -> list[str]:
    """Save `records`; return what was told meanwhile."""
    told: list[str] = []
    writer = HistoryWriter(path, told.append)
    for record in records:
        writer.save(record)
    writer.close()
    return told


def names(path: Path, limit: int = 1000) -> list[str]:
    return [summary.turn for summary in list_turns(path, limit)]


def test_without_a_database_the_history_is_empty(history: Path) -> None:
    assert list_turns(history) == []
    assert not history.parent.exists()


def test_a_writer_with_nothing_to_write_makes_nothing(history: Path) -> None:
    assert save(history) == []
    assert not history.parent.exists()


@pytest.mark.parametrize("content", [b"", None], ids=["empty-file", "no-tables"])
def test_a_database_just_begun_is_empty(history: Path, content: bytes | None) -> None:
    history.parent.mkdir()
    if content is None:
        with closing(sqlite3.connect(history)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    else:
        history.write_bytes(content)
    assert list_turns(history) == []
    assert save(history, turn("t1")) == []
    assert names(history) == ["t1"]


@pytest.mark.parametrize(
    "question", ["Why?", "", "nul \0 inside", "😀 … ßé", 'it\'s "quoted"; DROP TABLE turns', "a\nb"]
)
def test_what_is_saved_is_found_again(history: Path, question: str) -> None:
    record = turn("t1", 5, question)
    assert save(history, record) == []
    assert load_turn(history, "t1") == record.as_json()
    assert list_turns(history) == [
        TurnSummary("t1", record.started_at, question, "complete", 1.5, 42)
    ]


def test_turns_are_listed_newest_first(history: Path) -> None:
    save(history, *(turn(f"t{i}", second) for i, second in enumerate([3, 1, 4, 0, 2])))
    assert names(history) == ["t2", "t0", "t4", "t1", "t3"]


@pytest.mark.parametrize("limit", [0, 1, 3, 20, 1000])
def test_no_more_are_listed_than_asked_for(history: Path, limit: int) -> None:
    save(history, *(turn(f"t{i:02}", i) for i in range(25)))
    assert names(history, limit) == [f"t{i:02}" for i in reversed(range(25))][:limit]


def test_of_turns_of_the_same_moment_the_one_saved_last_is_newest(history: Path) -> None:
    save(history, *(turn(name) for name in "bdac"))
    assert names(history) == ["c", "a", "d", "b"]
    assert load_turn(history, "last")["turn"] == "c"


def test_a_turn_saved_again_is_replaced(history: Path) -> None:
    save(history, turn("t1", question="Then?"), turn("t1", question="Now?"))
    assert [s.question for s in list_turns(history)] == ["Now?"]


def test_a_second_writer_adds_to_the_first(history: Path) -> None:
    save(history, turn("t1", 1))
    save(history, turn("t2", 2))
    assert names(history) == ["t2", "t1"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [("abc1", "abc1"), ("abd", "abd1"), ("x", "x'%_"), ("x'%_", "x'%_"), ("last", "x'%_")],
)
def test_a_turn_is_found_by_the_beginning_of_its_name(
    history: Path, asked: str, found: str
) -> None:
    save(history, turn("abc1", 1), turn("abc2", 2), turn("abd1", 3), turn("x'%_", 4))
    assert load_turn(history, asked)["turn"] == found


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("abc", "several turns begin with 'abc'"),
        ("a", "several turns begin with 'a'"),
        ("", "several turns begin with ''"),
        ("abc3", "there is no turn 'abc3'"),
        ("%", "there is no turn '%'"),
        ("_bc1", "there is no turn '_bc1'"),
        ("ABC1", "there is no turn 'ABC1'"),
        ("abc1x", "there is no turn 'abc1x'"),
    ],
)
def test_a_name_that_is_not_one_turns_is_refused(history: Path, asked: str, message: str) -> None:
    save(history, turn("abc1", 1), turn("abc2", 2), turn("abd1", 3))
    with pytest.raises(HistoryError, match=f"^{message}") as caught:
        load_turn(history, asked)
    assert caught.value.advice


@pytest.mark.parametrize("asked", ["last", "abc"])
def test_nothing_is_found_in_an_empty_history(history: Path, asked: str) -> None:
    with pytest.raises(HistoryError, match=f"^there is no turn '{asked}'"):
        load_turn(history, asked)


def test_paths_need_not_be_absolute_or_simple(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = Path("a folder?#%41") / "hi story.db"
    assert save(path, turn("t1")) == []
    assert names(path) == ["t1"]


# --- Privacy


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nobody_else_can_read_the_history(history: Path, umask: int) -> None:
    save(history, turn("t1"))
    # A reader keeps the files beside the database from being tidied away.
    with closing(sqlite3.connect(history)) as reader:
        reader.execute("SELECT * FROM turns").fetchall()
        save(history, turn("t2"))
        files = {path.name: mode(path) for path in history.parent.iterdir()}
    assert files == {"history.db": 0o600, "history.db-wal": 0o600, "history.db-shm": 0o600}
    assert mode(history.parent) == 0o700


@pytest.mark.parametrize("target", ["there.db", "nowhere.db"])
def test_a_link_in_the_place_of_the_database_is_not_followed(history: Path, target: str) -> None:
    history.parent.mkdir()
    victim = history.parent / target
    if target == "there.db":
        victim.write_bytes(b"precious")
    history.symlink_to(victim)
    (message,) = save(history, turn("t1"), turn("t2"))
    assert str(history) in message
    assert not victim.exists() or victim.read_bytes() == b"precious"


# --- Several writers


def test_two_writers_at_once_lose_nothing(history: Path) -> None:
    told: list[str] = []
    writers = [HistoryWriter(history, told.append) for _ in range(2)]
    for i in range(100):
        for number, writer in enumerate(writers):
            writer.save(turn(f"w{number}-{i:03}", i))
    for writer in writers:
        writer.close(timeout=30)
    assert told == []
    assert sorted(names(history)) == [f"w{w}-{i:03}" for w in range(2) for i in range(100)]


@pytest.mark.parametrize("attempt", range(3))
def test_many_writers_may_begin_a_history_at_once(history: Path, attempt: int) -> None:
    told: list[str] = []
    start = threading.Barrier(8)

    def begin(number: int) -> None:
        writer = HistoryWriter(history, told.append)
        start.wait()
        writer.save(turn(f"w{number}"))
        writer.close(timeout=30)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == []
    assert sorted(names(history)) == [f"w{number}" for number in range(8)]


def test_a_writer_begins_again_where_sqlite_does_not_wait(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The change to WAL fails at once, whatever the timeout, while another writes."""
    save(history, turn("t1", 1))
    with closing(sqlite3.connect(history, check_same_thread=False)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN IMMEDIATE")
        tries: list[float] = []

        def sleep(seconds: float) -> None:
            tries.append(seconds)
            other.rollback()

        monkeypatch.setattr(time, "sleep", sleep)
        assert save(history, turn("t2", 2)) == []
    assert len(tries) == 1
    assert names(history) == ["t2", "t1"]


def test_a_writer_waits_for_another(history: Path) -> None:
    save(history, turn("t1", 1))
    told: list[str] = []
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writer = HistoryWriter(history, told.append)
        writer.save(turn("t2", 2))
        assert names(history) == ["t1"]  # readers do not wait
        other.execute("COMMIT")
    writer.close(timeout=30)
    assert told == []
    assert names(history) == ["t2", "t1"]


def test_a_writer_does_not_wait_for_ever(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history_module, "BUSY_TIMEOUT", 0.05)
    save(history, turn("t1"))
    with closing(sqlite3.connect(history, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        (message,) = save(history, turn("t2"), turn("t3"))
        other.execute("ROLLBACK")
    assert "locked" in message
    assert names(history) == ["t1"]


def test_saving_does_not_wait(history: Path) -> None:
    """The caller goes on though the writing thread cannot."""
    history.mkdir(parents=True)
    stuck, gate = threading.Event(), threading.Event()

    def hear(message: str) -> None:
        stuck.set()
        gate.wait(10)

    writer = HistoryWriter(history, hear)
    for i in range(100):
        writer.save(turn(f"t{i}"))
    assert stuck.wait(10)
    writer.close(timeout=0.01)
    assert writer._thread.is_alive()
    gate.set()
    writer.close(timeout=10)
    assert not writer._thread.is_alive()


# --- Trouble: each is told once, and the program goes on


def newer(path: Path) -> None:
    save(path, turn("t0"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")


def garbage(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"this is no database " * 500)


def overwritten(path: Path) -> None:
    save(path, *(turn(f"t{i}", question="Why? " * 5000) for i in range(3)))
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)


def folder(path: Path) -> None:
    path.mkdir(parents=True)


def file_for_a_folder(path: Path) -> None:
    path.parent.write_text("in the way")


def other_table(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE turns (turn TEXT)")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


TROUBLE = [newer, garbage, overwritten, folder, file_for_a_folder, other_table]


@pytest.mark.parametrize("spoil", TROUBLE)
def test_trouble_is_told_once(history: Path, spoil: Callable[[Path], None]) -> None:
    spoil(history)
    (message,) = save(history, turn("t1"), turn("t2"), turn("t3"))
    assert message.startswith(f"the history cannot be written to {history}: ")
    assert len(message) > len(f"the history cannot be written to {history}: ") + 5


@pytest.mark.parametrize("spoil", TROUBLE[:-2])
def test_a_history_that_cannot_be_read_is_refused(
    history: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(history)
    for read in (lambda: list_turns(history), lambda: load_turn(history, "last")):
        with pytest.raises(HistoryError) as caught:
            read()
        assert caught.value.advice


def test_a_newer_history_is_left_as_it_is(history: Path) -> None:
    newer(history)
    before = history.read_bytes()
    (message,) = save(history, turn("t1"))
    assert "newer moa-tui" in message
    assert "update moa-tui" in message
    assert history.read_bytes() == before
    with pytest.raises(HistoryError, match="newer moa-tui"):
        list_turns(history)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_to(history: Path) -> None:
    history.parent.mkdir(mode=0o500)
    (message,) = save(history, turn("t1"), turn("t2"))
    assert "Permission denied" in message


def test_a_disk_that_says_no(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied", str(history))

    monkeypatch.setattr(os, "open", refuse)
    (message,) = save(history, turn("t1"), turn("t2"))
    assert "Permission denied" in message
    assert list_turns(history) == []


def test_text_that_cannot_be_stored_is_told(history: Path) -> None:
    (message,) = save(history, turn("t1"), turn("t2", question="half \ud83d of it"))
    assert "surrogates not allowed" in message
    assert names(history) == ["t1"]


def test_what_is_written_before_trouble_stays(history: Path) -> None:
    told: list[str] = []
    trouble = threading.Event()

    def hear(message: str) -> None:
        told.append(message)
        trouble.set()

    writer = HistoryWriter(history, hear)
    writer.save(turn("t1"))
    writer.save(turn("t2", question="\ud83d"))
    assert trouble.wait(10)
    writer.save(turn("t3"))
    writer.close()
    assert len(told) == 1
    assert names(history) == ["t1"]
