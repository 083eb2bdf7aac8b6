"""From the SDK to text: CPU per event of our decoding ÷ the SDK's own, on the same bytes.

All in one process, one stream at a time, as fast as the socket gives it.
"""

import asyncio
import json
import os
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    aclosing,
    asynccontextmanager,
)
from pathlib import Path
from unittest import mock
from urllib.parse import urlsplit

import orjson
from openai import AsyncOpenAI, DefaultAsyncHttpxClient

from benchmarks.table import Figure
from benchmarks.wire.server import ReplayServer, Script
from moa_tui.engine.openai_provider import client as openai_client
from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.engine.provider import ChatRequest, Message
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Sampling
from moa_tui.roster.presets import PROVIDERS

Run = Callable[[str], Awaitable[int]]
"""Streams a model; returns the number of characters it has put together."""

Client = Callable[[str], AbstractAsyncContextManager[Run]]
"""Opens a client for a base URL."""


def figures(server: ReplayServer, *, quick: bool) -> Iterator[Figure]:
    """Yield our CPU per event against the SDK's default and against raw sockets with orjson."""
    tokens, rounds = (2_000, 1) if quick else (20_000, 3)
    for batch, framing in ((10, "60 KB chunks"), (0, "an HTTP chunk an event")):
        model = Script(tokens, 0, 0, batch).model
        costs = asyncio.run(_costs(server.url, model, tokens, rounds, _CLIENTS))
        ours, sdk, raw = (costs[name] for name in ("ours", "sdk", "raw"))
        value = f"1/{sdk / ours:.0f} ({ours:.1f} µs ÷ {sdk:.0f} µs)"
        yield Figure(f"CPU per event ÷ AsyncOpenAI's default, {framing}", value, "≤ 1/60")
        value = f"{ours / raw:.2f} ({ours:.1f} µs ÷ {raw:.1f} µs)"
        yield Figure(f"CPU per event ÷ raw socket + orjson, {framing}", value, "≤ 1.1")
        yield from _transports(server, model, tokens, rounds, framing)


def _transports(
    server: ReplayServer, model: str, tokens: int, rounds: int, framing: str
) -> Iterator[Figure]:
    """Yield what the SDK's two transports cost, our decoding on both: why it is aiohttp."""
    secured = bool(server.certificate)
    if server.certificate:
        os.environ["SSL_CERT_FILE"] = str(server.certificate)
    for url, name in [(server.url, "plain"), *([(server.tls_url, "TLS")] if secured else [])]:
        clients: dict[str, Client] = {"aiohttp": _ours, "httpx": _ours_on_httpx}
        costs = asyncio.run(_costs(url, model, tokens, rounds, clients))
        value = f"{costs['aiohttp']:.1f} µs ÷ {costs['httpx']:.1f} µs"
        yield Figure(f"CPU per event on aiohttp ÷ on httpx, {framing}, {name}", value)


async def _costs(
    url: str, model: str, tokens: int, rounds: int, clients: dict[str, Client]
) -> dict[str, float]:
    """Return the least microseconds of CPU per event of each client, taking turns."""
    best = dict.fromkeys(clients, float("inf"))
    lengths = set()
    async with AsyncExitStack() as stack:
        run = {
            name: await stack.enter_async_context(client(url)) for name, client in clients.items()
        }
        for name in list(clients) * (rounds + 1):
            await run[name](Script(10, 0, 0, 10).model)
            cpu = time.process_time()
            lengths.add(await run[name](model))
            best[name] = min(best[name], (time.process_time() - cpu) / tokens * 1e6)
    assert len(lengths) == 1, f"the clients read different texts: {lengths}"
    return best


@asynccontextmanager
async def _ours(url: str) -> AsyncIterator[Run]:
    provider = OpenAIProvider(PROVIDERS["cerebras"], url, ApiKey("no-secret"))

    async def run(model: str) -> int:
        request = ChatRequest(model, (Message("user", "go"),), Sampling(max_tokens=65_000))
        texts = []
        async with aclosing(provider.stream(request)) as batches:
            async for batch in batches:
                texts.append(batch.text)
                await asyncio.sleep(0)
        return len("".join(texts))

    yield run
    await provider.aclose()


@asynccontextmanager
async def _ours_on_httpx(url: str) -> AsyncIterator[Run]:
    def open_http(*_arguments: object) -> DefaultAsyncHttpxClient:
        return DefaultAsyncHttpxClient()

    with mock.patch.object(openai_client, "open_http", open_http):
        opened = _ours(url)
        run = await opened.__aenter__()
    yield run
    await opened.__aexit__(None, None, None)


@asynccontextmanager
async def _sdk(url: str) -> AsyncIterator[Run]:
    async with AsyncOpenAI(base_url=url, api_key="no-secret", max_retries=0) as client:

        async def run(model: str) -> int:
            stream = await client.chat.completions.create(
                model=model, messages=[{"role": "user", "content": "go"}], stream=True
            )
            texts = [c.choices[0].delta.content or "" async for c in stream if c.choices]
            return len("".join(texts))

        yield run


@asynccontextmanager
async def _raw(url: str) -> AsyncIterator[Run]:
    async def run(model: str) -> int:
        texts: list[str] = []
        async for data in _events(url, model, None):
            choices = orjson.loads(data).get("choices") or ()
            texts.extend(choice["delta"].get("content") or "" for choice in choices)
        return len("".join(texts))

    yield run


async def _events(url: str, model: str, certificate: Path | None) -> AsyncIterator[bytes]:
    """Yield the data of each event; the chunks of HTTP are skipped as the lines they are."""
    parts = urlsplit(url)
    trusted = ssl.create_default_context(cafile=certificate) if certificate else None
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port, ssl=trusted)
    body = json.dumps({"model": model, "stream": True, "messages": []})
    head = f"POST {parts.path}/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}"
    writer.write(f"{head}\r\n\r\n{body}".encode())
    left = b""
    while data := await reader.read(65536):
        *lines, left = (left + data).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield line[6:]
            elif line == b"data: [DONE]":
                writer.close()
                return


_CLIENTS: dict[str, Client] = {"ours": _ours, "sdk": _sdk, "raw": _raw}
