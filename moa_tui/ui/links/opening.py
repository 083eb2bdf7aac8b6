"""Giving an address to the person's browser, where it is at this machine."""

import os
import subprocess
import sys
from collections.abc import Mapping

from moa_tui.ui.links.address import Address

_OVER_SSH = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")
_DESKTOP = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
_LIMIT = 20.0
"""Seconds: a browser that was started goes on by itself."""


def obstacle(environment: Mapping[str, str] | None = None) -> str:
    """Say why nothing is opened from here; empty: it can be."""
    environment = os.environ if environment is None else environment
    if any(environment.get(name) for name in _OVER_SSH):
        return "over SSH a browser would open at the far end"
    own_desktop = sys.platform in {"darwin", "win32"}
    if not own_desktop and not any(environment.get(name) for name in _DESKTOP):
        return "there is no desktop here for a browser"
    return ""


def open_in_browser(address: Address) -> None:
    """Open an address, unless there is an obstacle; raises OSError. May take a moment.

    In a process without our terminal: a browser of the terminal would take it, others write on it.
    Isolated, or a webbrowser.py in the present folder would be run.
    """
    if obstacle():
        return
    command = [sys.executable, "-I", "-m", "webbrowser", address.url]
    quiet = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603 - an address begins with http: it is no option
            command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
            timeout=_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return
