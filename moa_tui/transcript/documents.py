"""Turns of the history as documents of any form: the one place where the forms are told apart."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from moa_tui.errors import MoaError, RecordingError
from moa_tui.transcript.export import exported
from moa_tui.transcript.history import each_record
from moa_tui.transcript.kept_events import kept_events
from moa_tui.transcript.page import as_page
from moa_tui.transcript.recording import recorded

FORMS = {
    "md": "md",
    "json": "json",
    "jsonl": "jsonl",
    "html": "html",
    "recording": "recording.jsonl",
}
"""Forms, and how the names of their files end."""


def document(path: Path, turns: Sequence[str], form: str) -> Iterable[str]:
    """Return a document of `turns`, of all without, in one of FORMS; raises MoaError."""
    if form == "recording":
        return _recording(path, turns)
    records = each_record(path, turns or None)
    if form == "html":
        return as_page((record, kept_events(path, str(record["turn"]))) for record in records)
    return exported(records, form)


def _recording(path: Path, turns: Sequence[str]) -> Iterable[str]:
    if len(turns) != 1:
        raise MoaError("a recording is of one turn", "name it: moa-tui history export TURN …")
    events = kept_events(path, turns[0])
    if not events:
        raise RecordingError(
            f"the turn {turns[0]} was kept without its times, by an earlier version",
            "turns from now on have them; or: moa-tui run --record FILE",
        )
    return recorded(events)
