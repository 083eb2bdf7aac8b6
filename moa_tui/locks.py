"""Whether a folder's file system keeps locks: one that is mounted without them refuses every lock.

SQLite cannot tell that from a lock that somebody holds, and would wait for nobody.
"""

import errno
import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}

_PATIENCE, _BETWEEN = 5.0, 0.02
"""Seconds."""


def refused_for_good(error: OSError) -> bool:
    """Whether a lock was not given because there are none, rather than because it is held."""
    return error.errno in _NO_LOCKS


def keeps_locks(folder: Path) -> bool:
    """Whether files in `folder` can be locked; yes where that cannot be found out."""
    try:
        return _keeps_locks(folder, folder.stat().st_dev)
    except OSError:
        return True


@cache
def _keeps_locks(folder: Path, _device: int) -> bool:
    with tempfile.TemporaryFile(dir=folder, prefix=".lock-") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            return not refused_for_good(error)
        return True


def lock(file: int, kind: int) -> bool:
    """Lock a file or folder; returns False where its file system keeps no locks.

    Raises OSError where somebody else has it and `kind` says not to wait.
    """
    try:
        fcntl.flock(file, kind)
    except OSError as error:
        if not refused_for_good(error):
            raise
        return False
    return True


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Read, change and write a file of `folder` while no other program does so.

    Nobody is waited for without end: where there are no locks, or one is held for seconds, it is
    done all the same, and is as safe as a single write.
    """
    try:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:  # whoever writes there tells of it
        yield
        return
    try:
        until = time.monotonic() + _PATIENCE
        while not _tried(file) and time.monotonic() < until:
            time.sleep(_BETWEEN)
        yield
    finally:
        os.close(file)


def _tried(file: int) -> bool:
    """Lock, and return whether there is anything to wait for no longer."""
    with suppress(BlockingIOError):
        lock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
