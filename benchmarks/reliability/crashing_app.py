"""The app with a defect in it: python -m benchmarks.reliability.crashing_app -c agents.yaml

F12 raises an exception beside a variable that holds a key.
"""

import os
import sys

from textual.events import Key

from moa_tui.cli.main import main
from moa_tui.ui import app
from moa_tui.ui.app import MoaApp


class CrashingApp(MoaApp):
    """Breaks on F12."""

    async def on_event(self, event: object) -> None:
        """Look at every key before anything else does."""
        if isinstance(event, Key) and event.key == "f12":
            secret = os.environ["RIG_API_KEY"]
            raise RuntimeError(f"a defect beside a key of {len(secret)} characters")
        await super().on_event(event)  # type: ignore[arg-type]


if __name__ == "__main__":
    vars(app)["MoaApp"] = CrashingApp
    sys.exit(main())
