"""Asking the terminal to say when it has dealt with what was written, and hearing its answer.

The device status report (ECMA-48, 8.3.35) is answered by every terminal, in order and from the far
end of the link: what the near end has buffered does not deceive it.
"""

QUESTION = "\x1b[5n"
ANSWER = "\x1b[0n"

PATIENCE = 3.0
"""Seconds after which an answer is no longer waited for."""


class StatusReports:
    """Counts the questions that are under way. Times are seconds on any clock."""

    def __init__(self) -> None:
        self._asked: list[float] = []
        self._answered = False

    def ask(self, now: float) -> str:
        """Return what to write."""
        self._asked = [at for at in self._asked if now - at < PATIENCE]
        self._asked.append(now)
        return QUESTION

    @property
    def unanswered(self) -> int:
        """Questions under way; 0 as long as this terminal has never answered one."""
        return len(self._asked) if self._answered else 0

    def hear(self) -> None:
        """Know that the terminal has answered."""
        self._answered = True
        del self._asked[:1]
