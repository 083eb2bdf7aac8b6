"""A body whose HTTP frame breaks half-way, such as a chunk without a size.

aiohttp (3.14) then closes the connection and keeps the error to itself: whoever reads the body
waits until a clock ends it. So the connection is looked at while it is read.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import httpx2

LOOK = 0.5
"""Seconds between two looks."""


@asynccontextmanager
async def broken_frames_told(response: httpx2.Response) -> AsyncIterator[None]:
    """While this lasts, have the reader of the body of `response` told when its frame is broken."""
    read = _below(response)
    if read is None:
        yield
        return
    loop = asyncio.get_running_loop()
    timer: asyncio.TimerHandle

    def look() -> None:
        nonlocal timer
        if _is_broken(read):
            read.content.set_exception(aiohttp.ClientPayloadError("the frame is broken"))
        else:
            timer = loop.call_later(LOOK, look)

    timer = loop.call_later(LOOK, look)
    try:
        yield
    finally:
        timer.cancel()


def _is_broken(read: aiohttp.ClientResponse) -> bool:
    protocol = read.connection.protocol if read.connection else None
    if protocol is None or protocol.exception() is None:
        return False
    return not read.content.is_eof() and read.content.exception() is None


def _below(response: httpx2.Response) -> aiohttp.ClientResponse | None:
    """Return aiohttp's own response, which the layers above it keep to themselves."""
    stream: object = response.stream
    for name in ("_stream", "_aiohttp_response"):
        stream = getattr(stream, name, None)
    return stream if isinstance(stream, aiohttp.ClientResponse) else None
