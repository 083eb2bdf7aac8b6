"""Speed and size of streams. Pure; times in seconds, tokens from usage where it is known."""

from collections import deque
from collections.abc import Iterable

from moa_tui.engine.prompts import CHARS_PER_TOKEN
from moa_tui.engine.provider import Message

WINDOW = 1.5
"""Seconds over which live throughput is averaged: long enough to be read, short enough to move."""

SHORTEST = 0.05
"""Seconds of writing below which there is no throughput to tell: it would be the network's."""

_PER_MESSAGE = 4


def estimated_tokens(characters: int) -> int:
    """Return about how many tokens `characters` of text are."""
    return -(-characters // CHARS_PER_TOKEN)


def prompt_tokens(messages: Iterable[Message]) -> int:
    """Return about how many tokens a prompt is, with what each message costs by itself."""
    return sum(_PER_MESSAGE + estimated_tokens(len(message.content)) for message in messages)


def throughput(tokens: int, seconds: float) -> float | None:
    """Return tokens per second; None where so little was measured that it means nothing."""
    return tokens / seconds if tokens >= 2 and seconds >= SHORTEST else None


class RateMeter:
    """Live throughput of something that grows: tokens per second over the last WINDOW."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, at: float, total: int) -> None:
        """Note that `total` tokens had come by `at`."""
        self._samples.append((at, total))
        while len(self._samples) > 2 and self._samples[1][0] < at - WINDOW:
            self._samples.popleft()

    @property
    def rate(self) -> float | None:
        """Tokens per second, None before there is something to compare."""
        if len(self._samples) < 2:
            return None
        (first, before), (last, after) = self._samples[0], self._samples[-1]
        return throughput(after - before, last - first)
