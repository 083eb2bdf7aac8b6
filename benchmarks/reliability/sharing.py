"""Four programs that write to one history at the same time: how many of their turns are missing."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Figure
from moa_tui.transcript.history import list_turns
from tests.transcript.children import write_at_once, written_names

_PROGRAMS = 4


def figures(*, quick: bool) -> Iterator[Figure]:
    """Yield what was lost."""
    turns = 50 if quick else 300
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.db"
        told = [words for words in write_at_once(path, _PROGRAMS, turns) if words]
        kept = {summary.turn for summary in list_turns(path, 100_000)}
    missing = set(written_names(_PROGRAMS, turns)) - kept
    value = f"{len(missing)} of {_PROGRAMS * turns:,}"
    yield Figure(f"writes lost by {_PROGRAMS} programs × {turns}, one history", value, "0")
    yield Figure("complaints of theirs", str(len(told)), "0")
