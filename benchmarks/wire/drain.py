"""The least a client can do with a turn's streams: read them to their ends, and count events.

What every benchmark is compared with. Only sockets and asyncio: no HTTP library, no JSON.
"""

import asyncio
import ssl
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_EVENT = b'data: {"'
"""Every event but [DONE]. Text cannot hold it: JSON escapes its quote."""
_END = b"\r\n0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Drained:
    """What a turn cost this process. `events` has the role and the finish of each stream in it."""

    wall: float
    cpu: float
    received: int
    events: int

    def microseconds_per_event(self) -> float:
        """CPU of this process."""
        return self.cpu * 1e6 / self.events


class DrainingConnection(asyncio.Protocol):
    """One kept-alive connection; `ask` sends a request and waits for the end of its answer."""

    def __init__(self) -> None:
        self.received = 0
        self.events = 0
        self._seam = b""  # the last bytes, where an event's start or the end mark may be split
        self._ended: asyncio.Future[None] | None = None
        self._transport: asyncio.Transport | None = None

    async def ask(self, model: str) -> None:
        """Run one stream; raises ConnectionError when it is cut off."""
        assert self._transport is not None
        self._seam = b""
        self._ended = asyncio.get_running_loop().create_future()
        body = f'{{"model":"{model}","stream":true,"messages":[]}}'
        self._transport.write(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\n"
            f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()
        )
        await self._ended

    def close(self) -> None:
        """Close the connection, for good."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what requests are written to."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Count what is in `data`, and what its first bytes complete."""
        self.received += len(data)
        reach = len(_EVENT) - 1
        self.events += data.count(_EVENT) + (self._seam + data[:reach]).count(_EVENT)
        # As long as the reach, so that nothing in the seam is counted twice.
        self._seam = data[-reach:] if len(data) >= reach else (self._seam + data)[-reach:]
        if self._seam.endswith(_END) and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Fail the request that waits, if one does."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_exception(error or ConnectionError("the server hung up"))


async def drain_turn(
    url: str, proposers: list[str], aggregator: str | None, certificate: Path | None = None
) -> Drained:
    """Ask all `proposers` (models) at once, then the `aggregator`, over connections opened before.

    `certificate` is trusted for an https `url`.
    """
    parts = urlsplit(url)
    trusted = ssl.create_default_context(cafile=certificate) if parts.scheme == "https" else None
    loop = asyncio.get_running_loop()
    opened = [DrainingConnection() for _ in proposers]
    for connection in opened:
        await loop.create_connection(
            lambda made=connection: made, str(parts.hostname), parts.port or 0, ssl=trusted
        )
    began, cpu = time.perf_counter(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for connection, model in zip(opened, proposers, strict=True):
            group.create_task(connection.ask(model))
    if aggregator is not None:
        await opened[0].ask(aggregator)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    for connection in opened:
        connection.close()
    received, events = (sum(c.received for c in opened), sum(c.events for c in opened))
    return Drained(wall, cpu, received, events)


if __name__ == "__main__":
    from benchmarks.wire.proof import main

    main()
