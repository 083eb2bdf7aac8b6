"""The command line: the app by default, headless commands beside it."""

import sys

from moa_tui.cli import interrupts

if sys.argv[0].endswith(("/moa-tui", "/moa_tui/__main__.py")):
    # The very first thing that the program does: Ctrl+C may come while the rest is imported.
    interrupts.leave_while_importing()
