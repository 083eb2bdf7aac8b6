"""A file read once: what is judged, hashed and used are the same bytes of the same file.

It is opened a single time. Everything that is known of it afterwards (its content, its owner, the
path it really has) comes from that descriptor and not from its name, under which somebody else
may have put another file meanwhile.
"""

import hashlib
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from moa_tui.errors import MoaError
from moa_tui.roster.document import MAX_BYTES
from moa_tui.text import clean_line

# A pipe would otherwise be waited for until somebody writes into it.
_READ_ONLY = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_TRIES = 10
"""Openings of a file that is replaced while it is read, as an editor does when it saves."""


@dataclass(frozen=True, slots=True)
class Source:
    """What was read: `path` is where the file that was read is, whatever links led to it.

    `named` is the path it was asked for by, `status` what the descriptor says of the file.
    """

    named: Path
    path: Path
    content: bytes
    status: os.stat_result

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read."""
        return hashlib.sha256(self.content).hexdigest()

    def is_file(self, path: Path) -> bool:
        """Whether `path` is the file that was read."""
        with suppress(OSError):
            return os.path.samestat(self.status, path.stat())
        return False


def read_once(path: Path, origin: str) -> Source:
    """Read the file at `path`, a byte more than an agents.yaml may have; raises MoaError."""
    name = clean_line(str(path), 4096)
    try:
        for _ in range(_TRIES):
            if (source := _read(path, name, origin)) is not None:
                return source
    except FileNotFoundError:
        raise MoaError(
            f"{name} does not exist ({origin})", "check the path, or leave it out"
        ) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MoaError(f"{name} cannot be read: {reason}", "check the path") from None
    raise MoaError(
        f"{name} is exchanged for another file again and again while it is read",
        "see who writes there, then try again",
    )


def _read(path: Path, name: str, origin: str) -> Source | None:
    """Return what is in the file now at `path`; None where another has taken its place."""
    descriptor = os.open(path, _READ_ONLY)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise MoaError(f"{name} is not a file ({origin})", "give the path of a file")
        real = next((p for p in _paths(descriptor, path) if _is(p, status)), None)
        if real is None:
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return Source(path, real, file.read(MAX_BYTES + 1), status)
    finally:
        os.close(descriptor)


def _paths(descriptor: int, path: Path) -> Iterator[Path]:
    """Yield what may be the real path of an open file: as the system has it, then by its name."""
    with suppress(OSError):
        yield Path(f"/proc/self/fd/{descriptor}").readlink()
    if sys.platform == "darwin":
        import fcntl  # noqa: PLC0415 - not everywhere

        with suppress(OSError):
            found = fcntl.fcntl(descriptor, fcntl.F_GETPATH, bytes(1024))
            yield Path(os.fsdecode(found.partition(b"\0")[0]))
    yield Path(os.path.realpath(path))


def _is(path: Path, status: os.stat_result) -> bool:
    with suppress(OSError, ValueError):
        return os.path.samestat(path.lstat(), status)
    return False
