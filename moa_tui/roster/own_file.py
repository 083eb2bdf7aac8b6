"""The person's own agents.yaml: where it is, and the shipped one as its beginning."""

from pathlib import Path

from moa_tui import paths
from moa_tui.errors import MoaError
from moa_tui.private_files import private_folder, write_new
from moa_tui.roster.loading import EMBEDDED, FILE_NAME


def own_roster() -> Path:
    """Return where the person's own file is, or would be."""
    return paths.user_config_dir() / FILE_NAME


def is_shipped(path: Path) -> bool:
    """Whether `path` is a file of the program, which nobody should edit."""
    return path in {paths.shipped(FILE_NAME), EMBEDDED}


def is_embedded(path: Path) -> bool:
    """Whether `path` is the file of the embedded model."""
    return path == EMBEDDED


def own_or_shipped() -> Path:
    """Return the file that is used where none is named."""
    own = own_roster()
    return own if own.exists() else paths.shipped(FILE_NAME)


def copy_shipped(to: Path) -> None:
    """Write the shipped file, comments and all, to `to`, where nothing may be; raises MoaError."""
    try:
        private_folder(to.parent)
        write_new([to], paths.shipped(FILE_NAME).read_bytes())
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise MoaError(f"{to} cannot be written: {reason}", "check its folder") from None
