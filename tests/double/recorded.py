"""What the double remembers of each request."""

import asyncio
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any


@dataclass(slots=True, eq=False)
class RecordedRequest:
    """A request as it arrived, and how its response went."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    raw: bytes
    connection: int  # the first connection is 1
    arrived: float = field(default_factory=time.perf_counter)  # with its whole body

    status: int = 0  # of the response, once it is decided
    sent: list[float] = field(default_factory=list)  # when each write of the body left
    held: bool = False  # the response waits at a gate or stalls
    finished: bool = False  # nothing more will be sent
    closed_early: bool = False  # the client left before the end of the response

    @property
    def body(self) -> Any:
        """The parsed JSON body, or None."""
        try:
            return json.loads(self.raw)
        except ValueError:
            return None

    @property
    def model(self) -> str:
        """The model the request names, or an empty text."""
        return str(self.body.get("model", "")) if isinstance(self.body, dict) else ""

    @property
    def is_chat(self) -> bool:
        """Whether it asks for an answer (and not for the list of models)."""
        return self.path.endswith("/chat/completions")


async def read_request(reader: asyncio.StreamReader, connection: int) -> RecordedRequest:
    """Read one HTTP/1.1 request; raises IncompleteReadError when the client has left."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    raw = await reader.readexactly(int(headers.get("content-length", "0")))
    return RecordedRequest(method, target.partition("?")[0], headers, raw, connection)


def head_bytes(status: int, headers: dict[str, str]) -> bytes:
    """Status line and headers of a response."""
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
