"""What is still to be done to a history that an earlier version wrote, a few turns at a time."""

import sqlite3

from moa_tui.transcript.reading_back import COLUMNS, as_record
from moa_tui.transcript.record import words_of
from moa_tui.transcript.rows import index_words
from moa_tui.transcript.schema import has_words, leave_to_fold, left_to_fold

_AT_ONCE = 10
"""Some hundredths of a second: a turn may be waiting to be written."""


def keep_up(connection: sqlite3.Connection) -> bool:
    """Fold the indexed words of the next turns, from the newest to the oldest.

    Returns whether there are more.
    """
    unsure = left_to_fold(connection)
    if unsure <= 0 or not has_words(connection):
        return False
    query = (
        "SELECT turns.rowid, c0 FROM turns LEFT JOIN turn_words_content ON id = turns.rowid"
        " WHERE turns.rowid <= ? ORDER BY turns.rowid DESC LIMIT ?"
    )
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(query, (unsure, _AT_ONCE)).fetchall()
        for rowid, words in rows:
            if words is None:
                words = _words(connection, rowid)  # noqa: PLW2901 - the same, from the record
            elif words.isascii():
                continue  # a search looks at it in lower case
            index_words(connection, rowid, words)
        done = rows[-1][0] - 1 if len(rows) == _AT_ONCE else 0
        leave_to_fold(connection, done)
    return done > 0


def _words(connection: sqlite3.Connection, rowid: int) -> str:
    query = f"SELECT {COLUMNS}, record FROM turns WHERE rowid = ?"  # noqa: S608 - ours
    return words_of(as_record(connection.execute(query, (rowid,)).fetchone()))


def mend_index(connection: sqlite3.Connection) -> None:
    """Make the index of words anew from the words in it, if it is damaged.

    Raises sqlite3.Error where that cannot be done.
    """
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if not has_words(connection):
            return
        try:
            connection.execute("INSERT INTO turn_words (turn_words) VALUES ('integrity-check')")
        except sqlite3.DatabaseError:
            connection.execute("INSERT INTO turn_words (turn_words) VALUES ('rebuild')")


def check_index(connection: sqlite3.Connection) -> None:
    """Have all turns indexed anew if some are not: a SQLite without FTS5 has added them."""
    if left_to_fold(connection) or not has_words(connection):
        return
    query = (
        "SELECT (SELECT count(*) FROM turns), (SELECT count(*) FROM turn_words_docsize),"
        " (SELECT coalesce(max(rowid), 0) FROM turns)"
    )
    turns, indexed, last = connection.execute(query).fetchone()
    if turns != indexed:
        with connection:
            leave_to_fold(connection, last)
