"""Searching the history. What is looked for is data: no character in it has a meaning."""

import re
import sqlite3
import unicodedata
from pathlib import Path
from typing import Any

from moa_tui.transcript import database
from moa_tui.transcript.event_json import storable
from moa_tui.transcript.history import SUMMARY, TurnSummary, open_turns, read_summary, summary_of
from moa_tui.transcript.reading_back import COLUMNS, as_record
from moa_tui.transcript.record import words_of
from moa_tui.transcript.schema import has_words

_NO_SPACES_BETWEEN_WORDS = 0x0E00
"""From Thai on there are scripts whose words the index cannot tell apart."""


def search_turns(path: Path, query: str, limit: int = 20) -> list[TurnSummary]:
    """Return the newest turns in which every term of `query` occurs, newest first.

    A term is found at the beginning of a word; one that holds punctuation, anywhere. Questions,
    answers and the names of agents are looked through. Raises HistoryError.
    """
    terms = storable(query).split()
    if not terms:
        return []
    with database.reading(path) as source:
        found = _ended(source[0], terms, limit) if source else []
    for turn in open_turns(path):
        record = turn.record().as_json()
        if record_holds(record, terms):
            found.append(summary_of(record))
    unique = {turn.turn: turn for turn in found}
    return sorted(unique.values(), key=lambda turn: turn.started_at, reverse=True)[:limit]


def _ended(connection: sqlite3.Connection, terms: list[str], limit: int) -> list[TurnSummary]:
    conditions, parameters = conditions_for(connection, terms)
    rows = connection.execute(
        f"SELECT {SUMMARY} FROM turns WHERE {' AND '.join(conditions)}"  # noqa: S608 - ours alone
        " ORDER BY started_at DESC, rowid DESC LIMIT ?",
        (*parameters, limit),
    )
    return [read_summary(row) for row in rows]


def conditions_for(
    connection: sqlite3.Connection, terms: list[str]
) -> tuple[list[str], list[object]]:
    """Return SQL conditions on the turns that have ended, and what stands for their `?`.

    They use the index of words where it can tell; else records are read, one after another.
    """
    whole = _index_is_whole(connection)
    words = [term for term in terms if whole and _is_word(term)]
    # LIKE knows no case but that of ASCII, and no accents.
    pieces = [term for term in terms if whole and term not in words and term.isascii()]
    others = [term for term in terms if term not in words and term not in pieces]
    connection.create_function("holds", -1, lambda *row: record_holds(as_record(row), others))
    conditions: list[str] = []
    parameters: list[object] = []
    if words:
        conditions.append("rowid IN (SELECT rowid FROM turn_words WHERE words MATCH ?)")
        parameters.append(" ".join(f'"{word}"*' for word in words))
    for piece in pieces:
        conditions.append("rowid IN (SELECT rowid FROM turn_words WHERE words LIKE ? ESCAPE '!')")
        parameters.append("%" + re.sub("([!%_])", r"!\1", piece) + "%")
    if others:
        conditions.append(f"holds({COLUMNS}, record)")
    return conditions, parameters


def _is_word(term: str) -> bool:
    """Whether the index takes `term` for one word."""
    return term.isalnum() and max(map(ord, term)) < _NO_SPACES_BETWEEN_WORDS


def _index_is_whole(connection: sqlite3.Connection) -> bool:
    """Whether every turn is in the index: a SQLite without FTS5, or an older moa-tui, adds none."""
    if not has_words(connection):
        return False
    (turns,) = connection.execute("SELECT count(*) FROM turns").fetchone()
    (indexed,) = connection.execute("SELECT count(*) FROM turn_words_docsize").fetchone()
    return bool(turns == indexed)


def record_holds(record: dict[str, Any], terms: list[str]) -> bool:
    """Whether every one of `terms` is in a record that was made plain."""
    return _holds(_plain(words_of(record)), terms)


def _holds(text: str, terms: list[str]) -> bool:
    return all(_plain(term) in text for term in terms)


def _plain(text: str) -> str:
    """Return `text` without case and accents, which the index does not look at either."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in parts if not unicodedata.combining(char))
