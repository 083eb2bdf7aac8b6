"""Standard output and standard error that can always be written to.

Either may be closed, on a full disk, a pipe that nobody reads any more, or in an encoding that
lacks what is to be printed. None of that may cost an answer that has been paid for: what cannot be
written is dropped and remembered, what cannot be encoded is escaped. A command prints as usual,
and its end tells what became of it.
"""

import codecs
import errno
import io
import os
import sys

from moa_tui.cli.exits import Exit

TYPE_CHECKING = False  # typing's own costs as much to import as `--version` may take
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from _typeshed import ReadableBuffer

_CLOSED = "it is closed"


class _Standard(io.RawIOBase):
    """The bytes of a standard stream: after the first failure they are dropped."""

    def __init__(self, number: int, *, closed: bool = False) -> None:
        self.failure = ""
        """Why it could not be written; empty as long as all was."""
        self.gone = False
        """Whether that is because whoever read it has gone."""
        self._number = number
        self._closed = closed

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return not self._closed and os.isatty(self._number)

    def write(self, data: "ReadableBuffer", /) -> int:
        rest = memoryview(data).cast("B")
        if rest and self._closed:
            self.failure = _CLOSED
        while rest and not self.failure:
            try:
                rest = rest[os.write(self._number, rest) :]
            except BlockingIOError:
                _wait_for(self._number)
            except OSError as error:
                self.failure = error.strerror or type(error).__name__
                self.gone = error.errno in {errno.EPIPE, errno.ECONNRESET}
        return memoryview(data).nbytes


def _escaped(text: str) -> str:
    units = text.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _wait_for(number: int) -> None:
    """Wait until a descriptor that another program made non-blocking takes more."""
    import select

    select.select([], [number], [])


class Escapes:
    r"""Writes characters that an encoding lacks as JSON does, `\u00e9`, and remembers that."""

    def __init__(self) -> None:
        self.used = False

    def __call__(self, error: UnicodeError) -> tuple[str, int]:
        """Return what stands for the characters of `error`, and where to go on."""
        if not isinstance(error, UnicodeEncodeError):
            raise error
        self.used = True
        return _escaped(error.object[error.start : error.end]), error.end


class Streams:
    """The standard streams of this process, from `install` on."""

    def __init__(self) -> None:
        closed = [number for number in (0, 1, 2) if not _is_open(number)]
        for number in closed:
            _occupy(number)
        if 0 in closed or sys.stdin is None:
            sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        self.out = _Standard(1, closed=1 in closed)
        self.escapes = Escapes()
        self.told = False
        """Whether the person has been told already that it cannot be written."""
        sys.stdout = _text(self.out, sys.stdout, self.escapes)
        sys.stderr = _text(_Standard(2, closed=2 in closed), sys.stderr, Escapes(), each_line=True)

    @property
    def trouble(self) -> str:
        """Why standard output cannot be written; empty as long as it can."""
        sys.stdout.flush()
        return self.out.failure

    def finish(self, code: int) -> int:
        """Say what could not be printed as it is; return the exit code, `code` if all is well."""
        trouble, told = self.trouble, self.told
        if self.escapes.used and not trouble:
            encoding = sys.stdout.encoding
            print(
                f"moa-tui: standard output is {encoding}: characters that it lacks are printed"
                " as \\u escapes; PYTHONIOENCODING=utf-8 prints them as they are",
                file=sys.stderr,
            )
        if trouble and not (told or self.out.gone):
            print(f"moa-tui: standard output cannot be written: {trouble}", file=sys.stderr)
        sys.stderr.flush()
        return Exit.NOT_PRINTED if trouble and code == Exit.OK else code


_installed: Streams | None = None


def install() -> Streams:
    """Make the standard streams of this process ones that can always be written to."""
    global _installed  # noqa: PLW0603 - a process has one standard output
    _installed = _installed or Streams()
    return _installed


def trouble() -> str:
    """Why standard output cannot be written, for whoever tells it; empty as long as it can."""
    if _installed is None:
        return ""
    trouble = _installed.trouble
    _installed.told = bool(trouble)
    return trouble


def json_safe(document: str) -> str:
    r"""Return JSON as standard output can hold it: with `\u` escapes where that is no UTF-8."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    if document.isascii() or codecs.lookup(encoding).name == "utf-8":
        return document
    return "".join(char if char.isascii() else _escaped(char) for char in document)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _occupy(number: int) -> None:
    """Have a closed descriptor lead nowhere: the next file opened would be printed into."""
    opened = os.open(os.devnull, os.O_RDWR)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)


def _text(
    raw: _Standard,
    before: "TextIO | None",
    escapes: "Callable[[UnicodeError], tuple[str, int]]",
    *,
    each_line: bool = False,
) -> io.TextIOWrapper:
    name = f"moa-tui-{raw.fileno()}"
    codecs.register_error(name, escapes)
    encoding = getattr(before, "encoding", None) or "utf-8"
    lines = each_line or raw.isatty()
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding, name, line_buffering=lines)
