"""How long a stream may be silent: until its first token, between tokens, and after its end."""

import asyncio

from moa_tui.engine.provider import Batch
from moa_tui.engine.reception import Reception
from moa_tui.engine.watch import Watch

DONE_GRACE = 2.0
"""Seconds to wait for usage and the end marker once a finish reason has come."""


class Liveness:
    """Sets the clock of a stream by what comes; `gap_timeout` is in seconds."""

    __slots__ = ("_finishing", "_gap_timeout", "_now", "_shown", "_watch")

    def __init__(self, watch: Watch, gap_timeout: float) -> None:
        self._watch = watch
        self._gap_timeout = gap_timeout
        self._now = asyncio.get_running_loop().time
        self._shown = self._finishing = False

    def heard(self, batch: Batch, came: Reception, *, grew: bool) -> None:
        """Take note of a batch; `grew` says that it brought something to show.

        Only what is shown counts as a sign of life: not comments, not bytes.
        """
        if batch.reopened:
            self._finishing, self._shown = False, True
            self._watch.limit(self._gap_timeout)
        elif came.finish_reason:
            if not self._finishing:
                self._finishing = True
                self._watch.limit(DONE_GRACE)
        elif self._shown:
            if grew:
                self._watch.heard_at = self._now()
        elif came.begun:
            self._shown = True
            self._watch.limit(self._gap_timeout)
        elif batch.prompt_read:
            self._watch.heard_at = self._now()
