"""A client without a library: it sees the writes, the end mark and the reset that others hide."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

from tests.double.server import CerebrasDouble

Json = dict[str, Any]


@dataclass
class Raw:
    """A response as it came off the socket."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)  # HTTP chunks, so writes
    complete: bool = False  # the end mark of the body was seen
    reset: bool = False

    @property
    def body(self) -> bytes:
        """Every byte of the body."""
        return b"".join(self.chunks)

    @property
    def events(self) -> list[Json]:
        """The JSON events, without comments and `[DONE]`."""
        lines = self.body.decode().split("\n\n")
        data = [line.removeprefix("data: ") for line in lines if line.startswith("data: {")]
        return [json.loads(line) for line in data]

    @property
    def text(self) -> str:
        """The answer: what the content deltas join to."""
        return joined(self.events, "content")


def joined(events: list[Json], key: str) -> str:
    """The deltas of one kind, joined."""
    choices = [choice for event in events for choice in event["choices"] or ()]
    return "".join(choice["delta"].get(key) or "" for choice in choices)


async def exchange(
    double: CerebrasDouble,
    path: str = "/v1/chat/completions",
    body: Json | None = None,
    **keys: str,
) -> Raw:
    """One request over a socket of its own; everything is read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", double.port)
    data = json.dumps(body).encode() if body is not None else b""
    headers = {"authorization": f"Bearer {double.key}", "connection": "close", **keys}
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "host: double"]
    lines += [f"{key}: {value}" for key, value in headers.items() if value]
    lines += [f"content-length: {len(data)}", "", ""]
    writer.write("\r\n".join(lines).encode() + data)
    raw = Raw()
    try:
        await _read_response(reader, raw)
    except asyncio.IncompleteReadError:
        pass
    except ConnectionResetError:
        raw.reset = True
    finally:
        writer.transport.abort()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return raw


async def _read_response(reader: asyncio.StreamReader, raw: Raw) -> None:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    raw.status = int(first.split()[1])
    raw.headers = dict(line.split(": ", 1) for line in lines)
    if "content-length" in raw.headers:
        raw.chunks.append(await reader.readexactly(int(raw.headers["content-length"])))
        raw.complete = True
        return
    while size := int(await reader.readuntil(b"\r\n"), 16):
        raw.chunks.append((await reader.readexactly(size + 2))[:-2])
    raw.complete = await reader.readexactly(2) == b"\r\n"
