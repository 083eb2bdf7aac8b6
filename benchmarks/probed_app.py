"""The app with a probe in its event loop: python -m benchmarks.probed_app -c agents.yaml

Writes to the file that LOOP_GAPS names, for each gap of the loop, when it ended (time.monotonic())
and how long it was, in seconds.
"""

import asyncio
import os
import sys
import time
from pathlib import Path

from moa_tui.cli.main import main
from moa_tui.ui import app
from moa_tui.ui.app import MoaApp

_STEP = 0.005


class ProbedApp(MoaApp):
    """Looks every few milliseconds whether the loop still turns."""

    def on_mount(self) -> None:
        """Begin to look; Textual calls the one of MoaApp besides."""
        self._gaps = Path(os.environ["LOOP_GAPS"]).open("w", buffering=1)  # noqa: SIM115 - for as long as the app
        self._last = time.monotonic()
        self._look()

    def _look(self) -> None:
        now = time.monotonic()
        self._gaps.write(f"{now} {max(0.0, now - self._last - _STEP)}\n")
        self._last = now
        asyncio.get_running_loop().call_later(_STEP, self._look)


if __name__ == "__main__":
    vars(app)["MoaApp"] = ProbedApp
    sys.exit(main())
