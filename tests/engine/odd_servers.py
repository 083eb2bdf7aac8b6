"""Servers that are no provider: what stands at an address that was mistyped, or intercepted."""

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

NO_HTTP = (
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"HTTP/1.1 abc\r\n\r\n",
    b"\x15\x03\x03\x00\x02\x02F",  # TLS, asked by http
)
"""What servers say that do not speak HTTP."""


@asynccontextmanager
async def listening(handler: Handler, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server of the test's own; gives its port."""
    server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def saying(said: bytes) -> Handler:
    """Return what reads a request, says this, and closes."""

    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(said)
        writer.close()

    return say


say_plainly = saying(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
"""What an HTTP server says to a TLS handshake."""


async def closed_port() -> int:
    """Return a port at which nobody listens."""
    async with listening(say_plainly) as port:
        return port


def self_signed(folder: Path) -> tuple[ssl.SSLContext, Path] | None:
    """Make a certificate that nobody signed; None where openssl, which makes it, is missing."""
    openssl = shutil.which("openssl")
    if openssl is None:
        return None
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *(openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    return context, certificate
