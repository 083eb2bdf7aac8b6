"""`python -m moa_tui`."""

import os.path  # built into the interpreter, as sys is: the folder cannot have put another there
import sys


def _leave_the_folder() -> None:
    """Import nothing from the folder that the person is in.

    `python -m` looks there first: an `openai.py` in somebody's project would be run with the keys.
    """
    if sys.flags.safe_path or not sys.path:
        return
    # pathlib could be another's.
    program = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    try:
        here = os.path.samefile(sys.path[0] or os.curdir, program)  # noqa: PTH121 - likewise
    except OSError:
        here = False
    if not here:  # in a checkout of the program it is the program itself
        del sys.path[0]


_leave_the_folder()

from moa_tui.cli.main import main  # noqa: E402 - not before

sys.exit(main())
