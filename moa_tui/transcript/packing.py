"""Events of a turn that has ended, packed: they hold the same words over and over.

An answer stands in them as it came, and once more in what the next agent was sent.
"""

import zlib
from collections.abc import Iterable, Iterator
from io import BytesIO

from moa_tui.transcript.connection import MOST_BYTES

_LEVEL = 6


def packed(batches: Iterable[str]) -> bytes:
    """Return batches of events, each a line of JSON, as one piece of data."""
    return zlib.compress("\n".join(batches).encode(), _LEVEL)


def unpacked(data: bytes) -> Iterator[str]:
    """Yield the batches in `data`; of what is damaged or too large, those that can be had."""
    reader = zlib.decompressobj()
    text = b""
    try:
        for start in range(0, len(data), 65_536):
            text += reader.decompress(data[start : start + 65_536], MOST_BYTES - len(text))
            if len(text) >= MOST_BYTES:
                break
    except zlib.error:
        pass
    # One by one: there may be millions, where somebody else packed them.
    for line in BytesIO(text):
        yield line.decode("utf-8", "replace").removesuffix("\n")
