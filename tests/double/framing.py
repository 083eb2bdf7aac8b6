"""Faults of form: every event arrives, but in bytes that a careless reader gets wrong."""

import random
from dataclasses import dataclass, replace
from itertools import pairwise

from tests.double.script import Reply, Send, Step


@dataclass(frozen=True, slots=True)
class Comments:
    """A comment in front of every event, as proxies send to keep a connection alive."""

    line: bytes = b": keep-alive"

    def edit(self, reply: Reply) -> None:
        """Put the comment in front of each event."""
        noise = Send(self.line + b"\n\n", "noise")
        steps: list[Step] = []
        for step in reply.steps:
            steps += [noise, step] if isinstance(step, Send) else [step]
        reply.steps = steps


@dataclass(frozen=True, slots=True)
class LineEnds:
    """Lines end in CRLF or in CR instead of LF; the event-stream format allows all three."""

    end: bytes = b"\r\n"

    def edit(self, reply: Reply) -> None:
        """Replace the line ends: JSON has none of its own."""
        reply.steps = [
            replace(step, data=step.data.replace(b"\n", self.end))
            if isinstance(step, Send)
            else step
            for step in reply.steps
        ]


@dataclass(frozen=True, slots=True)
class Bom:
    """A byte order mark in front of the first event."""

    def edit(self, reply: Reply) -> None:
        """Put the mark in front."""
        for index, step in enumerate(reply.steps):
            if isinstance(step, Send):
                reply.steps[index] = replace(step, data=b"\xef\xbb\xbf" + step.data)
                return


@dataclass(frozen=True, slots=True)
class Bytewise:
    """One byte per write."""

    def edit(self, reply: Reply) -> None:
        """Split every write into its bytes."""
        reply.split = lambda data: [data[i : i + 1] for i in range(len(data))]


@dataclass(frozen=True, slots=True)
class AnySplits:
    """Every write in pieces that end at any byte; the same seed gives the same ones."""

    seed: int
    longest: int = 80

    def edit(self, reply: Reply) -> None:
        """Split every write."""
        chance = random.Random(self.seed)

        def pieces(data: bytes) -> list[bytes]:
            ends = [0]
            while ends[-1] < len(data):
                ends.append(ends[-1] + chance.randint(1, self.longest))
            return [data[start:end] for start, end in pairwise(ends)]

        reply.split = pieces


@dataclass(frozen=True, slots=True)
class SplitCharacters:
    """Every event in two writes, split inside its first character of several bytes."""

    def edit(self, reply: Reply) -> None:
        """Split every write in two."""
        reply.split = _inside_a_character


def _inside_a_character(data: bytes) -> list[bytes]:
    several = (i for i, byte in enumerate(data) if byte >= 0xC2)
    at = next(several, len(data) // 2 - 1) + 1
    return [data[:at], data[at:]]
