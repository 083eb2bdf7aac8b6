"""A history that is damaged anywhere: the program goes on, and saves what it can."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from moa_tui import paths
from moa_tui.cli.main import main
from moa_tui.errors import HistoryError
from moa_tui.transcript.browsing import Sought, turn_page
from moa_tui.transcript.deletion import delete_turns
from moa_tui.transcript.history import interrupted_turns, list_turns, load_turn
from moa_tui.transcript.kept_events import kept_events
from moa_tui.transcript.salvage import damaged_histories, salvage
from moa_tui.transcript.search import search_turns
from tests.transcript.damages import (
    TURNS,
    bytes_changed,
    pages_changed,
    sound,
    wrong_with,
)
from tests.transcript.kept import names, save, turn

pytestmark = pytest.mark.slow

ALL = {f"t{number}" for number in range(TURNS)}


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is one: hundreds of files are written to the end."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return sound(tmp_path_factory.mktemp("sound") / "history.db")


def place_with(tmp_path: Path, number: int, data: bytes) -> Path:
    path = tmp_path / str(number) / "history.db"
    path.parent.mkdir()
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def all_wrong(tmp_path: Path, damages: Iterable[tuple[str, bytes]]) -> dict[str, list[str]]:
    wrong = {}
    for number, (label, data) in enumerate(damages):
        if found := wrong_with(place_with(tmp_path, number, data)):
            wrong[label] = found
    return wrong


@pytest.mark.parametrize("start", range(3))
def test_a_wrong_byte_costs_no_new_turn(tmp_path: Path, source: bytes, start: int) -> None:
    near = range(60 + start * 41, 4096, 331)  # the header and the tables' texts
    assert all_wrong(tmp_path, bytes_changed(source, near)) == {}


def test_the_bytes_of_the_header(tmp_path: Path, source: bytes) -> None:
    # But for the number of the layout: it may be a newer version's.
    assert all_wrong(tmp_path, bytes_changed(source, range(60))) == {}


def test_wrong_pages_and_cut_files(tmp_path: Path, source: bytes) -> None:
    assert all_wrong(tmp_path, list(pages_changed(source))[::6]) == {}


@pytest.mark.parametrize("suffix", ["-wal", "-shm", "-journal"])
@pytest.mark.parametrize("noise", [b"", b"\xff" * 4096, b"\x00" * 40_000, os.urandom(9000)])
def test_noise_in_the_files_beside_it(
    tmp_path: Path, source: bytes, suffix: str, noise: bytes
) -> None:
    path = place_with(tmp_path, 0, source)
    path.with_name(path.name + suffix).write_bytes(noise)
    assert wrong_with(path) == []
    assert "t0" in names(path)


def test_a_damaged_log(tmp_path: Path, history: Path) -> None:
    save(history, turn("t0"))
    with closing(sqlite3.connect(history)) as other:  # keeps the log there
        other.execute("SELECT count(*) FROM turns").fetchall()
        save(history, *(turn(f"t{i}", i, "Why? " * 900) for i in range(1, 5)))
        log = history.with_name("history.db-wal").read_bytes()
        data = history.read_bytes()
    assert len(log) > 20_000
    for number, at in enumerate(range(0, len(log), 4409)):
        path = place_with(tmp_path, number, data)
        damaged = bytearray(log)
        damaged[at] ^= 0x55
        path.with_name(path.name + "-wal").write_bytes(damaged)
        assert wrong_with(path) == []
        assert "t0" in names(path)


def test_what_can_be_read_comes_back_whole(tmp_path: Path, history: Path, source: bytes) -> None:
    path = place_with(tmp_path, 0, source)
    found = salvage(path, history)
    assert (found.ended, found.interrupted, found.known, found.unread) == (TURNS, 1, 0, 0)
    assert set(names(history)) == ALL | {"t9"}
    for name in ALL:
        assert load_turn(history, name) == load_turn(path, name)
    (mine,), (theirs,) = interrupted_turns(history), interrupted_turns(path)
    assert mine == theirs
    assert kept_events(history, "t9") == kept_events(path, "t9")
    again = salvage(path, history)
    assert (again.turns, again.known) == (0, TURNS + 1)
    assert path.read_bytes() == source


def test_a_broken_page_costs_its_own_turns_alone(
    tmp_path: Path, history: Path, source: bytes
) -> None:
    """All that is not in the page itself comes back, whichever page it is."""
    for number in range(len(source) // 4096):
        place = tmp_path / f"into{number}" / "history.db"
        for filling in (bytes(4096), b"\xff" * 4096):
            data = bytearray(source)
            data[number * 4096 : (number + 1) * 4096] = filling
            path = place_with(tmp_path, 1000 * (number + 1) + filling[0], bytes(data))
            salvage(path, place)
        assert len(ALL & set(names(place))) >= TURNS - 3


@pytest.mark.parametrize("size", [512, 1024, 65536])
def test_pages_of_another_size(tmp_path: Path, history: Path, source: bytes, size: int) -> None:
    path = place_with(tmp_path, 0, source)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA page_size = {size}")
        connection.execute("VACUUM")
    data = bytearray(path.read_bytes())
    data[:100] = bytes(100)
    path.write_bytes(data)
    assert salvage(path, history).turns == TURNS + 1


def test_what_was_in_the_log_alone_comes_back(tmp_path: Path, history: Path) -> None:
    save(history, turn("t0"))
    with closing(sqlite3.connect(history)) as other:
        other.execute("SELECT count(*) FROM turns").fetchall()
        save(history, *(turn(f"t{i}", i, "Why? " * 900) for i in range(1, 5)))
        path = place_with(tmp_path, 0, b"\xff" * 100 + history.read_bytes()[100:])
        log = history.with_name("history.db-wal").read_bytes()
        path.with_name(path.name + "-wal").write_bytes(log)
    place = tmp_path / "into" / "history.db"
    assert salvage(path, place).ended == 5
    assert set(names(place)) == {f"t{i}" for i in range(5)}


def test_what_was_deleted_does_not_come_back(tmp_path: Path, history: Path) -> None:
    save(history, *(turn(f"t{i}", i, "Why? " * 900) for i in range(9)))
    delete_turns(history, [f"t{i}" for i in range(8)])
    place = tmp_path / "into" / "history.db"
    salvage(history, place)
    assert names(place) == ["t8"]


@pytest.mark.parametrize(
    "noise", [b"", b"x", b"\x0d" * 5000, os.urandom(20_000), b"SQLite format 3\0"]
)
def test_a_file_that_holds_nothing(tmp_path: Path, history: Path, noise: bytes) -> None:
    path = place_with(tmp_path, 0, noise)
    with suppress(HistoryError):
        assert salvage(path, history).turns == 0
    assert list_turns(history) == []


def test_recovering_on_the_command_line(
    tmp_path: Path, source: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    history = paths.history_file()
    history.parent.mkdir(parents=True)
    history.write_bytes(b"\xff" * 200 + source[200:])
    assert main(["history", "list"]) != 0
    assert "moa-tui history recover" in capsys.readouterr().err
    assert main(["history", "recover"]) == 0
    said = capsys.readouterr().out
    assert f"{TURNS + 1} turns came back, 1 of them interrupted" in said
    assert set(names(history)) == ALL | {"t9"}
    assert main(["history", "recover"]) == 0
    assert f"0 turns came back, {TURNS + 1} were in the history already" in capsys.readouterr().out
    for path in damaged_histories(history):
        path.unlink()
    assert main(["history", "recover"]) == 0
    assert "is sound" in capsys.readouterr().out
    assert main(["history", "recover", str(tmp_path / "nowhere")]) != 0
    assert "No such file" in capsys.readouterr().err


def test_a_damaged_index_costs_no_search_and_is_made_anew(
    tmp_path: Path, history: Path, source: bytes
) -> None:
    path = place_with(tmp_path, 0, source)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE turn_words_data SET block = randomblob(90) WHERE id > 10")
    found = {f"t{number}" for number in range(TURNS)}
    for query in ("why", "größe-", "wh"):
        assert {turn.turn for turn in search_turns(path, query)} - {"t9"} == found
        assert {line.turn for line in turn_page(path, Sought(query)).lines} - {"t9"} == found
    assert damaged_histories(path) == []
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO turn_words (turn_words) VALUES ('integrity-check')")
    assert {turn.turn for turn in search_turns(path, "why")} - {"t9"} == found
