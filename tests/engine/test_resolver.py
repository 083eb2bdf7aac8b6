"""A name server that does not answer: told as what it is, and nothing waits for it."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.events import Outcome, RequestSent, StreamEnded, TurnEvent
from moa_tui.engine.openai_provider.resolver import NameResolver, NameServerSilentError
from moa_tui.engine.provider import FailureKind
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from tests import canary
from tests.double import CerebrasDouble
from tests.engine.scripted import PATIENCE, agent, plan
from tests.engine.wire_fixtures import provider_at

SHORT = 0.05


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A name server that is asked and does not answer; the hosts that it was asked for."""
    asked: list[str] = []
    over = Event()

    def wait(host: str, *_arguments: object, **_named: object) -> list[object]:
        asked.append(host)
        over.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", wait)
    yield asked
    over.set()


@pytest.mark.parametrize("clock", ["timeout", "first_token_timeout"])
async def test_a_stream_that_is_given_up_meanwhile_names_it(
    silence: list[str], monkeypatch: pytest.MonkeyPatch, clock: str
) -> None:
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    connections = Connections({"acme": provider_at("https://api.acme.test/v1")})
    asked = agent("m", **{"timeout": 10 * SHORT, clock: SHORT})
    told: list[TurnEvent] = []
    turn_plan = replace(plan([asked], aggregator=asked), providers=connections.providers)
    await connections.warm_up()
    async with asyncio.timeout(PATIENCE):
        await run_turn(turn_plan, STRATEGIES["single"], connections.connect, told.append)
        await connections.aclose()
    (ended,) = [event for event in told if isinstance(event, StreamEnded)]
    assert ended.failure is not None
    assert ended.failure.kind is FailureKind.DNS
    assert ended.failure.message.endswith("the name server does not say where acme is")
    assert not [event for event in told if isinstance(event, RequestSent)]
    assert silence[0] == "api.acme.test"


async def test_a_turn_that_is_stopped_meanwhile_names_it(
    silence: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    connections = Connections({"acme": provider_at("https://api.acme.test/v1")})
    told: list[TurnEvent] = []
    turn_plan = replace(plan("a"), providers=connections.providers)
    turn = asyncio.create_task(
        run_turn(turn_plan, STRATEGIES["single"], connections.connect, told.append)
    )
    async with asyncio.timeout(PATIENCE):
        while not silence:  # noqa: ASYNC110 - told in another thread
            await asyncio.sleep(0.01)
    turn.cancel()
    await asyncio.wait({turn})
    await connections.aclose()
    (ended,) = [event for event in told if isinstance(event, StreamEnded)]
    assert ended.outcome is Outcome.STOPPED
    assert ended.failure is not None
    assert ended.failure.kind is FailureKind.DNS


async def test_all_who_ask_at_once_share_a_question(silence: list[str]) -> None:
    resolver = NameResolver(SHORT)
    answers = await asyncio.gather(
        *(resolver.resolve("api.acme.test", 443) for _ in range(8)), return_exceptions=True
    )
    assert all(isinstance(answer, NameServerSilentError) for answer in answers)
    assert silence == ["api.acme.test"]
    await resolver.close()


async def test_a_name_is_looked_up_and_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_API_KEY", canary.KEY)
    async with CerebrasDouble(key=canary.KEY) as double:
        connections = Connections(
            {"acme": provider_at(double.base_url.replace("127.0.0.1", "localhost"))}
        )
        assert await (await connections.connect("acme")).models()
        await connections.aclose()


def test_no_thread_is_waited_for_at_the_end_of_the_program() -> None:
    script = """
import asyncio, socket, time
socket.getaddrinfo = lambda *_a, **_k: time.sleep(600)
from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.errors import MoaError
from tests.engine.wire_fixtures import KEY, REQUEST, ApiKey, provider_at

async def ask():
    provider = provider_at("https://api.acme.test/v1")
    client = OpenAIProvider(provider, provider.base_url, ApiKey(KEY))
    try:
        async with asyncio.timeout(0.2):
            async for _ in client.stream(REQUEST):
                pass
    except TimeoutError:
        print("given up")
    finally:
        await client.aclose()

asyncio.run(ask())
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], check=True, timeout=120, capture_output=True, text=True
    )
    assert ran.stdout == "given up\n"
