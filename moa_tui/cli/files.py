"""Files that a command writes for the person."""

from collections.abc import Iterable
from pathlib import Path

from moa_tui.errors import MoaError


def write_whole(
    path: Path,
    document: Iterable[str],
    *,
    replace: bool,
    advice: str = "name another file with -o",
) -> None:
    """Write a document to a file, whole or not at all; raises MoaError, with the `advice`.

    A file that is there already is only written over where `replace` says so.
    """
    from moa_tui.private_files import write_atomically, write_new

    pieces = (piece.encode("utf-8", "replace") for piece in document)
    try:
        if replace:
            write_atomically(path, pieces)
        else:
            write_new([path], pieces)
    except FileExistsError:
        raise MoaError(f"{path} is there already", "add --force to replace it") from None
    except OSError as error:
        raise MoaError(f"{path} cannot be written: {error.strerror}", advice) from None
