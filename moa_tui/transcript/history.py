"""The history: finished turns in SQLite, written by a thread of its own.

The thread owns the writing connection. A screen that hangs on a slow terminal, or a disk that is
slow, must not keep the other from its work.
"""

import json
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moa_tui import paths
from moa_tui.errors import HistoryError
from moa_tui.transcript.record import TurnRecord

SCHEMA_VERSION = 1
BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that writes."""

# Not STRICT: Python 3.11 still runs on systems whose SQLite does not know it.
_SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS turns (
    turn TEXT PRIMARY KEY,
    conversation TEXT NOT NULL,
    started_at TEXT NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    outcome TEXT NOT NULL,
    seconds REAL NOT NULL,
    output_tokens INTEGER NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS turns_by_time ON turns (started_at);
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


@dataclass(frozen=True, slots=True)
class TurnSummary:
    """A line of the list of turns."""

    turn: str
    started_at: str
    question: str
    outcome: str
    seconds: float
    output_tokens: int


class HistoryWriter:
    """Takes finished turns and writes them, in order, without keeping anyone waiting.

    `on_error` is called once, from the writing thread, when the history cannot be written; the
    program goes on without it.
    """

    def __init__(self, path: Path, on_error: Callable[[str], None]) -> None:
        self._path = path
        self._on_error = on_error
        self._queue: queue.SimpleQueue[TurnRecord | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def save(self, record: TurnRecord) -> None:
        """Have `record` written; returns at once."""
        self._queue.put(record)

    def close(self, timeout: float = 5.0) -> None:
        """Wait up to `timeout` seconds until everything is written."""
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        failed = False
        connection: sqlite3.Connection | None = None
        while (record := self._queue.get()) is not None:
            if failed:
                continue
            try:
                connection = connection or _open(self._path)
                _insert(connection, record)
            except Exception as error:  # noqa: BLE001 - the boundary of the thread: all is told
                failed = True
                self._on_error(f"the history cannot be written to {self._path}: {error}")
        if connection:
            connection.close()


def list_turns(path: Path, limit: int = 20) -> list[TurnSummary]:
    """Return the newest turns, newest first; raises HistoryError if the database is unreadable."""
    rows = _read(
        path,
        "SELECT turn, started_at, question, outcome, seconds, output_tokens FROM turns"
        " ORDER BY started_at DESC, rowid DESC LIMIT ?",
        (limit,),
    )
    return [TurnSummary(*row) for row in rows]


def load_turn(path: Path, turn: str) -> dict[str, Any]:
    """Return the record of the turn whose name begins with `turn`, or of the `last` one."""
    if turn == "last":
        query = "SELECT record FROM turns ORDER BY started_at DESC, rowid DESC LIMIT 1"
        rows = _read(path, query, ())
    else:
        rows = _read(
            path, "SELECT record FROM turns WHERE substr(turn, 1, ?) = ? LIMIT 2", (len(turn), turn)
        )
    if not rows:
        raise HistoryError(f"there is no turn '{turn}' in the history", "see: moa-tui history")
    if len(rows) > 1:
        raise HistoryError(f"several turns begin with '{turn}'", "give more of the name")
    record: dict[str, Any] = json.loads(rows[0][0])
    return record


def _open(path: Path) -> sqlite3.Connection:
    paths.private_dir(path.parent)
    # Made by hand first: SQLite would create it, and its WAL beside it, readable by everyone.
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600))
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT)
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Bring the database into use; several programs may do so at the same time."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            if _version(connection) < SCHEMA_VERSION:
                connection.executescript(_SCHEMA)
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            connection.rollback()
            # SQLite does not wait by itself where a change of the journal mode meets another's.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise HistoryError("the history was written by a newer moa-tui", "update moa-tui")
    return version


def _insert(connection: sqlite3.Connection, record: TurnRecord) -> None:
    with connection:
        connection.execute(
            "INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                record.turn,
                record.conversation,
                record.started_at,
                record.question,
                record.answer,
                record.outcome,
                record.seconds,
                record.output_tokens,
                json.dumps(record.as_json(), ensure_ascii=False),
            ),
        )


def _read(path: Path, query: str, parameters: tuple[Any, ...]) -> list[Any]:
    try:
        if not path.exists():
            return []
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT)) as connection:
            if not _version(connection):
                return []  # made a moment ago, by a writer that has not put anything into it
            return connection.execute(query, parameters).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise HistoryError(
            f"the history {path} cannot be read: {error}", "move the file away to begin a new one"
        ) from None
