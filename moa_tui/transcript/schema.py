"""The tables of the history, their version, and how older layouts are brought up to it."""

import sqlite3

from moa_tui.errors import HistoryError
from moa_tui.transcript.connection import DamagedError

SCHEMA_VERSION = 3
_LIKELY_NEWER = 1_000
"""No moa-tui will have numbered its tables so high: a byte of the number is wrong."""

# Not STRICT: Python 3.11 still runs on systems whose SQLite does not know it.
_TABLES = (
    """CREATE TABLE IF NOT EXISTS turns (
        turn TEXT PRIMARY KEY,
        conversation TEXT NOT NULL,
        started_at TEXT NOT NULL,
        question TEXT NOT NULL,
        answer TEXT NOT NULL,
        outcome TEXT NOT NULL,
        seconds REAL NOT NULL,
        output_tokens INTEGER NOT NULL,
        record TEXT NOT NULL
    )""",
    "CREATE INDEX IF NOT EXISTS turns_by_time ON turns (started_at)",
    "CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (conversation, started_at)",
    # Turns that have not ended, or never will: their writer's process may be gone.
    """CREATE TABLE IF NOT EXISTS open_turns (
        turn TEXT PRIMARY KEY,
        conversation TEXT NOT NULL,
        started_at TEXT NOT NULL,
        roster TEXT NOT NULL,
        preset TEXT NOT NULL,
        writer TEXT NOT NULL
    )""",
    # Of every turn, written while it is open, and kept: recordings and time lines are made of them.
    """CREATE TABLE IF NOT EXISTS open_events (
        turn TEXT NOT NULL,
        number INTEGER NOT NULL,
        events TEXT NOT NULL,
        PRIMARY KEY (turn, number)
    )""",
    # Of a conversation that goes on from another: that one's turns before a time are part of it.
    """CREATE TABLE IF NOT EXISTS branches (
        conversation TEXT PRIMARY KEY,
        origin TEXT NOT NULL,
        until TEXT NOT NULL
    )""",
    # What is still to be done to rows of earlier layouts, a few at a time.
    "CREATE TABLE IF NOT EXISTS upkeep (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
)
# The words of a turn, folded, under its rowid in `turns`. A SQLite without FTS5 goes without.
_WORDS = (
    "CREATE VIRTUAL TABLE turn_words USING fts5(words, tokenize = 'unicode61 remove_diacritics 2')"
)


# What FTS5 makes for it, word for word.
_BESIDE_WORDS = (
    "CREATE TABLE 'turn_words_data'(id INTEGER PRIMARY KEY, block BLOB)",
    "CREATE TABLE 'turn_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID",
    "CREATE TABLE 'turn_words_content'(id INTEGER PRIMARY KEY, c0)",
    "CREATE TABLE 'turn_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB)",
    "CREATE TABLE 'turn_words_config'(k PRIMARY KEY, v) WITHOUT ROWID",
)
# What ANALYZE leaves behind.
_FIGURES = ("CREATE TABLE sqlite_stat1(tbl,idx,stat)",)
_TO_FOLD = "words to fold"


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of the tables, 0 if there are none.

    Raises HistoryError if it is newer, DamagedError if it is none.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if SCHEMA_VERSION < version <= _LIKELY_NEWER:
        raise HistoryError("it was written by a newer moa-tui", "update moa-tui")
    if not 0 <= version <= SCHEMA_VERSION:
        raise DamagedError(f"its layout has the number {version}")
    return version


def refuse_foreign_tables(connection: sqlite3.Connection, version: int) -> None:
    """Raise DamagedError unless the file holds the tables that moa-tui makes, and no others.

    A view, a trigger or a generated column of somebody else's would run when a table is read.
    """
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master LIMIT 100").fetchall()
    for kind, name, sql in rows:
        ours = _KNOWN.get(name)
        own_index = kind == "index" and sql is None and str(name).startswith("sqlite_autoindex_")
        if not own_index and (ours is None or _plain(str(sql)) != ours):
            raise DamagedError(f"its {kind} '{str(name)[:60]}' is not as moa-tui makes it")
    missing = _REQUIRED[version] - {name for _, name, _ in rows}
    if missing:
        raise DamagedError(f"its table '{min(missing)}' is missing")


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing, all or none; several programs may do so at once."""
    version = version_of(connection)
    refuse_foreign_tables(connection, version)
    if version == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if version_of(connection) == SCHEMA_VERSION:  # another was quicker
            return
        for statement in _TABLES:
            connection.execute(statement)
        if not has_words(connection):
            _make_words(connection)
        (last,) = connection.execute("SELECT coalesce(max(rowid), 0) FROM turns").fetchone()
        leave_to_fold(connection, last)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def has_words(connection: sqlite3.Connection) -> bool:
    """Whether the index of words is there, and this SQLite can use it."""
    try:
        connection.execute("SELECT rowid FROM turn_words LIMIT 0")
    except sqlite3.OperationalError:
        return False
    return True


def left_to_fold(connection: sqlite3.Connection) -> int:
    """Return the highest rowid up to which turns may be indexed as earlier versions did, or not."""
    try:
        query = "SELECT value FROM upkeep WHERE name = ?"
        row = connection.execute(query, (_TO_FOLD,)).fetchone()
    except sqlite3.OperationalError:  # an earlier layout
        return _EVERY_ROW
    return int(row[0]) if row and isinstance(row[0], int) else 0


def leave_to_fold(connection: sqlite3.Connection, last: int) -> None:
    """Note that the turns up to the rowid `last` are still to be indexed anew."""
    connection.execute("INSERT OR REPLACE INTO upkeep VALUES (?, ?)", (_TO_FOLD, last))


def _make_words(connection: sqlite3.Connection) -> None:
    try:
        connection.execute(_WORDS)
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise


def _plain(sql: str) -> str:
    return " ".join(sql.replace("IF NOT EXISTS ", "").split())


def _name_in(sql: str) -> str:
    words = sql.partition("(")[0].partition(" USING")[0].partition(" ON ")[0].split()
    return words[-1].strip("'")


_EVERY_ROW = 2**62
_KNOWN = {_name_in(sql): _plain(sql) for sql in (*_TABLES, _WORDS, *_BESIDE_WORDS, *_FIGURES)}
_REQUIRED: tuple[set[str], ...] = (
    set(),
    {"turns"},
    {"turns", "open_turns", "open_events"},
    {"turns", "open_turns", "open_events", "branches", "upkeep"},
)
"""The tables without which a layout of this number is none."""
