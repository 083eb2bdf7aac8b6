"""The writing thread's hold on the history: one connection, and what is done when it fails."""

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from moa_tui.errors import HistoryError
from moa_tui.text import clean
from moa_tui.transcript import database
from moa_tui.transcript.connection import Connection
from moa_tui.transcript.presence import Presence
from moa_tui.transcript.rows import begin_open, keep_events, keep_turn
from moa_tui.transcript.setting_aside import identity, set_aside
from moa_tui.transcript.turn_log import EndedTurn, OpenTurn
from moa_tui.transcript.upkeep import keep_up

_REFUSED = (sqlite3.Error, OSError, HistoryError)
_NOT_STORABLE = (sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.IntegrityError)
_WITHOUT_LOCKS = "the history is kept all the same, with a lock in a file beside it"


class Store:
    """Writes to the history at `path`; tells `on_trouble` once of each kind of trouble."""

    def __init__(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        self._path = path
        self._on_trouble = on_trouble
        self._told: set[str] = set()
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._presence: Presence | None = None
        self.has_upkeep = False

    def write(self, ended: deque[EndedTurn], running: Sequence[OpenTurn]) -> bool:
        """Write the `ended` turns, taking out those that are done with, and what is new of others.

        Returns whether all was written; if not, the rest may be given again.
        """
        if not ended and not any(turn.pending for turn in running):
            return True
        for _ in range(2):
            try:
                self._write(ended, running)
            except _REFUSED as refused:
                self._disconnect()
                error = database.seen_through(refused, self._path)
                # Where a damaged file was set aside, a new one is written to at once.
                if not (database.is_damaged(error) and self._set_aside()):
                    if isinstance(error, HistoryError):
                        self._refuse(error.message, error.advice)
                    else:
                        self._refuse(database.reason(error))
                    return False
            else:
                return True
        return False

    def keep_up(self) -> None:
        """Do a little of what is still to be done to the file, if it is open."""
        if self._connection and self.has_upkeep:
            try:
                self.has_upkeep = keep_up(self._connection)
            except sqlite3.Error:
                self.has_upkeep = False  # the next connection tries again; a search reads records

    def close(self) -> None:
        """Let go of the file."""
        self._disconnect()
        if self._presence:
            self._presence.close()

    def give_up(self, turn: str, error: Exception) -> None:
        """Tell that a turn is not kept, because of what is in it."""
        self._tell("turn", f"the turn {turn} is not kept in the history: {error}")

    def _write(self, ended: deque[EndedTurn], running: Sequence[OpenTurn]) -> None:
        connection = self._connected(running)
        while ended:
            turn = ended[0]
            change = partial(keep_turn, connection, turn.record, turn.batches, turn.branch)
            self._keep(turn.record.turn, connection, change)
            ended.popleft()
        for going in running:
            if going.pending:
                count = len(going.batches)
                self._keep(going.name, connection, partial(self._extend, connection, going))
                going.written = count

    def _keep(self, turn: str, connection: sqlite3.Connection, change: Callable[[], None]) -> None:
        """Make one change of the database; a turn that cannot be stored is given up."""
        try:
            with connection:
                change()
        except Exception as error:  # one turn must not keep out the others
            if isinstance(error, sqlite3.IntegrityError):
                # In a damaged table a row may seem to be there twice.
                database.require_sound(connection)
            if isinstance(error, _REFUSED) and not isinstance(error, _NOT_STORABLE):
                raise
            self.give_up(turn, error)

    def _extend(self, connection: sqlite3.Connection, turn: OpenTurn) -> None:
        if self._presence is None:
            self._presence = Presence(self._path)
        row = turn.row(self._presence.name)
        if not turn.written:
            begin_open(connection, row)
        keep_events(connection, row.turn, turn.written, turn.batches[turn.written :])

    def _connected(self, running: Sequence[OpenTurn]) -> Connection:
        """Return a connection to the file at the path, which may be another than before."""
        found = identity(self._path)
        if self._connection and found == self._identity:
            return self._connection
        self._disconnect()
        if found != self._identity:
            self._begin_again(running)
            self._identity = found
        self._connection = database.connect(self._path)
        self._identity = identity(self._path)
        self.has_upkeep = True
        if self._connection.own_lock:
            self._tell("locks", f"{self._path.parent} keeps no file locks: {_WITHOUT_LOCKS}")
        return self._connection

    def _begin_again(self, running: Sequence[OpenTurn]) -> None:
        """Have everything of the running turns written to another file than before."""
        for turn in running:
            turn.written = 0
        if self._presence:
            self._presence.close()
            self._presence = None

    def _disconnect(self) -> None:
        if self._connection:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def _set_aside(self) -> bool:
        """Set the damaged file aside; return whether another one can be written to."""
        try:
            aside = set_aside(self._path, self._identity)
        except OSError as error:
            self._refuse(f"it is damaged and cannot be set aside: {error.strerror}")
            return False
        if aside:
            said = f"the history {self._path} was damaged; it was set aside as {aside.name}"
            self._tell("damaged", f"{said}, and a new one was begun — {database.RECOVER}")
        return True

    def _refuse(self, reason: str, advice: str = "") -> None:
        said = f"the history cannot be written to {self._path}: {reason}"
        then = "moa-tui goes on, and tries again from time to time"
        self._tell("refused", f"{said} — {advice + '; ' if advice else ''}{then}")

    def _tell(self, kind: str, message: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            # Whoever listens may be closing; the history must not end with it.
            with suppress(Exception):
                self._on_trouble(clean(message))
