"""Deleting turns from the history, for good."""

import sqlite3
from contextlib import suppress
from pathlib import Path

from moa_tui.transcript import database
from moa_tui.transcript.interrupted import open_turns
from moa_tui.transcript.rows import forget_turn
from moa_tui.transcript.schema import has_words


def turns_before(path: Path, moment: str | None = None) -> list[str]:
    """Return the names of the turns that began before `moment` (as records write it), or of all.

    A turn that is being written is not among them. Raises HistoryError.
    """
    with database.reading(path) as source:
        if source is None:
            return []
        query = "SELECT turn FROM turns WHERE ? IS NULL OR started_at < ? ORDER BY started_at"
        names = [name for (name,) in source[0].execute(query, (moment, moment))]
    interrupted = [turn for turn in open_turns(path) if not turn.running]
    return names + [t.turn for t in interrupted if moment is None or t.started_at < moment]


def delete_turns(path: Path, turns: list[str]) -> None:
    """Delete `turns`, all or none, so that their text is not in the file any more.

    Raises HistoryError if the history cannot be written.
    """
    if not turns:
        return
    with database.changing(path) as connection:
        with connection:
            for turn in turns:
                forget_turn(connection, turn)
            if has_words(connection):
                # Deleted words stay in the index until its parts are put together anew.
                connection.execute("INSERT INTO turn_words (turn_words) VALUES ('optimize')")
        with suppress(sqlite3.Error):  # another program that reads may hold it up until it is done
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
