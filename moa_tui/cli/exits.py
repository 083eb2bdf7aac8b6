"""Exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told; 70 is EX_SOFTWARE, 124 and 130 are what timeout(1) and ^C give."""

    OK = 0
    FAILED = 1
    CONFIGURATION = 2
    NO_KEY = 3
    CRASHED = 70
    TIMEOUT = 124
    INTERRUPTED = 130
