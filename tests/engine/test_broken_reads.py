"""An error in the same network read: what came before it is handed over, then the cause is told."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from moa_tui.engine.provider import Failure, FailureKind
from tests.engine.odd_servers import listening, self_signed
from tests.engine.unasked import events
from tests.engine.wire_fixtures import Heard, ask_address

TEXT = "All of what was said. " * 50
WHOLE = events(TEXT)
CUT = WHOLE[: WHOLE.index(b"\n\n") + 2]
"""The text, without a finish reason."""

CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
BAD_CHUNKS = {
    "no size": b"zzz\r\n",
    "a second status line": b"HTTP/1.1 200 OK\r\n\r\n",
    "no line end": b"\r\n\r\n\r\n",
    "a negative size": b"-1\r\n",
    "noise": bytes(range(128, 192)),
}
RECORD_OF_NOISE = b"\x17\x03\x03\x00\x20" + bytes(32)
NO_TLS = b"GET / HTTP/1.1\r\n\r\n"
"""What breaks TLS when it stands between its records."""


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


async def asked(said: bytes, *, reset: bool = False) -> tuple[Heard, Failure | None]:
    """Ask a server that says this in one write; it closes the connection, or resets it."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        await writer.drain()
        if reset:
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()
        writer.close()

    async with listening(handle) as port:
        return await ask_address(f"http://127.0.0.1:{port}/v1")


@pytest.mark.parametrize("broken", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
@pytest.mark.parametrize("pieces", [1, 7])
async def test_a_broken_chunk_loses_no_text(broken: bytes, pieces: int) -> None:
    size = len(CUT) // pieces + 1
    body = b"".join(chunk(CUT[at : at + size]) for at in range(0, len(CUT), size))
    heard, failure = await asked(CHUNKED + body + broken)
    assert heard.text == TEXT
    assert failure is not None
    assert failure.kind is FailureKind.CONNECTION
    assert failure.message.startswith("the response of 127.0.0.1:")
    assert "RuntimeError" not in failure.message


@pytest.mark.parametrize("broken", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
async def test_a_broken_chunk_after_the_finish_reason_is_nothing(broken: bytes) -> None:
    heard, failure = await asked(CHUNKED + chunk(WHOLE[: WHOLE.index(b"data: [DONE]")]) + broken)
    assert (heard.text, heard.finish_reason, failure) == (TEXT, "stop", None)


@pytest.mark.parametrize(
    "head",
    [CHUNKED, b"HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n"],
    ids=["chunked", "with a length", "to the end"],
)
@pytest.mark.parametrize("finished", [False, True])
async def test_a_reset_right_behind_loses_no_text(head: bytes, finished: bool) -> None:
    body = WHOLE[: WHOLE.index(b"data: [DONE]")] if finished else CUT
    said = head + (chunk(body) if head is CHUNKED else body)
    heard, failure = await asked(said, reset=True)
    assert heard.text == TEXT
    if finished:
        assert failure is None
    else:
        assert failure is not None
        assert failure.message.endswith("broke: connection reset by peer")


@asynccontextmanager
async def tls_server(
    context: ssl.SSLContext, said: bytes, then: bytes, *, hold: bool
) -> AsyncIterator[int]:
    """A server that speaks TLS up to a point: `then` is written as it is."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        coming, going = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(coming, going, server_side=True)
        request = b""
        while b"\r\n\r\n" not in request:
            try:
                tls.do_handshake()
                data = tls.read(65536)
                request += data
            except ssl.SSLWantReadError:
                writer.write(going.read())
                data = await reader.read(65536)
                coming.write(data)
            if not data:  # a connection that was opened ahead
                writer.close()
                return
        tls.write(said)
        writer.write(going.read() + then)
        await writer.drain()
        if hold:
            await reader.read()
        writer.close()

    async with listening(handle) as port:
        yield port


@pytest.mark.parametrize("hold", [False, True])
@pytest.mark.parametrize("then", [RECORD_OF_NOISE, NO_TLS])
@pytest.mark.parametrize("finished", [False, True])
async def test_tls_that_breaks_loses_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: bytes, hold: bool, finished: bool
) -> None:
    made = self_signed(tmp_path)
    if made is None:
        pytest.skip("there is no openssl")
    context, certificate = made
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    body = WHOLE[: WHOLE.index(b"data: [DONE]")] if finished else CUT
    async with tls_server(context, CHUNKED + chunk(body), then, hold=hold) as port:
        heard, failure = await ask_address(f"https://127.0.0.1:{port}/v1", read_timeout=15)
    assert heard.text == TEXT
    if finished:
        assert failure is None
    else:
        assert failure is not None
        assert failure.kind is FailureKind.CONNECTION
        assert failure.message.startswith("the TLS connection to 127.0.0.1:")


def head_of(size: int, count: int) -> bytes:
    lines = b"".join(b"x-%d: %s\r\n" % (i, b"v" * size) for i in range(count))
    return b"HTTP/1.1 200 OK\r\n" + lines + b"\r\n"


@pytest.mark.parametrize(
    ("size", "count"), [(8200, 1), (65_000, 1), (10, 130), (100, 1500), (60_000, 12), (900_000, 1)]
)
async def test_many_and_long_headers_are_read(size: int, count: int) -> None:
    heard, failure = await asked(head_of(size, count) + WHOLE)
    assert (heard.text, failure) == (TEXT, None)


@pytest.mark.parametrize(("size", "count"), [(1_100_000, 1), (10, 5000), (60_000, 40)])
async def test_headers_without_measure_are_named(size: int, count: int) -> None:
    heard, failure = await asked(head_of(size, count) + WHOLE)
    assert heard.text == ""
    assert failure is not None
    assert failure.kind is FailureKind.NOT_AN_ANSWER
    assert "sent more response headers than are read" in failure.message
