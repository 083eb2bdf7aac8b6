"""Which programs are still there: each writer of a history holds a lock for as long as it lives.

The system frees the lock however the program ends. A process number would say less: it is given
again after a restart, and means another process in another container with the same home. Where the
file system keeps no locks, the file says which process of which boot it is, which is next best.
"""

import fcntl
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path

from moa_tui.locks import lock, refused_for_good
from moa_tui.private_files import private_folder

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC


class Presence:
    """Says to others, until it is closed or the process ends, that the writer `name` lives."""

    def __init__(self, history: Path) -> None:
        self.name = secrets.token_hex(8)
        self._path = _lock_file(history, self.name)
        private_folder(self._path.parent)
        self._file = os.open(self._path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        if not lock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB):
            os.write(self._file, _process(os.getpid()).encode())

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
    except OSError as error:
        return not refused_for_good(error) or _runs(os.read(file, 200).decode("ascii", "replace"))
    finally:
        os.close(file)
    return False


def _process(number: int) -> str:
    """Say which process a number means now: of this machine, since it was started; or nothing."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # After the name, which may hold anything: the 20th figure is when the process began.
        began = Path(f"/proc/{number}/stat").read_text(errors="replace").rpartition(")")[2]
        return f"{socket.gethostname()} {boot} {number} {began.split()[19]}"
    except (OSError, IndexError):
        return ""


def _runs(told: str) -> bool:
    """Whether the process that `told` means still runs; yes where that cannot be found out."""
    parts = told.split()
    if len(parts) != 4 or not parts[2].isdecimal():
        return True
    mine = _process(os.getpid()).split()
    return parts[:2] != mine[:2] or _process(int(parts[2])) == told


def forget(history: Path, name: str) -> None:
    """Tidy up what a writer that is gone has left behind."""
    if name.isalnum() and not is_present(history, name):
        with suppress(OSError):
            _lock_file(history, name).unlink()


def _lock_file(history: Path, name: str) -> Path:
    return history.with_name(f"{history.name}.writers") / name
