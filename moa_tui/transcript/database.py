"""The history's file: opened for its owner only, read without writing."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from moa_tui.errors import HistoryError, RefusedFileError
from moa_tui.private_files import claim, private_folder, refuse_foreign
from moa_tui.transcript.schema import bring_up_to_date, version_of

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that writes."""

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_CHECKED_PAGES = 4096
"""16 MB: checked within a few hundredths of a second, while the first words of a turn wait."""

# Closing any descriptor of a file frees the locks that SQLite holds on it in other threads, so no
# thread may open the database while another makes its file.
_opening = threading.Lock()


def connect(path: Path) -> sqlite3.Connection:
    """Open the history for writing, making it if it is missing.

    Raises OSError, sqlite3.Error or HistoryError.
    """
    try:
        private_folder(path.parent)
        with _opening:
            # Made by hand: SQLite would create it, and its log beside it, readable by everyone.
            claim(path)
            _refuse_foreign_logs(path)
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level="IMMEDIATE")
    except RefusedFileError as error:
        raise _refusal(path, error) from None
    try:
        _prepare(connection)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def changing(path: Path) -> Iterator[sqlite3.Connection]:
    """Give a connection for writing; raises HistoryError where the history cannot be written."""
    try:
        with closing(connect(path)) as connection:
            # What is deleted shall not be found in the file.
            connection.execute("PRAGMA secure_delete = ON")
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise HistoryError(
            f"the history {path} cannot be changed: {reason(error)}", "nothing was changed"
        ) from None


@contextmanager
def reading(path: Path) -> Iterator[tuple[sqlite3.Connection, int] | None]:
    """Give a read-only connection and the layout's version; None if there is no history yet.

    Raises HistoryError where it cannot be read.
    """
    try:
        refuse_foreign(path)
        _refuse_foreign_logs(path)
        if not path.exists():
            yield None
            return
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT)) as connection:
            # Of text that is no UTF-8, what can be read is.
            connection.text_factory = lambda source: source.decode("utf-8", "replace")
            connection.execute("BEGIN")  # all that is read is of one moment
            version = _readable_version(path, connection)
            # Without one it was made a moment ago, by a writer that has not put anything into it.
            yield (connection, version) if version else None
    except RefusedFileError as error:
        refusal = _refusal(path, error)
        said = f"the history {path} cannot be read: {refusal.message}"
        raise HistoryError(said, refusal.advice) from None
    except (sqlite3.Error, OSError) as error:
        raise HistoryError(
            f"the history {path} cannot be read: {reason(error)}",
            "move the file away to begin a new one",
        ) from None


def is_damaged(error: Exception) -> bool:
    """Whether `error` says that the file holds no sound database."""
    return isinstance(error, sqlite3.Error) and _code(error) in _DAMAGED


def reason(error: Exception) -> str:
    """Say in plain words why the history cannot be used."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    match _code(error):
        case sqlite3.SQLITE_FULL:
            return "the disk is full"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return "it may only be read"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program keeps it locked"
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return "it is damaged"
    return str(error)


def _readable_version(path: Path, connection: sqlite3.Connection) -> int:
    try:
        return version_of(connection)
    except HistoryError as error:
        said = f"the history {path} cannot be read: {error.message}"
        raise HistoryError(said, error.advice) from None


def _refuse_foreign_logs(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        refuse_foreign(path.with_name(path.name + suffix))


def _refusal(path: Path, error: RefusedFileError) -> HistoryError:
    return HistoryError(error.reason if error.place == path else error.message, error.advice)


def _prepare(connection: sqlite3.Connection) -> None:
    """Bring the database into use; several programs may do so at the same time."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            bring_up_to_date(connection)
            connection.execute("PRAGMA journal_mode = WAL")
            # What is written outlives the process at once, the machine after a checkpoint.
            connection.execute("PRAGMA synchronous = NORMAL")
            _check(connection)
        except sqlite3.OperationalError as error:
            connection.rollback()
            # SQLite does not wait by itself where a change of the journal mode meets another's.
            if _code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _check(connection: sqlite3.Connection) -> None:
    """Look for damage that would show when old turns are read; a large file is not gone through."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    if pages > _CHECKED_PAGES:
        return
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        error = sqlite3.DatabaseError(found)
        error.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise error


def _code(error: Exception) -> int:
    """Return SQLite's code of an error, without what extends it."""
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
