"""Recordings that a command makes."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui.cli.files import write_whole
from moa_tui.errors import MoaError

if TYPE_CHECKING:
    from moa_tui.engine.events import TurnEvent


def require_free(path: Path, option: str = "--record") -> None:
    """Raise MoaError if nothing can be made at `path`, before work is done that it is for."""
    if path.is_symlink() or path.exists():
        raise MoaError(f"{path} is there already", f"name another file with {option}")
    if not path.parent.is_dir():
        raise MoaError(f"there is no folder {path.parent}", f"name another file with {option}")


def save_recording(path: Path, events: "Sequence[TurnEvent]") -> None:
    """Write a recording of `events`; raises MoaError."""
    from moa_tui.transcript.recording import recorded

    write_whole(path, recorded(events), replace=False)
