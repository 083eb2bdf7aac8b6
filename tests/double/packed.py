"""Faults of compression. No client of ours asks for it, and a proxy may do it all the same."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from tests.double.script import Reply, Send, Step, position

_BOMB = 64
"""Megabytes."""


@dataclass(frozen=True, slots=True)
class Gzipped:
    """The body in gzip; after k events it ends, turns into noise, or never stops to grow."""

    after: int
    then: Literal["end", "noise", "bomb"] = "end"

    def edit(self, reply: Reply) -> None:
        """Compress each event, so that it can be read when it comes."""
        del reply.steps[position(reply.steps, self.after) :]
        packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)

        def packed(data: bytes) -> bytes:
            return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)

        reply.steps = [
            replace(step, data=packed(step.data)) if isinstance(step, Send) else step
            for step in reply.steps
        ]
        reply.steps += _ending(packed, self.then)
        reply.headers["content-encoding"] = "gzip"


def _ending(packed: Callable[[bytes], bytes], then: str) -> list[Step]:
    match then:
        case "noise":
            return [Send(packed(b"") + b"\xff\x00\xff" * 50)]
        case "bomb":
            first = packed(b"data: " + b"x" * 1_000_000)
            again = packed(b"x" * 1_000_000)  # after a full flush the same bytes mean the same
            return [Send(first + again * _BOMB)]
    return []
