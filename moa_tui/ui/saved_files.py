"""Files that the app writes for the person: where they go, and under which name."""

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import count
from pathlib import Path

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.private_files import private_folder, write_new


def save(stem: str, suffix: str, document: Iterable[str]) -> Path:
    """Write `document` to a new file, 0600, and return its path; raises MoaError."""
    folder = paths.downloads_dir()
    try:
        if folder is None:
            folder = private_folder(paths.exports_dir())
        return _write(folder, stem, suffix, document)
    except OSError as error:
        where = folder or paths.exports_dir()
        raise MoaError(
            f"nothing can be saved in {where}: {error.strerror}", "make room, or look at its owner"
        ) from None


def stem(question: str, moment: datetime) -> str:
    """Return the beginning of a file's name: of when it was, and of what."""
    words = re.findall(r"[a-z0-9]+", question[:200].lower())[:6]
    return "-".join(["moa-tui", moment.strftime("%Y%m%d-%H%M%S"), *words])


def _write(folder: Path, stem: str, suffix: str, document: Iterable[str]) -> Path:
    names = (folder / f"{stem}{f'-{number}' if number > 1 else ''}.{suffix}" for number in count(1))
    return write_new(names, (piece.encode("utf-8", "replace") for piece in document))
