"""Whether files have changed: looked at by time, size and number, as often as somebody asks."""

from collections.abc import Callable, Iterable
from pathlib import Path

EVERY = 1.0
"""Seconds between two looks at files that a person may be editing."""

SETTLING = 0.1
"""Seconds in which a file that has changed is looked at again: it may be half written."""

Look = dict[Path, tuple[int, int, int] | None]


class FileWatch:
    """Remembers what the files of `which` looked like; `changed` compares, and remembers anew."""

    def __init__(self, which: Callable[[], Iterable[Path]]) -> None:
        self._which = which
        self._seen = self.look()

    def changed(self) -> bool:
        """Return whether a file has changed, come or gone since this was asked last."""
        before, self._seen = self._seen, self.look()
        return before != self._seen

    def look(self) -> Look:
        """Return what the files look like now; None for one that is not there."""
        return {path: _look_at(path) for path in self._which()}


def _look_at(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
