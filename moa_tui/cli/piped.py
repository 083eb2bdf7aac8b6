"""What is piped into a command, whatever standard input is."""

import sys

from moa_tui.errors import MoaError


def read_piped(most: int) -> str:
    """Return at most `most` characters of standard input; raises MoaError where it is no text.

    It is read as UTF-8, and in its own encoding where it is none. Closed, it is empty.
    """
    if sys.stdin is None:
        return ""
    try:
        raw = getattr(sys.stdin, "buffer", None)
        if raw is None:
            return sys.stdin.read(most)
        return _decoded(raw.read(4 * most), sys.stdin.encoding)[:most]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is closed"
        raise MoaError(
            f"standard input cannot be read: {reason}", "give the question as an argument"
        ) from None


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
