"""The way to a host: proxies that are none, certificate files that hold none, no cookies back."""

import asyncio
from pathlib import Path

import pytest

from moa_tui.engine.events import RequestSent, StreamEnded, TextDelta, TurnEvent
from moa_tui.engine.provider import FailureKind, ProviderError, Step
from moa_tui.engine.run_turn import run_turn
from moa_tui.engine.strategies import STRATEGIES
from tests.engine.odd_servers import NO_HTTP, listening, self_signed
from tests.engine.scripted import PATIENCE, ScriptedProvider, plan
from tests.engine.unasked import Unasked, chunked, events, with_length
from tests.engine.wire_fixtures import REQUEST, ask_address, opened


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("said", NO_HTTP, ids=lambda said: repr(said[:20]))
async def test_what_a_proxy_says_is_the_proxys(
    monkeypatch: pytest.MonkeyPatch, said: bytes, scheme: str
) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    async with listening(handle) as port:
        monkeypatch.setenv(f"{scheme}_proxy", f"http://127.0.0.1:{port}")
        _, failure = await ask_address(f"{scheme}://api.acme.test/v1")
    assert failure is not None
    assert failure.message == "the proxy 127.0.0.1 does not speak HTTP"
    assert "HTTPS_PROXY" in failure.advice


def _no_file(_folder: Path) -> tuple[Path, str]:
    return Path("/nowhere/at-all.pem"), "does not exist"


def _no_certificate(folder: Path) -> tuple[Path, str]:
    path = folder / "letter.txt"
    path.write_text("Dear reader, there is no certificate here.")
    return path, "holds no certificate that can be read"


def _empty(folder: Path) -> tuple[Path, str]:
    path = folder / "empty.pem"
    path.touch()
    return path, "holds no certificate that can be read"


@pytest.mark.parametrize("make", [_no_file, _no_certificate, _empty])
async def test_a_certificate_file_that_is_none_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object
) -> None:
    path, why = make(tmp_path)  # type: ignore[operator]
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(ProviderError) as caught:
        async with opened("https://api.acme.test/v1"):
            pass
    failure = caught.value.failure
    assert failure.kind is FailureKind.TLS
    assert failure.message == f"SSL_CERT_FILE names {path}, which {why}"
    assert failure.advice == "correct or unset SSL_CERT_FILE"


async def test_a_server_without_tls_needs_no_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/at-all.pem")
    async with listening(Unasked(with_length).handle) as port:
        heard, failure = await ask_address(f"http://127.0.0.1:{port}/v1")
    assert (heard.text, failure) == (REQUEST.messages[-1].content, None)


async def test_no_cookie_is_sent_back() -> None:
    heads: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        said = with_length(events("Hm."))
        writer.write(said.replace(b"\r\n", b"\r\nset-cookie: who=you; path=/\r\n", 1))
        writer.close()

    async with listening(handle) as port, opened(f"http://localhost:{port}/v1") as client:
        for _ in range(2):
            assert [batch async for batch in client.stream(REQUEST)]
    assert len(heads) == 2
    assert not any(b"cookie" in head.lower() for head in heads)


# Connections that are opened ahead


async def test_a_connection_that_was_given_up_is_replaced_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server closes what was opened ahead in the moment in which it is used."""
    made = self_signed(tmp_path)
    if made is None:
        pytest.skip("there is no openssl")
    context, certificate = made
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server, opened_ahead = Unasked(chunked), 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened_ahead
        if opened_ahead < 2:
            opened_ahead += 1
            await reader.read(1)  # a request comes: the server does not want it
            writer.transport.abort()
            return
        await server.handle(reader, writer)

    steps: list[Step] = []
    async with (
        asyncio.timeout(PATIENCE),
        listening(handle, context) as port,
        opened(f"https://127.0.0.1:{port}/v1") as client,
    ):
        await client.open_ahead(2)
        asked = REQUEST.__class__(
            REQUEST.model, REQUEST.messages, REQUEST.sampling, on_step=steps.append
        )
        text = "".join([batch.text async for batch in client.stream(asked)])
    assert text == REQUEST.messages[-1].content
    assert steps == [Step.SENT, Step.CONNECTING, Step.SENT]


async def test_a_fresh_connection_that_breaks_is_told() -> None:
    seen = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.transport.abort()

    async with listening(handle) as port:
        _, failure = await ask_address(f"http://127.0.0.1:{port}/v1")
    assert failure is not None
    assert failure.kind is FailureKind.CONNECTION
    assert seen == 1


async def test_nothing_is_opened_ahead_where_there_is_no_handshake() -> None:
    seen = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        seen += 1
        await Unasked(with_length).handle(reader, writer)

    async with listening(handle) as port, opened(f"http://127.0.0.1:{port}/v1") as client:
        await client.open_ahead(4)
        assert [batch async for batch in client.stream(REQUEST)]
    assert seen == 1


# The clock of a stream


async def test_a_stream_is_timed_from_when_its_request_leaves() -> None:
    """What is done before it (an import, a key, a server that starts) is nobody's answering."""
    provider, ready = ScriptedProvider(), asyncio.Event()
    told: list[TurnEvent] = []

    async def connect(_name: str) -> ScriptedProvider:
        await ready.wait()
        return provider

    turn = asyncio.create_task(run_turn(plan("a"), STRATEGIES["single"], connect, told.append))
    async with asyncio.timeout(PATIENCE):
        await asyncio.sleep(0.05)
        assert not [event for event in told if isinstance(event, RequestSent)]
        ready.set()
        await turn
    kinds = [type(event) for event in told if not isinstance(event, TextDelta)]
    assert kinds.index(RequestSent) < kinds.index(StreamEnded)


async def test_a_request_is_told_when_it_is_written_and_read_when_it_is_read() -> None:
    """Connecting comes before, reading after: `at` orders them as they were on the wire."""
    order: list[str] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        order.append("accepted")
        await reader.readuntil(b"\r\n\r\n")
        order.append("asked")
        writer.write(with_length(events("Hm.")))
        writer.close()

    async with listening(handle) as port, opened(f"http://127.0.0.1:{port}/v1") as client:
        asked = REQUEST.__class__(
            REQUEST.model,
            REQUEST.messages,
            REQUEST.sampling,
            on_step=lambda step: order.append(step.name),
        )
        batches = [batch async for batch in client.stream(asked)]
    assert order[0] == "CONNECTING"
    assert order.index("SENT") < order.index("asked")
    assert all(batch.at is not None for batch in batches)
