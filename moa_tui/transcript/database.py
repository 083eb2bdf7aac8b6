"""The history's file: opened for its owner only, read without writing."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Literal
from weakref import WeakSet

from moa_tui.errors import HistoryError, RefusedFileError
from moa_tui.locks import keeps_locks
from moa_tui.private_files import claim, private_folder, refuse_foreign
from moa_tui.transcript.connection import Connection, DamagedError
from moa_tui.transcript.schema import bring_up_to_date, refuse_foreign_tables, version_of
from moa_tui.transcript.upkeep import check_index

BUSY_TIMEOUT = 5.0
"""Seconds to wait for another program that writes."""

RECOVER = "moa-tui history recover brings back what can be read"

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
# A lock in a file of its own, for file systems without locks. SQLite has it on every Unix.
_OWN_LOCK = "unix-dotfile"
_STALE_AFTER = 60.0
"""Seconds."""

_CHECKED_PAGES = 4096
"""16 MB: checked within a few hundredths of a second, while the first words of a turn wait."""

# Closing any descriptor of a file frees the locks that SQLite holds on it in other threads, so no
# thread may open the database while another makes its file.
_opening = threading.Lock()
_readers: WeakSet[Connection] = WeakSet()


def connect(path: Path) -> Connection:
    """Open the history for writing, making it if it is missing.

    Raises OSError, sqlite3.Error or HistoryError.
    """
    try:
        private_folder(path.parent)
        with _opening:
            # Made by hand: SQLite would create it, and its log beside it, readable by everyone.
            claim(path)
            _refuse_foreign_logs(path)
            connection = _opened(path, "rw", isolation_level="IMMEDIATE")
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
        said = f"the history {path} cannot be changed: {reason(seen_through(error, path))}"
        raise HistoryError(said, "nothing was changed") from None


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
        with closing(_for_reading(path)) as connection:
            version = _readable_version(path, connection)
            # Without one it was made a moment ago, by a writer that has put nothing into it.
            yield (connection, version) if version else None
    except RefusedFileError as error:
        refusal = _refusal(path, error)
        said = f"the history {path} cannot be read: {refusal.message}"
        raise HistoryError(said, refusal.advice) from None
    except (sqlite3.Error, OSError) as refused:
        cause = seen_through(refused, path)
        advice = RECOVER if is_damaged(cause) else "move the file away to begin a new one"
        raise HistoryError(f"the history {path} cannot be read: {reason(cause)}", advice) from None


def rows_of_turns(
    connection: sqlite3.Connection,
    columns: str,
    rest: str,
    parameters: Sequence[object] = (),
    instead: str = "",
) -> list[Any]:
    """Return `columns` of the turns that `rest` of a statement finds.

    Of a turn that is damaged, or larger than anything of ours, those in `instead` are returned, or
    it is left out; the others are there all the same.
    """
    try:
        return connection.execute(f"SELECT {columns} FROM turns {rest}", parameters).fetchall()  # noqa: S608 - callers' own
    except sqlite3.DatabaseError:
        found = connection.execute(f"SELECT rowid FROM turns {rest}", parameters).fetchall()  # noqa: S608 - as above
        rows = (_row_of_turn(connection, (columns, instead), rowid) for (rowid,) in found)
        return [row for row in rows if row is not None]


def _row_of_turn(connection: sqlite3.Connection, choices: Sequence[str], rowid: int) -> Any:
    for columns in filter(None, choices):
        with suppress(sqlite3.DatabaseError):
            query = f"SELECT {columns} FROM turns WHERE rowid = ?"  # noqa: S608 - as above
            return connection.execute(query, (rowid,)).fetchone()
    return None


def stop_reading() -> None:
    """End what is being read in other threads: whoever leaves does not wait for it."""
    for connection in list(_readers):
        with suppress(sqlite3.Error):
            connection.interrupt()


def seen_through(error: Exception, path: Path) -> Exception:
    """Return `error`, or the damage that is behind it.

    A header says that nothing may be written, of a file of ours in a folder of ours; or the tables
    are refused that were found to be ours: statements of ours that SQLite cannot read there.
    """
    ours = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK | os.X_OK)
    if code_of(error) == sqlite3.SQLITE_READONLY and ours:
        return DamagedError("it is damaged: its header says that it may not be written")
    if code_of(error) == sqlite3.SQLITE_ERROR and "no such module" not in str(error):
        return DamagedError("it is damaged")
    return error


def is_damaged(error: Exception) -> bool:
    """Whether `error` says that the file holds no sound database."""
    return isinstance(error, sqlite3.Error) and code_of(error) in _DAMAGED


def reason(error: Exception) -> str:
    """Say in plain words why the history cannot be used."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    match code_of(error):
        case sqlite3.SQLITE_FULL:
            return "the disk is full"
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return "it may only be read"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program keeps it locked"
        case sqlite3.SQLITE_INTERRUPT:
            return "it took too long, and was given up"
        case sqlite3.SQLITE_TOOBIG:
            return "something in it is too large"
        case code if code in _DAMAGED:
            return str(error) if isinstance(error, DamagedError) else "it is damaged"
    return str(error)


def _opened(
    path: Path, mode: str, *, isolation_level: Literal["DEFERRED", "IMMEDIATE"] = "DEFERRED"
) -> Connection:
    """Open the file, with a lock of our own where its folder keeps none."""
    own_lock = not keeps_locks(path.parent)
    if own_lock:
        _forget_stale_lock(path)
    uri = f"{path.absolute().as_uri()}?mode={mode}{f'&vfs={_OWN_LOCK}' if own_lock else ''}"
    connection = sqlite3.connect(
        uri, uri=True, timeout=BUSY_TIMEOUT, isolation_level=isolation_level, factory=Connection
    )
    try:
        if own_lock:
            # Without shared memory a log can only be read by one that has the file to itself.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
            connection.own_lock = True
    except BaseException:
        connection.close()
        raise
    return connection


def _forget_stale_lock(path: Path) -> None:
    """Remove the lock of a program that was killed while it wrote: none is held for so long."""
    held = path.with_name(path.name + ".lock")
    with suppress(OSError):
        if time.time() - held.lstat().st_mtime > _STALE_AFTER:
            held.rmdir() if held.is_dir() else held.unlink()


def _for_reading(path: Path) -> Connection:
    """Open the file and begin to read: all is of one moment."""
    connection = _opened(path, "ro")
    try:
        _readers.add(connection)
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        connection.close()
        # The log of a database cannot be opened where nothing may be written; without one that
        # holds anything, the file alone is the whole of it.
        if code_of(error) != sqlite3.SQLITE_CANTOPEN or _has_log(path):
            raise
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, factory=Connection)
        _readers.add(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except OSError:
        return False


def _readable_version(path: Path, connection: sqlite3.Connection) -> int:
    try:
        version = version_of(connection)
    except HistoryError as error:
        said = f"the history {path} cannot be read: {error.message}"
        raise HistoryError(said, error.advice) from None
    refuse_foreign_tables(connection, version)
    return version


def _refuse_foreign_logs(path: Path) -> None:
    for suffix in ("-wal", "-shm", "-journal"):
        refuse_foreign(path.with_name(path.name + suffix))


def _refusal(path: Path, error: RefusedFileError) -> HistoryError:
    return HistoryError(error.reason if error.place == path else error.message, error.advice)


def _prepare(connection: Connection) -> None:
    """Bring the database into use; several programs may do so at the same time."""
    deadline = time.monotonic() + BUSY_TIMEOUT
    while True:
        try:
            _check(connection)
            if connection.own_lock:
                # The file is let go of after each change, and no log is left that others miss.
                connection.execute("PRAGMA journal_mode = DELETE").fetchall()
                connection.execute("PRAGMA locking_mode = NORMAL").fetchall()
                bring_up_to_date(connection)
            else:
                bring_up_to_date(connection)
                connection.execute("PRAGMA journal_mode = WAL").fetchall()
                # What is written outlives the process at once, the machine after a checkpoint.
                connection.execute("PRAGMA synchronous = NORMAL")
            check_index(connection)
        except sqlite3.OperationalError as error:
            connection.rollback()
            # SQLite does not wait by itself where a change of the journal mode meets another's.
            if code_of(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _check(connection: sqlite3.Connection) -> None:
    """Look for damage that would show when old turns are read; a large file is not gone through."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    if pages <= _CHECKED_PAGES:
        require_sound(connection)


def require_sound(connection: sqlite3.Connection) -> None:
    """Go through the whole file; raises DamagedError where it is not as SQLite left it."""
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise DamagedError(f"it is damaged: {' '.join(str(found).split())[:200]}")


def code_of(error: Exception) -> int:
    """Return SQLite's code of an error, without what extends it."""
    return int(getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
