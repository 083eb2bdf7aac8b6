"""What the tests of the history save, and how they look at it."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from moa_tui.engine.events import Outcome
from moa_tui.state import TurnState
from moa_tui.transcript.history import HistoryWriter, list_turns
from moa_tui.transcript.record import TurnRecord, record_of

EMPTY = record_of(
    TurnState(
        turn="t0",
        question="Why?",
        answer="Because.",
        answer_outcome=Outcome.COMPLETE,
        started_at=1.7e9,
    )
)


def turn(name: str, second: int = 0, question: str = "Why?") -> TurnRecord:
    """Return a record, begun `second` seconds after the others."""
    return replace(
        EMPTY,
        turn=name,
        question=question,
        started_at=f"2026-01-01T00:{second // 60:02}:{second % 60:02}.000+00:00",
        outcome="complete",
        seconds=1.5,
        output_tokens=42,
    )


def save(path: Path, *records: TurnRecord) -> list[str]:
    """Save `records`; return what was told meanwhile."""
    told: list[str] = []
    writer = HistoryWriter(path, told.append)
    for record in records:
        writer.save(record)
    writer.close()
    return told


def names(path: Path, limit: int = 1000) -> list[str]:
    return [summary.turn for summary in list_turns(path, limit)]


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return as soon as `condition` holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.005)
