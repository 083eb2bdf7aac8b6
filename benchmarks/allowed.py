"""Allows an agents.yaml as a person would who has looked at it: `moa-tui trust`."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from benchmarks.pty_terminal import MOA_TUI


def allow(roster: Path, environment: Mapping[str, str]) -> None:
    """Keep the answer in the home that `environment` names; the program does not ask there."""
    subprocess.run(
        [*MOA_TUI, "trust", str(roster)],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
    )
