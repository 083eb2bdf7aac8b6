"""The questions of earlier turns, for whoever wants to ask one of them again."""

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
        query = (
            "SELECT question FROM turns GROUP BY question"
            " ORDER BY max(started_at) DESC, max(rowid) DESC LIMIT ?"
        )
        return [as_text(question) for (question,) in source[0].execute(query, (limit,))]
