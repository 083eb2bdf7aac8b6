"""One connection: requests in, scripted bytes out."""

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import Callable
from typing import Literal

from tests.double.recorded import RecordedRequest, head_bytes, read_request
from tests.double.script import Close, Head, Hold, Ping, Raw, Reply, Send, Wait


class ClientLeftError(Exception):
    """The client closed the connection while a response was being sent."""


class Link:
    """Reads ahead, so that a client that leaves is noticed while a response is held."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        number: int,
        changed: Callable[[], None],
    ) -> None:
        """Take over a new connection; `changed` is called whenever a request's record changes."""
        self._reader = reader
        self._writer = writer
        self._number = number
        self._changed = changed
        self._gone = asyncio.Event()
        self._inbox: asyncio.Queue[RecordedRequest | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())
        self._due = 0.0
        # drain() returns when everything is in the kernel: a reset loses nothing that was sent.
        writer.transport.set_write_buffer_limits(0)

    async def next_request(self) -> RecordedRequest | None:
        """The next request of this connection, or None when the client has left."""
        return await self._inbox.get()

    async def play(self, reply: Reply, request: RecordedRequest) -> bool:
        """Send a response step by step; returns whether the connection can carry another one."""
        self._due = asyncio.get_running_loop().time()
        for step in reply.steps:
            match step:
                case Head(every):
                    await self._send_head(reply, every)
                case Send(data):
                    await self._send(reply, data, request)
                case Raw(data):
                    await self._write(data)
                case Wait(seconds):
                    await self._wait(seconds)
                case Hold(gate):
                    await self._hold(gate, request)
                case Ping(every):
                    await self._ping(reply, every, request)
                case Close(how):
                    self._end(how)
                    return False
        if reply.chunked:
            self._writer.write(b"0\r\n\r\n")
            with contextlib.suppress(OSError):  # it has everything, whether it stays or not
                await self._writer.drain()
        return request.headers.get("connection", "").lower() != "close"

    async def close(self) -> None:
        """End the connection at once, whatever is still unsent."""
        self._reading.cancel()
        self._writer.transport.abort()
        await asyncio.gather(self._reading, return_exceptions=True)
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _read(self) -> None:
        try:
            while True:
                self._inbox.put_nowait(await read_request(self._reader, self._number))
        except (asyncio.IncompleteReadError, OSError):
            pass  # the client has left, with or without a reset
        finally:
            self._gone.set()
            self._inbox.put_nowait(None)

    async def _send_head(self, reply: Reply, every: float | None) -> None:
        head = head_bytes(reply.status, reply.headers)
        if every is None:
            await self._write(head)
            return
        for byte in head:
            await self._write(bytes([byte]))
            await self._wait(every)

    async def _send(self, reply: Reply, data: bytes, request: RecordedRequest) -> None:
        for piece in filter(None, reply.split(data)):
            framed = b"%x\r\n%b\r\n" % (len(piece), piece) if reply.chunked else piece
            await self._write(framed)
            request.sent.append(time.perf_counter())
            self._changed()

    async def _write(self, data: bytes) -> None:
        # A client in the same process gets its turn between two writes; and as the pause comes
        # first, the last event and the end mark of the body leave together.
        await asyncio.sleep(0)
        if self._gone.is_set():
            raise ClientLeftError
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError as error:
            raise ClientLeftError from error

    async def _wait(self, seconds: float) -> None:
        now = asyncio.get_running_loop().time()
        self._due = max(self._due + seconds, now)
        try:
            async with asyncio.timeout_at(self._due):
                await self._gone.wait()
        except TimeoutError:
            return
        raise ClientLeftError

    async def _hold(self, gate: asyncio.Event | None, request: RecordedRequest) -> None:
        request.held = True
        self._changed()
        waits = [asyncio.create_task(event.wait()) for event in (self._gone, gate) if event]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        request.held = False
        if gate is None or not gate.is_set():
            raise ClientLeftError

    async def _ping(self, reply: Reply, every: float, request: RecordedRequest) -> None:
        request.held = True
        self._changed()
        while True:
            await self._send(reply, b": ping\n\n", request)
            await self._wait(every)

    def _end(self, how: Literal["reset", "fin"]) -> None:
        if how == "fin":
            self._writer.close()
            return
        # Lingering for zero seconds makes the kernel send RST instead of FIN.
        connection: socket.socket = self._writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()
