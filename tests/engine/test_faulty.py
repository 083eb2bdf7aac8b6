"""Through faulty, a TCP proxy that nobody here wrote: a byte at a time, corrupted, swallowed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from moa_tui.engine.provider import Failure
from tests.double import Answer, CerebrasDouble
from tests.engine.scripted import PATIENCE
from tests.engine.wire_fixtures import Heard, ask_address

pytest.importorskip("faulty", reason="faulty is not installed: pip install faulty==0.2.1")

TEXT = "Grüße, 世界: 😀 every byte counts."


@asynccontextmanager
async def behind(rule: Any) -> AsyncIterator[str]:
    """The double behind the proxy; gives its base URL."""
    from faulty.core.proxy import FaultyProxy  # noqa: PLC0415 - may not be there

    async with CerebrasDouble(default=Answer(TEXT)) as double:
        proxy = FaultyProxy("127.0.0.1", 0, "127.0.0.1", double.port)
        proxy.add_ingress_rule(rule)
        tasks = asyncio.all_tasks()
        async with proxy:
            port = proxy._server.sockets[0].getsockname()[1]
            yield f"http://127.0.0.1:{port}/v1"
            left = asyncio.all_tasks() - tasks - {asyncio.current_task()}
            for task in left:  # it does not end what it started
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


async def heard_through(rule: Any, read_timeout: float = 5.0) -> tuple[Heard, Failure | None]:
    async with behind(rule) as url, asyncio.timeout(PATIENCE):
        return await ask_address(url, read_timeout=read_timeout)


async def test_a_byte_at_a_time() -> None:
    from faulty.middlewares import ThrottleMiddleware  # noqa: PLC0415

    heard, failure = await heard_through(ThrottleMiddleware(10_000_000, chunk_size=1))
    assert failure is None
    assert (heard.text, heard.finish_reason) == (TEXT, "stop")


async def test_nothing_comes_through() -> None:
    from faulty.middlewares import DropMiddleware  # noqa: PLC0415

    heard, failure = await heard_through(DropMiddleware(1.0), read_timeout=0.2)
    assert heard.text == ""
    assert failure is not None
    assert failure.retryable


@pytest.mark.parametrize("seed", range(12))
async def test_a_corrupted_byte_never_raises_anything_but_a_failure(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    import random  # noqa: PLC0415

    from faulty.middlewares import CorruptBytesMiddleware, corrupt  # noqa: PLC0415

    monkeypatch.setattr(corrupt, "random", random.Random(seed))
    # A corrupted length can make aiohttp wait for ever, whatever its own timeouts: only the clocks
    # of the stream, which cancel as this timeout does, end that.
    with suppress(TimeoutError):
        async with behind(CorruptBytesMiddleware(0.3)) as url, asyncio.timeout(0.5):
            _heard, failure = await ask_address(url, read_timeout=0.3)
            assert failure is None or failure.message
