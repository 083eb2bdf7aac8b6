"""The questions of earlier turns, for whoever wants to ask one of them again."""

import sqlite3
from pathlib import Path

from moa_tui.transcript import database
from moa_tui.transcript.reading_back import as_text


def asked_before(path: Path, limit: int = 1000) -> list[str]:
    """Return what was asked in turns that have ended, newest first, nothing twice.

    Raises HistoryError if the history cannot be read.
    """
    with database.reading(path) as source:
        if source is None:
            return []
        rest = "GROUP BY question ORDER BY max(started_at) DESC, max(rowid) DESC LIMIT ?"
        try:
            query = f"SELECT question FROM turns {rest}"  # noqa: S608 - ours
            rows = source[0].execute(query, (limit,)).fetchall()
        except sqlite3.DatabaseError:  # one of them is damaged, or beyond all measure
            rest = "ORDER BY started_at DESC, rowid DESC LIMIT ?"
            rows = database.rows_of_turns(source[0], "question", rest, (limit,))
        return list(dict.fromkeys(as_text(question) for (question,) in rows))
