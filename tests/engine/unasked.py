"""A server that says more than it was asked: behind a good answer, or before any question."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field

FORGED = "what nobody asked for"

Framing = Callable[[bytes], bytes]


def events(text: str) -> bytes:
    """A whole answer as server-sent events."""
    piece = {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}
    stop = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    return b"".join(
        b"data: %s\n\n" % line for line in (json.dumps(piece).encode(), json.dumps(stop).encode())
    ) + (b"data: [DONE]\n\n")


def with_length(body: bytes) -> bytes:
    """A response whose length is told."""
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: %d\r\n\r\n%s" % (
        len(body),
        body,
    )


def chunked(body: bytes) -> bytes:
    """A response in chunks."""
    return (
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    )


def kept_alive(body: bytes) -> bytes:
    """A response that promises to keep the connection."""
    return with_length(body).replace(b"\r\n\r\n", b"\r\nconnection: keep-alive\r\n\r\n", 1)


@dataclass
class Unasked:
    """Answers every request with its own question; says `forged` after `delay` seconds.

    `split` lets the first bytes of what is forged come with the good answer. The first
    `at_once` connections hear it before there was any request, and nothing else.
    """

    framing: Framing
    delay: float | None = 0.0
    split: int = 0
    at_once: int = 0
    answered: int = 0
    said: asyncio.Event = field(default_factory=asyncio.Event)
    all_said: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def forged(self) -> bytes:
        """What nobody asked for."""
        return self.framing(events(FORGED))

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until its other end has gone."""
        try:
            if self.at_once:
                self.at_once -= 1
                writer.write(self.forged)
                await writer.drain()
                if not self.at_once:
                    self.all_said.set()
                await reader.read(1)
                return
            while question := await _question(reader):
                self.answered += 1
                good = self.framing(events(question))
                forged = self.forged
                if self.delay is None:  # until somebody asks by this connection again
                    writer.write(good)
                    await reader.read(1)
                    writer.write(forged)
                    continue
                writer.write(good + forged[: self.split])
                if self.delay or self.split:
                    await asyncio.sleep(self.delay)
                writer.write(forged[self.split :])
                await writer.drain()
                self.said.set()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.said.set()
            writer.close()


async def _question(reader: asyncio.StreamReader) -> str:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    body = json.loads(await reader.readexactly(length))
    return str(body["messages"][-1]["content"])
