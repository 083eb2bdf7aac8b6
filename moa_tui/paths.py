"""Where things are: the user's folders (platformdirs) and the files shipped with the program."""

import os
from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).resolve().parent
_DIRS = platformdirs.PlatformDirs("moa-tui", appauthor=False)
_NO_HOME = Path(os.devnull) / "there-is-no-home-folder"
"""Stands for the folders of somebody who has none, and no HOME: nothing can be in it, nor made.

Any other place, a temporary folder say, could be prepared by somebody else.
"""


def user_config_dir() -> Path:
    """Folder of the person's own agents.yaml and themes. Not created here."""
    return _own("user_config_path")


def user_data_dir() -> Path:
    """Folder of the history and of the embedded model's weights. Not created here."""
    return _own("user_data_path")


def user_state_dir() -> Path:
    """Folder of what the program remembers between runs. Not created here."""
    return _own("user_state_path")


def crash_dir() -> Path:
    """Folder of what is known of crashes. Not created here."""
    return user_state_dir() / "crashes"


def history_file() -> Path:
    """The SQLite database of finished turns."""
    return user_data_dir() / "history.db"


def exports_dir() -> Path:
    """Folder that the app writes exported turns to. Not created here."""
    return user_data_dir() / "exports"


def downloads_dir() -> Path | None:
    """The person's folder for downloads; None where they have none, as on servers."""
    folder = _own("user_downloads_path")
    return folder if folder.is_dir() else None


def _own(kind: str) -> Path:
    try:
        folder: Path = getattr(_DIRS, kind)
    except RuntimeError:  # a user that the system does not know, as in some containers
        return _NO_HOME
    return folder


def demonstration() -> Path:
    """The recording that is shipped with the program."""
    return shipped("recordings") / "demo.jsonl"


def shipped(name: str) -> Path:
    """A file or folder shipped with the program: inside the wheel, or at the top of a checkout."""
    packaged = _PACKAGE / "shipped" / name
    return packaged if packaged.exists() else _PACKAGE.parent / name


def theme_dirs() -> tuple[Path, ...]:
    """Folders of theme files, the shipped one first; later ones replace namesakes."""
    return (shipped("themes"), user_config_dir() / "themes")
