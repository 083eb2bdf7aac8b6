"""The theme that was chosen last: kept in the state folder, read before the first frame."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Literal

from moa_tui import paths

_MOST = 4096


def remembered_theme(path: Path | None = None, *, since: Path | Literal[False] = False) -> str:
    """Return the name of the theme that was chosen last; empty if none was, or it is not known.

    Nor does it count if the file `since`, which says another one, was written after the choice.
    """
    path = path or _file()
    try:
        # A pipe or a device in its place would be waited for.
        if not path.is_file() or (since and since.stat().st_mtime_ns > path.stat().st_mtime_ns):
            return ""
        with path.open("rb") as file:
            name = json.loads(file.read(_MOST))["theme"]
    except (OSError, ValueError, TypeError, KeyError):
        return ""
    return name if isinstance(name, str) else ""


def remember_theme(name: str, path: Path | None = None) -> None:
    """Keep the choice; where it cannot be kept, it is for this run only."""
    # Not for the first frame, which only reads.
    from moa_tui.errors import RefusedFileError  # noqa: PLC0415
    from moa_tui.private_files import private_folder, write_atomically  # noqa: PLC0415

    path = path or _file()
    with suppress(OSError, RefusedFileError):
        private_folder(path.parent)
        write_atomically(path, json.dumps({"theme": name}).encode())


def _file() -> Path:
    return paths.user_state_dir() / "theme.json"
