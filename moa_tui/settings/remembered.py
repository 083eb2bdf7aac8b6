"""What the app remembers between runs without being told to: the layout chosen with a key.

It stands in the state folder: settings.yaml is the person's, and is never written to.
"""

import json
from contextlib import suppress
from pathlib import Path

from moa_tui import paths
from moa_tui.errors import RefusedFileError
from moa_tui.private_files import open_private, private_folder, write_atomically
from moa_tui.settings.model import LAYOUTS, Layout

_MOST = 4096


def remembered_layout(settings: Layout, path: Path | None = None) -> Layout:
    """Return the layout that was chosen last, unless `settings` say another one since then."""
    try:
        with open_private(path or _file()) as file:
            kept = json.loads(file.read(_MOST))
        chosen, instead_of = kept["layout"], kept["instead_of"]
    except (OSError, RefusedFileError, ValueError, TypeError, KeyError):
        return settings
    return chosen if instead_of == settings and chosen in LAYOUTS else settings


def remember_layout(chosen: Layout, settings: Layout, path: Path | None = None) -> None:
    """Keep the choice; where it cannot be kept, it is for this run only."""
    path = path or _file()
    with suppress(OSError, RefusedFileError):
        private_folder(path.parent)
        write_atomically(path, json.dumps({"layout": chosen, "instead_of": settings}).encode())


def _file() -> Path:
    return paths.user_state_dir() / "layout.json"
