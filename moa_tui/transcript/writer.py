"""The history's writer: a thread that owns the writing connection.

A screen that hangs on a slow terminal, or a disk that is slow, must not keep the other from its
work. Turns are written while they run, a few times a second, and once more when they have ended.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from moa_tui.engine.prompts import Exchange
from moa_tui.transcript.record import TurnRecord
from moa_tui.transcript.rows import Branch
from moa_tui.transcript.store import Store
from moa_tui.transcript.turn_log import EndedTurn, OpenTurn, TurnLog

FLUSH_INTERVAL = 0.25
"""Seconds between two writes of a turn that runs."""

RETRY_DELAYS = (1.0, 2.0, 5.0, 15.0)
"""Seconds until writing is tried again; the last one goes on."""

_MOST_WAITING = 500
"""Ended turns kept in memory while the history cannot be written; older ones are given up."""


class HistoryWriter:
    """Takes turns and writes them, in order, without keeping anyone waiting.

    `on_trouble` is called from the writing thread: once when the history cannot be written, once
    when it had to be set aside. The program goes on, and what is recoverable is tried again.
    """

    def __init__(self, path: Path, on_trouble: Callable[[str], None]) -> None:
        self._store = Store(path, on_trouble)
        self._begun: deque[TurnLog] = deque()
        self._saved: deque[EndedTurn] = deque()
        self._open: list[OpenTurn] = []
        self._waiting: deque[EndedTurn] = deque(maxlen=_MOST_WAITING)
        self._closing = False
        self._failures = 0
        self._retry_at = 0.0
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def begin(
        self,
        conversation: str = "",
        roster: str = "",
        preset: str = "",
        together: int = 0,
        earlier: Sequence[Exchange] = (),
        branch: Branch | None = None,
    ) -> TurnLog:
        """Return the log of a turn that begins: give its `record` every event of the turn.

        Of a turn that is taken up again, the first `together` events are those that were kept.
        `earlier` is what was said before in the conversation: its turns keep that, and those of
        the conversation that it goes on from, by `branch`.
        """
        wake = self._wake.set
        log = TurnLog(conversation, roster, preset, wake, together, tuple(earlier), branch)
        self._begun.append(log)
        self._wake.set()
        return log

    def save(self, record: TurnRecord) -> None:
        """Have a turn written that was not recorded while it ran; returns at once."""
        self._saved.append(EndedTurn(record))
        self._wake.set()

    def close(self, timeout: float = 5.0) -> None:
        """Wait up to `timeout` seconds until everything is written.

        Turns that have not ended stay open, to be found by `interrupted_turns`.
        """
        self._closing = True
        self._wake.set()
        self._thread.join(timeout)

    def _run(self) -> None:
        closing = False
        while not closing:
            self._wake.wait(self._pause())
            self._wake.clear()
            closing = self._closing  # asked before taking: what came earlier is taken below
            self._take()
            if closing or time.monotonic() >= self._retry_at:
                self._write()
            if not (self._open or self._waiting):
                self._store.keep_up()
        self._store.close()

    def _pause(self) -> float | None:
        """Return the seconds until there may be something to do; None if somebody will call."""
        if self._open:
            return FLUSH_INTERVAL
        if self._waiting:
            return max(0.0, self._retry_at - time.monotonic())
        return FLUSH_INTERVAL if self._store.has_upkeep else None

    def _take(self) -> None:
        while self._saved:
            self._waiting.append(self._saved.popleft())
        while self._begun:
            self._open.append(OpenTurn(self._begun.popleft()))
        self._open = [turn for turn in self._open if self._follow(turn)]

    def _follow(self, turn: OpenTurn) -> bool:
        """Fetch what `turn` has reported; return whether it goes on."""
        try:
            turn.take()
            if turn.ended:
                self._waiting.append(turn.as_ended())
        except Exception as error:  # noqa: BLE001 - the boundary of the thread: all is told
            self._store.give_up(turn.name, error)
            return False
        return not turn.ended

    def _write(self) -> None:
        written = self._store.write(self._waiting, self._open)
        self._failures = 0 if written else self._failures + 1
        delay = RETRY_DELAYS[min(self._failures, len(RETRY_DELAYS)) - 1] if self._failures else 0.0
        self._retry_at = time.monotonic() + delay
