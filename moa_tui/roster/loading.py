"""Which agents.yaml is used: the search order, and reading the one that wins."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from moa_tui import paths
from moa_tui.roster.source import read_once

CONFIG_VARIABLE = "MOA_TUI_CONFIG"
FILE_NAME = "agents.yaml"
EMBEDDED = Path(__file__).resolve().parent.parent / "local" / FILE_NAME
"""The file of the embedded model."""


@dataclass(frozen=True, slots=True)
class Found:
    """The file that won the search, why, and a file that was passed over, if any."""

    path: Path
    origin: str
    passed_over: Path | None = None


def find_roster(
    config: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    folder: Path | None = None,
) -> Found:
    """Search: --config, $MOA_TUI_CONFIG, ./agents.yaml, the user's folder, the shipped one.

    `./agents.yaml` counts only where it is the shipped file itself (a checkout of the program):
    elsewhere it is in `passed_over`, to be asked about (`trust`).
    """
    if config:
        return Found(config, "--config")
    if environ.get(CONFIG_VARIABLE):
        return Found(Path(environ[CONFIG_VARIABLE]), f"${CONFIG_VARIABLE}")
    shipped, own = paths.shipped(FILE_NAME), paths.user_config_dir() / FILE_NAME
    here = _in_folder(folder)
    if here and _same(here, shipped):
        return Found(here, "this folder")
    passed_over = None if here and _same(here, own) else here
    # Also a link to nowhere: that somebody's own file cannot be used is said, not passed over.
    if os.path.lexists(own):
        return Found(own, "your folder", passed_over)
    return Found(shipped, "shipped", passed_over)


def read_source(found: Found) -> bytes:
    """Return what is in the file; raises MoaError."""
    return read_once(found.path, found.origin).content


def _in_folder(folder: Path | None) -> Path | None:
    try:
        here = (folder or Path.cwd()) / FILE_NAME
        return here if here.is_file() else None
    except OSError:  # the folder was deleted under the shell that stands in it, for example
        return None


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
