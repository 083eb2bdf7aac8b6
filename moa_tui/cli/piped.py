"""What is piped into a command, whatever standard input is."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from moa_tui.errors import MoaError


def read_piped(most: int) -> str:
    """Return at most `most` characters of standard input; raises MoaError where it is no text.

    It is read as UTF-8, and in its own encoding where it is none. Closed, it is empty.
    """
    if sys.stdin is None:
        return ""
    with _told("give the question as an argument"):
        raw = getattr(sys.stdin, "buffer", None)
        if raw is None:
            return sys.stdin.read(most)
        return _decoded(raw.read(4 * most), sys.stdin.encoding)[:most]


def read_piped_line(most: int, otherwise: str) -> str:
    """Return the first line of standard input; raises MoaError, with what to do `otherwise`."""
    if sys.stdin is None:
        return ""
    with _told(otherwise):
        raw = getattr(sys.stdin, "buffer", None)
        if raw is None:
            return sys.stdin.readline(most)
        return _decoded(raw.readline(most), sys.stdin.encoding)


def read_piped_bytes(most: int, otherwise: str) -> bytes:
    """Return at most `most` bytes of it; raises MoaError, with what to do `otherwise`."""
    if sys.stdin is None:
        return b""
    with _told(otherwise):
        return sys.stdin.buffer.read(most)


@contextmanager
def _told(otherwise: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is closed"
        raise MoaError(f"standard input cannot be read: {reason}", otherwise) from None


def _decoded(source: bytes, encoding: str) -> str:
    for name in ("utf-8-sig", encoding):
        try:
            text = source.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
        return text.replace("\r\n", "\n").replace("\r", "\n")
    raise MoaError(
        f"standard input is no text: it is neither UTF-8 nor {encoding}",
        "convert it first, with iconv for example",
    )
