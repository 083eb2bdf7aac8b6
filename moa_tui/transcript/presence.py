"""Which programs are still there: each writer of a history holds a lock for as long as it lives.

The system frees the lock however the program ends. A process number would say less: it is given
again after a restart, and means another process in another container with the same home.
"""

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path

from moa_tui.private_files import private_folder

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class Presence:
    """Says to others, until it is closed or the process ends, that the writer `name` lives."""

    def __init__(self, history: Path) -> None:
        self.name = secrets.token_hex(8)
        self._path = _lock_file(history, self.name)
        private_folder(self._path.parent)
        self._file = os.open(self._path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def close(self) -> None:
        """Be gone; the second call does nothing."""
        if self._file >= 0:
            with suppress(OSError):
                self._path.unlink()
            os.close(self._file)
            self._file = -1


def is_present(history: Path, name: str) -> bool:
    """Whether the writer `name` of `history` still lives; yes when that cannot be found out."""
    if not name.isalnum():  # nothing of ours, and it must not lead to another folder
        return False
    try:
        file = os.open(_lock_file(history, name), _FLAGS)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def forget(history: Path, name: str) -> None:
    """Tidy up what a writer that is gone has left behind."""
    if name.isalnum() and not is_present(history, name):
        with suppress(OSError):
            _lock_file(history, name).unlink()


def _lock_file(history: Path, name: str) -> Path:
    return history.with_name(f"{history.name}.writers") / name
