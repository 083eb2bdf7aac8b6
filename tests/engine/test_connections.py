"""One client for each provider and address, opened when first asked for, closed once."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest

from moa_tui.engine.connections import Connections
from moa_tui.engine.provider import (
    ChatProvider,
    ChatRequest,
    FailureKind,
    Message,
    ProviderError,
)
from moa_tui.errors import LocalModelError, MissingKeyError, MoaError
from moa_tui.local.process import Endpoint
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Provider, Sampling
from tests import canary
from tests.double import Answer, CerebrasDouble, faults

REQUEST = ChatRequest("gpt-oss-120b", (Message("user", "?"),), Sampling())
KEYED = Provider("keyed", "https://keyed.test/v1", "KEYED_API_KEY")
OTHER = Provider("other", "https://other.test/v1", "KEYED_API_KEY")
KEYLESS = Provider("keyless", "http://127.0.0.1:1/v1", None, key_required=False)
EMBEDDED = Provider("local", "", None, key_required=False, embedded=True)
PROVIDERS = {provider.name: provider for provider in (KEYED, OTHER, KEYLESS, EMBEDDED)}


class FakeLocalServer:
    """The embedded model's server without a process; the test says where it is."""

    def __init__(self) -> None:
        self.at: Endpoint | MoaError = Endpoint("http://127.0.0.1:1/v1", "first")
        self.asked = 0
        self.closed = 0
        self.ended = False

    async def has_ended(self) -> bool:
        return self.ended

    async def endpoint(self) -> Endpoint:
        self.asked += 1
        await asyncio.sleep(0)
        if isinstance(self.at, MoaError):
            raise self.at
        return self.at

    async def aclose(self) -> None:
        self.closed += 1


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> FakeLocalServer:
    monkeypatch.setenv("KEYED_API_KEY", "csk-keyed")
    return FakeLocalServer()


@pytest.fixture
async def connections(local: FakeLocalServer) -> AsyncIterator[Connections]:
    connections = Connections(PROVIDERS, local)
    yield connections
    await connections.aclose()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> "list[FakeClient]":
    """Clients that remember what became of them, in place of real ones."""
    made: list[FakeClient] = []

    def make(provider: Provider, base_url: str, key: ApiKey, **_settings: object) -> FakeClient:
        made.append(FakeClient(provider, base_url, key))
        return made[-1]

    monkeypatch.setattr("moa_tui.engine.openai_provider.client.OpenAIProvider", make)
    return made


class FakeClient:
    def __init__(self, provider: Provider, base_url: str, key: ApiKey) -> None:
        self.made_with = (provider, base_url, key.reveal())
        self.closed = 0
        self.error: Exception | None = None

    async def aclose(self) -> None:
        self.closed += 1
        await asyncio.sleep(0)
        if self.error:
            raise self.error


async def text_of(provider: ChatProvider) -> str:
    return "".join([batch.text async for batch in provider.stream(REQUEST)])


async def test_a_client_is_made_from_the_roster_and_the_environment(
    connections: Connections, made: list[FakeClient]
) -> None:
    await connections.connect("keyed")
    await connections.connect("keyless")
    assert [client.made_with for client in made] == [
        (KEYED, "https://keyed.test/v1", "csk-keyed"),
        (KEYLESS, "http://127.0.0.1:1/v1", "no-key"),  # never empty: the SDK would look around
    ]


async def test_a_client_is_made_once(connections: Connections, made: list[FakeClient]) -> None:
    first = await connections.connect("keyed")
    assert await connections.connect("keyed") is first
    assert await connections.connect("other") is not first
    assert len(made) == 2


async def test_asking_at_the_same_time_makes_one_client(
    connections: Connections, made: list[FakeClient], local: FakeLocalServer
) -> None:
    names = ["keyed", "local"] * 8
    got = await asyncio.gather(*(connections.connect(name) for name in names))
    assert len(set(map(id, got))) == len(made) == 2
    assert local.asked == 8


@pytest.mark.parametrize("value", [None, "", "  \n"])
async def test_a_missing_key_is_told(
    connections: Connections, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("KEYED_API_KEY")
    if value is not None:
        monkeypatch.setenv("KEYED_API_KEY", value)
    with pytest.raises(MissingKeyError, match="KEYED_API_KEY is not set"):
        await connections.connect("keyed")


async def test_a_key_may_be_set_later(
    connections: Connections, monkeypatch: pytest.MonkeyPatch, made: list[FakeClient]
) -> None:
    monkeypatch.delenv("KEYED_API_KEY")
    with pytest.raises(MissingKeyError):
        await connections.connect("keyed")
    monkeypatch.setenv("KEYED_API_KEY", " csk-later\n")
    await connections.connect("keyed")
    assert made[0].made_with[2] == "csk-later"


async def test_a_text_that_is_no_key_is_not_sent(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYED_API_KEY", "csk-schlüssel")
    with pytest.raises(MoaError, match="KEYED_API_KEY does not hold a key") as caught:
        await connections.connect("keyed")
    assert "csk" not in str(caught.value)


# The embedded model


async def test_the_embedded_server_is_asked_each_time(
    connections: Connections, local: FakeLocalServer, made: list[FakeClient]
) -> None:
    first = await connections.connect("local")
    assert await connections.connect("local") is first
    assert local.asked == 2
    assert [client.made_with for client in made] == [(EMBEDDED, "http://127.0.0.1:1/v1", "first")]


@pytest.mark.parametrize(
    "again",
    [
        Endpoint("http://127.0.0.1:2/v1", "second"),
        # The system may give a new process the port of the old one, but its key is another.
        Endpoint("http://127.0.0.1:1/v1", "second"),
    ],
    ids=["another port", "the same port"],
)
async def test_a_server_that_was_started_again_gets_a_new_client(
    connections: Connections, local: FakeLocalServer, made: list[FakeClient], again: Endpoint
) -> None:
    keyed = await connections.connect("keyed")
    old = await connections.connect("local")
    local.at = again
    assert await connections.connect("local") is not old
    assert made[-1].made_with == (EMBEDDED, again.base_url, "second")
    assert [client.closed for client in made] == [0, 1, 0]
    assert await connections.connect("keyed") is keyed


async def test_an_embedded_model_that_is_not_set_up_is_told(
    connections: Connections, local: FakeLocalServer, made: list[FakeClient]
) -> None:
    local.at = LocalModelError("no weights", "fetch them")
    with pytest.raises(LocalModelError, match="fetch them"):
        await connections.connect("local")
    assert made == []


# The end


async def test_closing_closes_everything(local: FakeLocalServer, made: list[FakeClient]) -> None:
    connections = Connections(PROVIDERS, local)
    for name in PROVIDERS:
        await connections.connect(name)
    await connections.aclose()
    assert [client.closed for client in made] == [1] * 4
    assert local.closed == 1
    await connections.aclose()
    assert [client.closed for client in made] == [1] * 4


async def test_one_that_cannot_be_closed_keeps_nothing_open(
    local: FakeLocalServer, made: list[FakeClient]
) -> None:
    connections = Connections(PROVIDERS, local)
    for name in PROVIDERS:
        await connections.connect(name)
    made[0].error = OSError("gone")
    await connections.aclose()
    assert [client.closed for client in made] == [1] * 4
    assert local.closed == 1


async def test_without_any_use_there_is_nothing_to_close() -> None:
    connections = Connections(PROVIDERS)
    assert connections.providers is PROVIDERS
    await connections.aclose()


# With real clients


async def test_turns_share_a_provider_but_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEYED_API_KEY", canary.KEY)
    async with CerebrasDouble(default=Answer("hi")) as double:
        provider = Provider("keyed", double.base_url, "KEYED_API_KEY")
        connections = Connections({"keyed": provider}, FakeLocalServer())
        for _ in range(3):
            assert await text_of(await connections.connect("keyed")) == "hi"
        assert [request.connection for request in double.requests] == [1, 2, 3]
        await connections.aclose()
        await double.wait_until(lambda: not double.connections, "the connection to close")


async def test_an_embedded_server_is_asked_with_its_own_key() -> None:
    async with CerebrasDouble(key="of this start", dialect="llamacpp") as double:
        local = FakeLocalServer()
        local.at = Endpoint(double.base_url, "of-this-start")
        connections = Connections(PROVIDERS, local)
        assert await text_of(await connections.connect("local"))
        await connections.aclose()
    assert double.requests[0].headers["authorization"] == "Bearer of-this-start"


@pytest.mark.parametrize("ended", [False, True])
async def test_a_server_has_stopped_only_when_its_process_has_ended(ended: bool) -> None:
    async with CerebrasDouble(key="of this start", dialect="llamacpp") as double:
        double.default = Answer("hi", fault=faults.NoAnswer("reset"))
        local = FakeLocalServer()
        local.at = Endpoint(double.base_url, "of-this-start")
        connections = Connections(PROVIDERS, local)
        local.ended = ended
        with pytest.raises(ProviderError) as caught:
            await text_of(await connections.connect("local"))
        await connections.aclose()
    failure = caught.value.failure
    assert failure.retryable
    if ended:
        assert failure.kind is FailureKind.LOCAL_MODEL
        assert failure.message == "the embedded model's server stopped"
    else:
        assert failure.kind is FailureKind.CONNECTION
        assert failure.message.endswith("broke: connection reset by peer")


async def test_a_server_that_another_stream_started_again_had_stopped() -> None:
    async with CerebrasDouble(key="of this start", dialect="llamacpp") as double:
        local = FakeLocalServer()
        local.at = Endpoint("http://127.0.0.1:1/v1", "first")
        connections = Connections(PROVIDERS, local)
        before = await connections.connect("local")
        local.at = Endpoint(double.base_url, "of-this-start")
        after = await connections.connect("local")
        with pytest.raises(ProviderError, match="the embedded model's server stopped"):
            await text_of(before)
        assert await text_of(after)
        await connections.aclose()


def test_the_client_library_is_imported_when_it_is_warmed_up() -> None:
    """It takes longer to import than all the rest: the first paint does not wait for it."""
    script = """
import asyncio, sys
from moa_tui.engine.connections import Connections
connections = Connections({})
assert "openai" not in sys.modules
asyncio.run(connections.warm_up())
assert "openai" in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
