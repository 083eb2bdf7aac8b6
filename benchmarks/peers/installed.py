"""Programs of others, each in a virtual environment of its own in the user's cache folder."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_LIMIT = 600


class NotRun(Exception):  # noqa: N818 -- a condition of the machine or of a peer, not a defect
    """A peer could not be measured; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Package:
    """What is installed from PyPI, at the one version that is compared with.

    `needs` pins what it would otherwise take the newest of.
    """

    name: str
    version: str
    needs: tuple[str, ...] = ()

    def folder(self) -> Path:
        """Return its virtual environment, made now if it is not there; raises NotRun."""
        caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        folder = caches / "moa-tui-peers" / f"{self.name}-{self.version}"
        # Written last: an installation that was broken off is begun anew.
        whole = folder / "installed"
        wanted = [f"{self.name}=={self.version}", *self.needs]
        if not whole.exists() or whole.read_text().split() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            print(f"installing {self.name} {self.version} into {folder} …", file=sys.stderr)
            _run([sys.executable, "-m", "venv", str(folder)])
            pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
            _run([*pip, "install", "--no-input", "-q", *wanted])
            whole.write_text("\n".join(wanted))
        return folder

    def program(self, name: str) -> str:
        """Return the path of one of its commands; raises NotRun."""
        path = self.folder() / "bin" / name
        if not path.exists():
            raise NotRun(f"{self.name} {self.version} has no command {name}")
        return str(path)


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=_LIMIT,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotRun(f"cannot be installed: {error}") from None
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise NotRun(f"cannot be installed: {' '.join(lines[-2:]) or done.returncode}")
