"""Trouble with the history is told once, and the program goes on."""

import os
import queue
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from moa_tui.engine.events import TextDelta, TurnEnded, TurnOutcome, TurnStarted
from moa_tui.errors import HistoryError
from moa_tui.transcript import database
from moa_tui.transcript import writer as writer_module
from moa_tui.transcript.history import (
    SCHEMA_VERSION,
    HistoryWriter,
    list_turns,
    load_turn,
    open_turns,
)
from moa_tui.transcript.setting_aside import identity, set_aside
from tests.transcript.kept import names, save, turn, wait_until
from tests.transcript.test_record import EVENTS


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


DAMAGE = [garbage, overwritten, other_table]
LEFT_ALONE = [newer, folder, file_for_a_folder]


@pytest.mark.parametrize("spoil", DAMAGE)
def test_a_damaged_history_is_set_aside_and_nothing_of_it_lost(
    history: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(history)
    before = history.read_bytes()
    (message,) = save(history, turn("n1"), turn("n2"), turn("n3"))
    (aside,) = history.parent.glob("history.db.corrupt-*")
    assert message.startswith(
        f"the history {history} was damaged; it was set aside as {aside.name}"
    )
    assert aside.read_bytes() == before
    assert names(history) == ["n3", "n2", "n1"]
    assert save(history, turn("n4")) == []


def test_what_is_set_aside_again_takes_no_earlier_ones_place(history: Path) -> None:
    for _ in range(3):
        history.parent.mkdir(exist_ok=True)
        history.write_bytes(b"this is no database " * 500)
        assert len(save(history, turn("t1"))) == 1
    assert len(list(history.parent.glob("history.db.corrupt-*"))) == 3


def test_a_sound_history_that_took_the_damaged_ones_place_is_kept(history: Path) -> None:
    garbage(history)
    damaged = identity(history)
    history.rename(history.with_name("elsewhere"))
    save(history, turn("t1"))
    assert set_aside(history, damaged) is None
    assert names(history) == ["t1"]


@pytest.mark.parametrize("spoil", LEFT_ALONE)
def test_trouble_is_told_once(history: Path, spoil: Callable[[Path], None]) -> None:
    spoil(history)
    (message,) = save(history, turn("t1"), turn("t2"), turn("t3"))
    assert message.startswith(f"the history cannot be written to {history}: ")
    assert len(message) > len(f"the history cannot be written to {history}: ") + 5


@pytest.mark.parametrize("spoil", [newer, garbage, overwritten, folder])
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


def test_half_a_surrogate_pair_is_stored_as_it_can_be(history: Path) -> None:
    assert save(history, turn("t1", question="half \ud83d of it")) == []
    assert [summary.question for summary in list_turns(history)] == ["half \ufffd of it"]
    assert load_turn(history, "t1")["question"] == "half \ufffd of it"


def test_a_turn_that_cannot_be_stored_does_not_keep_out_the_others(history: Path) -> None:
    unfit = replace(turn("t2", 2), output_tokens=2**63)
    (message,) = save(history, turn("t1", 1), unfit, turn("t3", 3))
    assert message.startswith("the turn t2 is not kept in the history: ")
    assert names(history) == ["t3", "t1"]


def test_what_could_not_be_written_is_written_later(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "RETRY_DELAYS", (0.01,))
    history.mkdir(parents=True)
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    writer = HistoryWriter(history, told.put)
    log = writer.begin()
    log.record(TurnStarted(0.0, "t2", "Why?", "single", 1.7e9))
    writer.save(turn("t1"))
    assert "a folder is in its place" in told.get(timeout=10)
    history.rmdir()
    log.record(TurnEnded(0.0, TurnOutcome.FAILED, ""))
    writer.close(timeout=30)
    assert told.empty()
    assert sorted(names(history)) == ["t1", "t2"]


def test_a_full_disk_is_told_once_and_what_did_not_fit_is_written_when_there_is_room(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "RETRY_DELAYS", (0.01,))
    connect, full = database.connect, True

    def small(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        if full:
            connection.execute("PRAGMA max_page_count = 30")
        return connection

    monkeypatch.setattr(database, "connect", small)
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    writer = HistoryWriter(history, told.put)
    for number in range(5):
        writer.save(turn(f"t{number}", number, "Why? " * 5000))
    assert "the disk is full" in told.get(timeout=10)
    assert len(names(history)) < 5
    full = False
    writer.close(timeout=30)
    assert told.empty()
    assert names(history) == ["t4", "t3", "t2", "t1", "t0"]


def test_a_file_that_may_not_grow_leaves_the_history_sound(history: Path) -> None:
    """The system's own limit, in a process of its own: what is acknowledged is there."""
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from tests.transcript.kept import save, turn\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "print(save(Path(sys.argv[1]), *(turn(f't{i}', i, 'Why? ' * 5000) for i in range(20))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(history)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.count("the history cannot be written") == 1
    kept = names(history)
    assert kept == [f"t{number}" for number in reversed(range(len(kept)))]
    assert save(history, turn("last", 60)) == []
    assert names(history)[0] == "last"


def test_a_history_that_was_deleted_while_a_turn_ran_has_all_of_it(history: Path) -> None:
    writer = HistoryWriter(history, pytest.fail)
    log = writer.begin()
    last = max(number for number, event in enumerate(EVENTS) if isinstance(event, TextDelta))
    for event in EVENTS[:last]:
        log.record(event)
    wait_until(lambda: bool(open_turns(history)))
    for path in history.parent.glob("history.db*"):
        if path.is_file():
            path.unlink()
    log.record(EVENTS[last])
    wait_until(
        lambda: (
            [str(t.complete or t.unfinished[0].text) for t in open_turns(history)] == ["Be😀cause."]
        )
    )
    for event in EVENTS[last + 1 :]:
        log.record(event)
    writer.close()
    assert load_turn(history, "last")["answer"] == "Be😀cause."


def test_others_may_not_read_a_history_that_was_made_readable(history: Path) -> None:
    save(history, turn("t1"))
    history.chmod(0o644)
    assert save(history, turn("t2")) == []
    assert history.stat().st_mode & 0o777 == 0o600


def test_a_history_of_somebody_else_is_left_alone(
    history: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(history, turn("t1"))
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    (message,) = save(history, turn("t2"))
    assert "belongs to another user" in message


def test_a_running_turn_that_cannot_be_stored_does_not_end_the_writer(history: Path) -> None:
    told: list[str] = []
    writer = HistoryWriter(history, told.append)
    log = writer.begin()
    log.record(TurnStarted(0.0, "t1", "Why?", "single", 1e300))
    wait_until(lambda: bool(told))
    writer.save(turn("t2"))
    writer.close()
    assert told[0].startswith("the turn t1 is not kept")
    assert names(history) == ["t2"]
