"""The history: what is saved is found again, and nobody else can read it."""

import sqlite3
import stat
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from moa_tui.errors import HistoryError
from moa_tui.transcript import database
from moa_tui.transcript.history import HistoryWriter, TurnSummary, list_turns, load_turn
from tests.transcript.kept import names, save, turn


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
    "question", ["Why?", "", "😀 … ßé", 'it\'s "quoted"; DROP TABLE turns', "a\nb"]
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
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 0.05)
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
