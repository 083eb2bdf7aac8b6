"""Whether a folder's file system keeps locks: one that is mounted without them refuses every lock.

SQLite cannot tell that from a lock that somebody holds, and would wait for nobody.
"""

import errno
import fcntl
import tempfile
from functools import cache
from pathlib import Path

_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL}


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
