"""Files and folders of the program's own: their owner's only, never through a link, whole or not.

What another user could have put in our place is refused, not followed: a link would have us write
into, or hand out, a file that is somewhere else.
"""

import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from moa_tui.errors import RefusedFileError

_FOR_OTHERS = 0o077
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe that somebody put in the place of a file would otherwise be waited for.
_THERE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def private_folder(path: Path) -> Path:
    """Make `path` and those of its parents that are missing, 0700, and return it.

    One that is there is closed to others, or refused if it is another user's: RefusedFileError.
    Raises OSError where it cannot be made. A link to a folder of one's own is one's own affair.
    """
    if not path.parent.exists():
        private_folder(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
    _require_own(path, path.lstat())
    found = path.stat()
    _require_own(path, found)
    if not stat.S_ISDIR(found.st_mode):
        raise RefusedFileError(path, "it is no folder")
    if found.st_mode & _FOR_OTHERS:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_FOR_OTHERS)
    return path


def claim(path: Path) -> None:
    """Make an empty file, 0600, unless it is there; see to it that it is ours alone.

    Opens nothing that is there already. Raises RefusedFileError and OSError.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, _NEW, 0o600))
    found = path.lstat()
    _require_own_file(path, found)
    if found.st_mode & _FOR_OTHERS:
        path.chmod(stat.S_IMODE(found.st_mode) & ~_FOR_OTHERS)


def refuse_foreign(path: Path) -> None:
    """Raise RefusedFileError if anything but a file of ours is at `path`; nothing may be there."""
    with suppress(FileNotFoundError):
        _require_own_file(path, path.lstat())


def create_private(path: Path) -> BinaryIO:
    """Make a file that is not there yet, 0600, and open it for writing; raises FileExistsError."""
    return os.fdopen(os.open(path, _NEW, 0o600), "wb")


def open_private(path: Path) -> BinaryIO:
    """Open a file of ours for reading, closing it to others if it was not.

    Raises FileNotFoundError, RefusedFileError and OSError.
    """
    _require_own_file(path, path.lstat())
    descriptor = os.open(path, _THERE)
    try:
        # Looked at again: it may have been exchanged since.
        found = os.fstat(descriptor)
        _require_own_file(path, found)
        if found.st_mode & _FOR_OTHERS:
            os.fchmod(descriptor, stat.S_IMODE(found.st_mode) & ~_FOR_OTHERS)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Put `content` at `path`, 0600, in the place of a file of ours that may be there.

    When anything fails, a full disk included, the old content is still there and nothing is left
    beside it. Raises RefusedFileError and OSError.
    """
    refuse_foreign(path)
    with _written_beside(path, content) as begun:
        begun.replace(path)
    _keep_name(path.parent)


def write_new(paths: Iterable[Path], content: bytes | Iterable[bytes]) -> Path:
    """Put `content`, 0600, at the first of `paths` that is free, and return it.

    They are of one folder. Until all of it is written nothing stands there, and nothing is left of
    what could not be. Raises FileExistsError where none is free, and OSError.
    """
    names = iter(paths)
    path = next(names)
    with _written_beside(path, content) as begun:
        while True:
            try:
                _name(begun, path)
            except FileExistsError:
                following = next(names, None)
                if following is None:
                    raise
                path = following
            else:
                break
    _keep_name(path.parent)
    return path


def _name(begun: Path, path: Path) -> None:
    """Give a file that is whole its name, unless something stands there."""
    try:
        os.link(begun, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:
        # A file system that gives a file one name only: nobody else knows this one, so that the
        # moment between the two steps is a program's of the same person at worst.
        os.close(os.open(path, _NEW, 0o600))
        begun.replace(path)


@contextmanager
def _written_beside(path: Path, content: bytes | Iterable[bytes]) -> Iterator[Path]:
    """Give a file that holds all of `content`, on the disk; it is gone afterwards, unless moved."""
    begun = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}")
    try:
        with create_private(begun) as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            # Before the name: after a power cut it must not stand for an empty file.
            os.fsync(file.fileno())
        yield begun
    finally:
        begun.unlink(missing_ok=True)


def _keep_name(folder: Path) -> None:
    # Some file systems cannot do this; the content is safe without it.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _require_own_file(path: Path, found: os.stat_result) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise RefusedFileError(path, "a folder is in its place")
    if stat.S_ISLNK(found.st_mode):
        raise RefusedFileError(path, "a link is in its place")
    if not stat.S_ISREG(found.st_mode):
        raise RefusedFileError(path, "it is no ordinary file")
    _require_own(path, found)


def _require_own(path: Path, found: os.stat_result) -> None:
    if found.st_uid != os.geteuid():
        raise RefusedFileError(path, "it belongs to another user")
