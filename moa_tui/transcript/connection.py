"""The one way to SQLite: whatever its file holds, what comes of a statement is a row or its error.

SQLite quotes a damaged file in its messages, as it stands there; Python takes them for UTF-8 and
raises an error of text. A file that somebody else made can name values of a gigabyte, or views
without end. Nothing of that gets past this module.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Literal, Self

MOST_BYTES = 64_000_000
"""The longest value that is read or written. A turn of twenty long answers has a tenth of it."""

MOST_STEPS = 400_000_000
"""What one statement may take: some seconds of SQLite's own work, or ten million rows."""

_STEPS = 1_000_000
_NONE_OF_ITS_ERRORS = (UnicodeError, MemoryError, SystemError, sqlite3.Warning)


class DamagedError(sqlite3.DatabaseError):
    """The file is no sound history, although SQLite may find nothing wrong with it."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


class Cursor(sqlite3.Cursor):
    """A cursor that raises sqlite3.Error and nothing else."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        """Run a statement."""
        with _in_its_words():
            return super().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Self:
        """Run a statement once for each of `parameters`."""
        with _in_its_words():
            return super().executemany(sql, parameters)

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        with _in_its_words():
            return super().fetchone()

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        with _in_its_words():
            return super().fetchall()

    def __next__(self) -> Any:
        """Return the next row."""
        with _in_its_words():
            return super().__next__()


class Connection(sqlite3.Connection):
    """A connection with bounds, which trusts nothing that the file's own tables say.

    Text that is no UTF-8 is read as far as it can be. `own_lock` says that the file system has no
    locks, and a file beside the database is the lock.
    """

    own_lock = False

    def __init__(self, *args: Any, **keywords: Any) -> None:
        with _in_its_words():
            super().__init__(*args, **keywords)
        self._left = MOST_STEPS
        self.text_factory = lambda source: source.decode("utf-8", "replace")
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
        self.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        self.set_progress_handler(self._is_too_much, _STEPS)
        try:
            for name in ("trusted_schema = OFF", "cell_size_check = ON", "mmap_size = 0"):
                self.execute(f"PRAGMA {name}").fetchall()
        except BaseException:
            self.close()
            raise

    def cursor(self, factory: type[sqlite3.Cursor] = Cursor) -> Any:  # type: ignore[override]
        """Return a cursor of ours."""
        with _in_its_words():
            return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Run a statement; it ends with an error where it takes too much."""
        self._left = MOST_STEPS
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Any, /) -> Any:
        """Run a statement once for each of `parameters`."""
        self._left = MOST_STEPS
        return self.cursor().executemany(sql, parameters)

    def commit(self) -> None:
        """Make what was changed count."""
        with _in_its_words():
            super().commit()

    def rollback(self) -> None:
        """Take back what was changed."""
        with _in_its_words():
            super().rollback()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> Literal[False]:
        """Commit; after an error, roll back."""
        self._left = MOST_STEPS
        with _in_its_words():
            super().__exit__(kind, error, traceback)
        return False

    def _is_too_much(self) -> bool:
        self._left -= _STEPS
        return self._left < 0


@contextmanager
def _in_its_words() -> Iterator[None]:
    """Give what only a damaged file can cause the class of SQLite's own errors."""
    try:
        yield
    except _NONE_OF_ITS_ERRORS as error:
        raise DamagedError(f"it is damaged: {type(error).__name__}") from error
