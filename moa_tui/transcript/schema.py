"""The tables of the history, their version, and how older layouts are brought up to it."""

import sqlite3

from moa_tui.errors import HistoryError
from moa_tui.transcript.reading_back import COLUMNS, as_record
from moa_tui.transcript.record import words_of

SCHEMA_VERSION = 2

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
)
# The words of a turn under its rowid in `turns`. A SQLite without FTS5 goes without this table.
_WORDS = (
    "CREATE VIRTUAL TABLE turn_words USING fts5(words, tokenize = 'unicode61 remove_diacritics 2')"
)


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of the tables, 0 if there are none; raises HistoryError if it is newer."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > SCHEMA_VERSION:
        raise HistoryError("it was written by a newer moa-tui", "update moa-tui")
    return version


def bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Make the tables that are missing, all or none; several programs may do so at once."""
    if version_of(connection) == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if version_of(connection) == SCHEMA_VERSION:  # another was quicker
            return
        for statement in _TABLES:
            connection.execute(statement)
        if not has_words(connection):
            _index_words(connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def has_words(connection: sqlite3.Connection) -> bool:
    """Whether the index of words is there, and this SQLite can use it."""
    try:
        connection.execute("SELECT rowid FROM turn_words LIMIT 0")
    except sqlite3.OperationalError:
        return False
    return True


def _index_words(connection: sqlite3.Connection) -> None:
    try:
        connection.execute(_WORDS)
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        return
    rows = connection.execute(f"SELECT rowid, {COLUMNS}, record FROM turns")  # noqa: S608 - ours
    connection.executemany(
        "INSERT INTO turn_words (rowid, words) VALUES (?, ?)",
        ((rowid, words_of(as_record(row))) for rowid, *row in rows),
    )
