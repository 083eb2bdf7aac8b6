"""What can be read of a damaged history, put into the present one."""

import mmap
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from moa_tui.errors import HistoryError
from moa_tui.transcript import database
from moa_tui.transcript.pages import Pages, Row, Source, pages_of
from moa_tui.transcript.reading_back import as_data, as_moment, as_number, as_record, as_text
from moa_tui.transcript.record import words_of
from moa_tui.transcript.rows import index_words
from moa_tui.transcript.schema import has_words
from moa_tui.transcript.setting_aside import aside_of, identity, set_aside
from moa_tui.transcript.upkeep import mend_index

_AT_ONCE = 100
_TURN, _OPEN, _EVENTS = 9, 6, 3
"""Columns: no two tables have as many."""


@dataclass(slots=True)
class Salvage:
    """What came back out of the file at `source`, and what did not."""

    source: Path
    ended: int = 0
    interrupted: int = 0
    known: int = 0
    unread: int = 0

    @property
    def turns(self) -> int:
        """How many turns came back."""
        return self.ended + self.interrupted


def damaged_histories(path: Path) -> list[Path]:
    """Return the histories that were set aside, the newest first; a damaged one is set aside now.

    Raises HistoryError if that cannot be done.
    """
    try:
        with closing(database.connect(path)) as connection:
            database.require_sound(connection)
            mend_index(connection)
    except (sqlite3.Error, OSError) as refused:
        error = database.seen_through(refused, path)
        if not database.is_damaged(error):
            said = f"the history {path} cannot be written to: {database.reason(error)}"
            raise HistoryError(said, "nothing was changed") from None
        try:
            set_aside(path, identity(path))
        except OSError as why:
            said = f"the history {path} is damaged and cannot be set aside: {why.strerror}"
            raise HistoryError(said, "make its folder writable") from None
    return aside_of(path)


def salvage(source: Path, path: Path) -> Salvage:
    """Put the turns that can be read of `source` into the history at `path`, but for those it has.

    `source` stays as it is. Raises HistoryError.
    """
    found = Salvage(source)
    try:
        with _pages(source) as pages, database.changing(path) as connection:
            came_back = _turns(pages, connection, found)
            found.unread = pages.unread
            _events(pages, connection, came_back)
            _branches(pages, connection)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is empty"
        raise HistoryError(f"{source} cannot be read: {reason}", "check the path") from None
    return found


@contextmanager
def _pages(source: Path) -> Iterator[Pages]:
    log = b""
    with suppress(OSError):
        log = source.with_name(source.name + "-wal").read_bytes()
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        view: Source = memoryview(whole)
        pages = pages_of(view, log)
        try:
            yield pages
        finally:
            pages.source, pages.newer = b"", {}
            view.release()  # type: ignore[union-attr]  # made above


def _turns(pages: Pages, connection: sqlite3.Connection, found: Salvage) -> set[str]:
    """Put turns back, those that ended first; return their names."""
    before = {
        as_text(turn)
        for table in ("turns", "open_turns")
        for (turn,) in connection.execute(f"SELECT turn FROM {table}")  # noqa: S608 - as above
    }
    known = set[str]()
    whole: dict[str, bool] = {}
    for rows in _batches(row for row in pages.rows() if _is_turn(row)):
        with connection:
            for row in rows:
                name, sound = as_text(row[0]), _is_json(row[8])
                if name in before:
                    known.add(name)
                # Of a row that is there twice, as after a change, the one that is whole counts.
                elif name not in whole or sound > whole[name]:
                    whole[name] = sound
                    _put_turn(connection, row)
    opened = set[str]()
    for rows in _batches(row for row in pages.rows() if _is_open_turn(row)):
        with connection:
            for row in rows:
                name = as_text(row[0])
                if name in before:
                    known.add(name)
                elif name not in whole and name not in opened:
                    opened.add(name)
                    _put_open_turn(connection, row)
    found.ended, found.interrupted, found.known = len(whole), len(opened), len(known)
    return whole.keys() | opened


def _events(pages: Pages, connection: sqlite3.Connection, turns: set[str]) -> None:
    wanted = (r for r in pages.rows() if _is_events(r) and as_text(r[0]) in turns)
    for rows in _batches(wanted):
        with connection:
            connection.executemany("INSERT OR IGNORE INTO open_events VALUES (?, ?, ?)", rows)


def _branches(pages: Pages, connection: sqlite3.Connection) -> None:
    for rows in _batches(row for row in pages.rows() if _is_branch(row)):
        with connection:
            connection.executemany("INSERT OR IGNORE INTO branches VALUES (?, ?, ?)", rows)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some


def _is_turn(row: Row) -> bool:
    return len(row) == _TURN and _is_named(row)


def _is_open_turn(row: Row) -> bool:
    return len(row) == _OPEN and _is_named(row)


def _is_named(row: Row) -> bool:
    """Whether a row begins as a turn's does: its name, its conversation, when it began."""
    return bool(row[0]) and isinstance(row[0], str) and as_moment(as_text(row[2])) is not None


def _is_events(row: Row) -> bool:
    turn, number, events = row if len(row) == _EVENTS else (None, None, None)
    return isinstance(turn, str) and isinstance(number, int) and isinstance(events, str | bytes)


def _is_branch(row: Row) -> bool:
    texts = [value for value in row if isinstance(value, str)]
    return len(row) == len(texts) == _EVENTS and as_moment(texts[2].rstrip("~")) is not None


def _is_json(text: object) -> bool:
    try:
        return isinstance(as_data(text), dict)
    except ValueError:
        return False


def _put_turn(connection: sqlite3.Connection, row: Row) -> None:
    values = [*map(as_text, row[:6]), as_number(row[6]), int(as_number(row[7]))]
    text = row[8] if isinstance(row[8], str | bytes) else ""
    connection.execute(
        "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, text)
    )
    if has_words(connection):
        query = "SELECT rowid FROM turns WHERE turn = ?"
        (rowid,) = connection.execute(query, (values[0],)).fetchone()
        index_words(connection, rowid, words_of(as_record(row)))


def _put_open_turn(connection: sqlite3.Connection, row: Row) -> None:
    turn, conversation, started_at, roster, preset, _writer = map(as_text, row)
    connection.execute(
        # Nobody writes it any more: it was interrupted.
        "INSERT OR IGNORE INTO open_turns VALUES (?, ?, ?, ?, ?, '')",
        (turn, conversation, started_at, roster, preset),
    )
