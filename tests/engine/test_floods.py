"""Servers that never end, or send far too much: memory stays bounded and what came is kept."""

import asyncio
import json
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.events import Outcome, StreamEnded, TurnEvent
from moa_tui.engine.provider import FailureKind
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies.single import single
from moa_tui.engine.turn import TurnPlan
from moa_tui.roster.model import Lineup, Sampling
from tests.engine.scripted import PATIENCE, agent, text_of
from tests.engine.wire_fixtures import provider_at

CAP = 100_000
MEMORY = 24 * 1024 * 1024
EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'


@asynccontextmanager
async def flooding(head: bytes, body: Callable[[], Iterator[bytes]]) -> AsyncIterator[str]:
    """A server that sends `body` until the client has had enough; gives its base URL."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 %b\r\nconnection: close\r\n\r\n" % head)
            for data in body():
                writer.write(data)
                await writer.drain()
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    finally:
        server.close()
        await server.wait_closed()


async def flooded(
    url: str, monkeypatch: pytest.MonkeyPatch, **changes: float
) -> tuple[StreamEnded, str]:
    """Ask an agent with a cap of CAP there; return how it ended, and its text."""
    monkeypatch.setenv("ACME_API_KEY", "csk-test")
    asked = agent("a", max_characters=CAP, sampling=Sampling(max_tokens=CAP), **changes)
    providers = {"acme": provider_at(url)}
    connections = Connections(providers)
    await connections.warm_up()
    turn_plan = TurnPlan("t", "?", Lineup("single", ((asked,),), asked), providers)
    events: list[TurnEvent] = []
    tracemalloc.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await run_turn(turn_plan, single, connections.connect, events.append)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()
        await connections.aclose()
    ended = next(e for e in events if isinstance(e, StreamEnded))
    return ended, text_of(events)


def repeated(data: bytes) -> Callable[[], Iterator[bytes]]:
    def body() -> Iterator[bytes]:
        while True:
            yield data

    return body


def deflated(data: bytes) -> Callable[[], Iterator[bytes]]:
    """A gzip bomb: each write is a kilobyte or so, and a megabyte once it is decompressed."""

    def body() -> Iterator[bytes]:
        packer = zlib.compressobj(6, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        large = data * (1_000_000 // len(data))
        yield packer.compress(large) + packer.flush(zlib.Z_FULL_FLUSH)
        block = packer.compress(large) + packer.flush(zlib.Z_FULL_FLUSH)
        while True:  # after a full flush the same bytes mean the same again
            yield block

    return body


OK = b"200 OK\r\ncontent-type: text/event-stream"
ZIPPED = OK + b"\r\ncontent-encoding: gzip"


@pytest.mark.parametrize("size", [10, 60_000])
@pytest.mark.parametrize("packed", [False, True])
async def test_text_without_end_stops_at_the_cap(
    monkeypatch: pytest.MonkeyPatch, size: int, packed: bool
) -> None:
    event = EVENT % (b"x" * size)
    body = deflated(event) if packed else repeated(event)
    async with flooding(ZIPPED if packed else OK, body) as url:
        ended, text = await flooded(url, monkeypatch)
    assert text == "x" * CAP
    assert ended.outcome is Outcome.PARTIAL
    assert ended.failure is not None
    assert ended.failure.kind is FailureKind.TOO_LARGE


@pytest.mark.parametrize("packed", [False, True])
async def test_an_event_without_end_is_given_up(
    monkeypatch: pytest.MonkeyPatch, packed: bool, waits: list[float]
) -> None:
    body = deflated(b"data: x") if packed else repeated(b"x" * 65_536)
    async with flooding(ZIPPED if packed else OK, body) as url:
        ended, _ = await flooded(url, monkeypatch)
    assert ended.outcome is Outcome.FAILED
    assert ended.failure is not None
    assert "an event of more than 2 MB" in ended.failure.message


@pytest.mark.parametrize("packed", [False, True])
async def test_comments_without_end_are_no_answer(
    monkeypatch: pytest.MonkeyPatch, packed: bool, waits: list[float]
) -> None:
    comment = b": keep-alive" + b"." * 10_000 + b"\n\n"
    body = deflated(comment) if packed else repeated(comment * 100)
    async with flooding(ZIPPED if packed else OK, body) as url:
        ended, _ = await flooded(url, monkeypatch, first_token_timeout=0.1)
    assert ended.outcome is Outcome.FAILED
    assert ended.failure is not None
    assert ended.failure.kind is FailureKind.TIMEOUT


@pytest.mark.parametrize("packed", [False, True])
async def test_a_refusal_without_end_is_one(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    said = json.dumps({"message": "no " * 100}).encode()
    head = b"400 Bad Request\r\ncontent-type: application/json"
    head += b"\r\ncontent-encoding: gzip" if packed else b""
    async with flooding(head, deflated(said) if packed else repeated(said)) as url:
        ended, _ = await flooded(url, monkeypatch)
    assert ended.failure is not None
    assert (ended.failure.kind, ended.failure.status) == (FailureKind.BAD_REQUEST, 400)
