"""Searching the history. What is looked for is data: no character in it has a meaning."""

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from moa_tui.transcript import database
from moa_tui.transcript.event_json import storable
from moa_tui.transcript.folding import folded
from moa_tui.transcript.history import (
    BARE_SUMMARY,
    SUMMARY,
    TurnSummary,
    open_turns,
    read_summary,
    summary_of,
)
from moa_tui.transcript.reading_back import COLUMNS, as_record
from moa_tui.transcript.record import words_of
from moa_tui.transcript.schema import has_words, left_to_fold

_Found = TypeVar("_Found")
_NO_SPACES_BETWEEN_WORDS = 0x0E00
"""From Thai on there are scripts whose words the index cannot tell apart."""

_SPECIAL, _ESCAPED = re.compile("([!%_])"), r"!\1"
_LONGEST_PATTERN = 5_000
"""Characters; SQLite refuses patterns of more than 50,000 bytes."""


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
    def ask(*, indexed: bool) -> list[TurnSummary]:
        conditions, parameters = conditions_for(connection, terms, indexed=indexed)
        rest = f"WHERE {' AND '.join(conditions)} ORDER BY started_at DESC, rowid DESC LIMIT ?"
        values = (*parameters, limit)
        rows = database.rows_of_turns(connection, SUMMARY, rest, values, BARE_SUMMARY)
        return [read_summary(row) for row in rows]

    return sought_with_or_without_index(ask)


def sought_with_or_without_index(ask: Callable[..., _Found]) -> _Found:
    """Return what `ask(indexed=True)` finds; where the index is damaged, what records tell."""
    try:
        return ask(indexed=True)
    except sqlite3.DatabaseError as error:
        if not database.is_damaged(error):
            raise
        return ask(indexed=False)


def conditions_for(
    connection: sqlite3.Connection, terms: list[str], *, indexed: bool = True
) -> tuple[list[str], list[object]]:
    """Return SQL conditions on the turns that have ended, and what stands for their `?`.

    They use the index of words, if `indexed`, where it can tell; else records are read, one after
    another.
    """
    connection.create_function("holds", -1, lambda term, *row: record_holds(as_record(row), [term]))
    whole, unsure = _index_reaches(connection) if indexed else (False, -1)
    conditions: list[str] = []
    parameters: list[object] = []
    for term in terms:
        plain = folded(term)
        if _is_word(term) and _is_word(plain):
            # Older entries are not folded; the index does not care for case and accents itself.
            found, sought = "words MATCH ?", f'"{term}"* OR "{plain}"*'
            sure = whole
        else:
            # Older entries hold what is in ASCII as it was written; the rest is not folded there.
            found, sought = "words LIKE ? ESCAPE '!'", f"%{_SPECIAL.sub(_ESCAPED, plain)}%"
            if len(plain) > _LONGEST_PATTERN:
                found, sought = "instr(lower(words), ?) > 0", plain
            sure = whole and term.isascii()
        condition = f"rowid IN (SELECT rowid FROM turn_words WHERE {found})"  # noqa: S608 - ours
        slow = f"holds(?, {COLUMNS}, record)"
        if unsure == 0 or sure:
            conditions.append(condition)
            parameters.append(sought)
        else:
            conditions.append(
                f"(rowid > ? AND {condition} OR rowid <= ? AND {slow})" if unsure > 0 else slow
            )
            parameters += [unsure, sought, unsure, term] if unsure > 0 else [term]
    return conditions, parameters


def _is_word(term: str) -> bool:
    """Whether the index takes `term` for one word."""
    return term.isalnum() and max(map(ord, term)) < _NO_SPACES_BETWEEN_WORDS


def _index_reaches(connection: sqlite3.Connection) -> tuple[bool, int]:
    """Return whether every turn is in the index, and up to which rowid entries may not be folded.

    The latter is -1 where the index does not tell at all: a SQLite without FTS5 adds no turns.
    """
    if not has_words(connection):
        return False, -1
    unsure = left_to_fold(connection)
    turns, indexed = _counts(connection, 0)
    if turns == indexed:
        return True, unsure
    turns, indexed = _counts(connection, unsure)
    return False, unsure if turns == indexed else -1


def _counts(connection: sqlite3.Connection, above: int) -> tuple[int, int]:
    """Return how many turns there are with a rowid `above` that, and how many are indexed."""
    query = (
        "SELECT (SELECT count(*) FROM turns WHERE rowid > ?),"
        " (SELECT count(*) FROM turn_words_docsize WHERE id > ?)"
    )
    turns, indexed = connection.execute(query, (above, above)).fetchone()
    return int(turns), int(indexed)


def record_holds(record: dict[str, Any], terms: list[str]) -> bool:
    """Whether every one of `terms` is in a record that was made plain."""
    text = folded(words_of(record))
    return all(folded(term) in text for term in terms)
