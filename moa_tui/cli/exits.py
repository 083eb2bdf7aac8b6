"""Exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told.

    70 and 74 are EX_SOFTWARE and EX_IOERR of sysexits.h, 124 and 130 what timeout(1) and ^C give.
    """

    OK = 0
    FAILED = 1
    CONFIGURATION = 2
    NO_KEY = 3
    NOT_WHOLE = 4
    """There is an answer, but it was cut off, filtered or stopped."""
    DEGRADED = 5
    """The answer is whole, something else of the turn is not; with --fail-degraded only."""
    CRASHED = 70
    NOT_PRINTED = 74
    """All went well, but standard output could not be written."""
    TIMEOUT = 124
    INTERRUPTED = 130
