"""A damaged history makes room for a new one. It is renamed; nothing is ever deleted."""

import fcntl
import os
import time
from contextlib import suppress
from pathlib import Path

from moa_tui.locks import lock

_BESIDE = ("-wal", "-shm", "-journal")


def identity(path: Path) -> tuple[int, int] | None:
    """Return what tells the file at `path` from another that takes its place; None if missing."""
    with suppress(OSError):
        found = path.lstat()
        return (found.st_dev, found.st_ino)
    return None


def set_aside(path: Path, damaged: tuple[int, int] | None) -> Path | None:
    """Rename the history that is `damaged` and what belongs to it; deletes nothing.

    Returns the new name, or None when another program was quicker. Raises OSError.
    """
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        lock(folder, fcntl.LOCK_EX)
        if damaged is None or identity(path) != damaged:
            return None
        name = f"{path.name}.corrupt-{time.strftime('%Y%m%d-%H%M%S')}"
        aside = path.with_name(name)
        number = 1
        while os.path.lexists(aside):
            number += 1
            aside = path.with_name(f"{name}-{number}")
        # The log first: SQLite would play it into the next database of this name.
        for suffix in (*_BESIDE, ""):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
        return aside
    finally:
        os.close(folder)


def aside_of(path: Path) -> list[Path]:
    """Return the histories that were set aside from `path`, the newest first."""
    found = path.parent.glob(f"{path.name}.corrupt-*")
    return sorted((p for p in found if not p.name.endswith(_BESIDE)), reverse=True)
