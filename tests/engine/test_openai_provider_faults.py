"""What breaks on the way: every fault becomes a ProviderError that names what happened."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from moa_tui.engine.openai_provider import http_client
from moa_tui.engine.openai_provider.client import OpenAIProvider
from moa_tui.engine.provider import Failure, FailureKind, Message, ProviderError
from moa_tui.roster.keys import ApiKey
from tests.double import Answer, CerebrasDouble, faults
from tests.double.faults import Fault
from tests.engine.odd_servers import (
    NO_HTTP,
    closed_port,
    listening,
    say_plainly,
    saying,
    self_signed,
)
from tests.engine.wire_fixtures import KEY, REQUEST, Heard, ask, ask_address, provider_at

SHORT = 0.15  # seconds of a read timeout that a test waits for


@pytest.fixture
async def double() -> AsyncIterator[CerebrasDouble]:
    async with CerebrasDouble(default=Answer.of("one ", "two ", "three")) as double:
        yield double


async def failed(base_url: str, *, key: str = KEY, read_timeout: float = 5.0) -> Failure:
    """The failure of a request; it names the host and says what to do."""
    _, failure = await ask_address(base_url, key=key, read_timeout=read_timeout)
    assert failure is not None
    assert failure.advice
    return failure


async def broken(double: CerebrasDouble, fault: Fault | tuple[Fault, ...]) -> tuple[Heard, Failure]:
    double.default = replace(Answer.of("one ", "two ", "three"), fault=fault)
    heard, failure = await ask_address(double.base_url, read_timeout=SHORT)
    assert failure is not None
    assert f"127.0.0.1:{double.port}" in failure.message
    assert failure.retryable
    assert failure.advice
    return heard, failure


# Nobody there


async def test_a_closed_port() -> None:
    port = await closed_port()
    failure = await failed(f"http://127.0.0.1:{port}/v1")
    assert failure == Failure(
        FailureKind.REFUSED,
        f"nothing answers at 127.0.0.1:{port}",
        "start the server of acme, or check base_url",
        retryable=True,
    )


async def test_an_unknown_host() -> None:
    failure = await failed("https://nowhere.invalid/v1")
    assert failure == Failure(
        FailureKind.DNS,
        "there is no host nowhere.invalid, or no network",
        "check base_url and the network",
        retryable=True,
    )


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:99999/v1", "ftp://127.0.0.1/v1"])
async def test_an_address_that_is_none(base_url: str) -> None:
    failure = await failed(base_url)
    assert failure.kind is FailureKind.BAD_REQUEST
    assert failure.advice == "correct base_url of acme"
    assert not failure.retryable


async def test_a_server_that_never_takes_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a TLS handshake is connecting; a port that says nothing must not hang."""
    monkeypatch.setattr(http_client, "CONNECT_TIMEOUT", SHORT)
    async with CerebrasDouble() as double:
        failure = await failed(double.base_url.replace("http:", "https:"), read_timeout=600)
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.retryable


# TLS


async def test_tls_to_a_plain_port() -> None:
    async with listening(say_plainly) as port:
        failure = await failed(f"https://127.0.0.1:{port}/v1")
    assert failure.kind is FailureKind.TLS
    assert f"127.0.0.1:{port} does not speak TLS" in failure.message
    assert "http" in failure.advice
    assert not failure.retryable


async def test_a_certificate_that_nobody_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = self_signed(tmp_path)
    if made is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    context, certificate = made
    async with listening(say_plainly, context) as port:
        failure = await failed(f"https://127.0.0.1:{port}/v1")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusted = await failed(f"https://127.0.0.1:{port}/v1")
    assert trusted.kind is FailureKind.BAD_REQUEST, "what say_plainly answers, read over TLS"
    assert failure.kind is FailureKind.TLS
    assert "no certificate that this machine trusts: self-signed certificate" in failure.message
    assert "SSL_CERT_FILE" in failure.advice
    assert not failure.retryable


async def test_certificates_that_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """They are read where the client is made: that, too, must end in a ProviderError."""
    (home / "certificates.pem").write_text("none")
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "certificates.pem"))
    failure = await failed("https://nowhere.invalid/v1")
    assert failure.kind is FailureKind.TLS


# Broken connections


@pytest.mark.parametrize(
    ("how", "reason"),
    [("reset", "connection reset by peer"), ("fin", "closed without an answer")],
)
async def test_a_connection_that_breaks_before_the_answer(
    double: CerebrasDouble, how: str, reason: str
) -> None:
    """The SDK calls both a timeout."""
    assert how in {"reset", "fin"}
    fault = faults.NoAnswer("reset" if how == "reset" else "fin")
    heard, failure = await broken(double, fault)
    assert failure.kind is FailureKind.CONNECTION
    assert failure.message.endswith(f"broke: {reason}")
    assert heard.batches == 0


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("how", ["reset", "fin"])
@pytest.mark.parametrize("after", range(5))
async def test_a_stream_cut_after_every_event(
    double: CerebrasDouble, after: int, how: str, half: bool
) -> None:
    fault = faults.Cut(after, "reset" if how == "reset" else "fin", half=half)
    double.default = replace(Answer.of("one ", "two ", "three"), fault=fault)
    heard, failure = await ask_address(double.base_url)
    assert failure is not None
    assert failure.kind is FailureKind.CONNECTION
    why = "connection reset by peer" if how == "reset" else "it ended before the answer did"
    assert failure.message.endswith(f"broke: {why}")
    # With the break at its heels, the server's own machine may drop what it had not sent.
    assert "one two three".startswith(heard.text)
    assert heard.finish_reason is None


@pytest.mark.parametrize("how", ["reset", "fin"])
async def test_a_break_after_the_finish_reason_is_none(double: CerebrasDouble, how: str) -> None:
    fault = faults.Cut(5, "reset" if how == "reset" else "fin")
    double.default = replace(Answer.of("one ", "two ", "three"), fault=fault)
    heard, failure = await ask_address(double.base_url)
    if heard.finish_reason:  # else the reset overtook it
        assert failure is None
        assert heard.text == "one two three"
    else:
        assert how == "reset"


@pytest.mark.parametrize(
    "fault", [faults.error_event(4), faults.bad_json(4), faults.Inject(4, b"<html>bye</html>\n\n")]
)
async def test_nothing_after_the_finish_reason_takes_the_answer_away(
    double: CerebrasDouble, fault: Fault
) -> None:
    double.default = replace(Answer.of("one ", "two"), fault=fault)
    heard, failure = await ask_address(double.base_url)
    assert (heard.text, heard.finish_reason) == ("one two", "stop")
    assert failure is None


@pytest.mark.parametrize("fault", [faults.NoFinish(), faults.Cut(3, "end")])
async def test_a_clean_end_without_a_finish_reason_is_left_to_the_engine(
    double: CerebrasDouble, fault: Fault
) -> None:
    double.default = replace(Answer.of("one ", "two ", "three"), fault=fault)
    heard = await ask(double)
    assert heard.text in {"one two ", "one two three"}
    assert (heard.finish_reason, heard.done) == (None, False)


async def test_bytes_that_do_not_decompress(double: CerebrasDouble) -> None:
    double.default = Answer("x", headers={"content-encoding": "gzip"})
    failure = await failed(double.base_url)
    assert failure.kind is FailureKind.NOT_AN_ANSWER
    assert "cannot be decompressed" in failure.message
    assert failure.retryable


@pytest.mark.parametrize("said", NO_HTTP, ids=lambda said: repr(said[:20]))
async def test_a_server_that_speaks_no_http(said: bytes) -> None:
    async with listening(saying(said)) as port:
        failure = await failed(f"http://127.0.0.1:{port}/v1")
    assert failure.kind is FailureKind.NOT_AN_ANSWER
    assert failure.message == f"127.0.0.1:{port} does not speak HTTP as it should"
    assert not failure.retryable


# Silence


async def test_a_server_that_says_nothing(double: CerebrasDouble) -> None:
    heard, failure = await broken(double, faults.NoAnswer())
    assert failure.kind is FailureKind.TIMEOUT
    assert heard.batches == 0
    await double.wait_for_idle()
    assert double.requests[0].closed_early


@pytest.mark.parametrize("after", [0, 2])
async def test_a_stream_that_stalls(double: CerebrasDouble, after: int) -> None:
    heard, failure = await broken(double, faults.Stall(after))
    assert failure.kind is FailureKind.TIMEOUT
    assert heard.text == ("one " if after else "")


async def test_headers_that_stall(double: CerebrasDouble) -> None:
    _, failure = await broken(double, faults.SlowHead(SHORT * 3))
    assert failure.kind is FailureKind.TIMEOUT


async def test_silence_after_the_finish_reason_is_no_failure(double: CerebrasDouble) -> None:
    double.default = replace(Answer.of("one ", "two"), fault=faults.NoDone())
    heard = await ask(double, read_timeout=SHORT)
    assert (heard.text, heard.finish_reason, heard.done) == ("one two", "stop", False)
    assert heard.usage is not None


# Proxies


@pytest.mark.parametrize("variable", ["ALL_PROXY", "https_proxy"])
async def test_a_socks_proxy_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "socks5://127.0.0.1:9")
    failure = await failed("https://nowhere.invalid/v1")
    assert "SOCKS proxy, which is not supported" in failure.message
    assert "nowhere.invalid" in failure.message
    assert "NO_PROXY" in failure.advice
    assert not failure.retryable


async def test_a_socks_proxy_for_other_hosts_is_no_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "nowhere.invalid")
    assert (await failed("https://nowhere.invalid/v1")).kind is FailureKind.DNS


@pytest.mark.parametrize(
    ("proxy", "kind", "name"),
    [
        ("http://127.0.0.1:9", FailureKind.REFUSED, "the proxy 127.0.0.1"),
        ("http://gone.invalid:3128", FailureKind.DNS, "the proxy gone.invalid"),
    ],
)
async def test_a_proxy_that_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, proxy: str, kind: FailureKind, name: str
) -> None:
    """Not the provider, whose address is right."""
    monkeypatch.setenv("https_proxy", proxy)
    failure = await failed("https://api.acme.test/v1")
    assert failure.kind is kind
    assert name in failure.message
    assert "HTTPS_PROXY" in failure.advice


async def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
        writer.close()

    async with listening(refuse) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        failure = await failed("https://api.acme.test/v1")
    assert failure.kind is FailureKind.CONNECTION
    assert "the proxy on the way to api.acme.test refused" in failure.message
    assert "407" in failure.message
    assert not failure.retryable


# What cannot be sent


@pytest.mark.parametrize("key", ["csk-schlüssel", "csk-abc\ndef", "csk-\x00abc", "csk-“quoted”"])
async def test_a_key_that_no_header_can_hold(double: CerebrasDouble, key: str) -> None:
    failure = await failed(double.base_url, key=key)
    assert failure == Failure(
        FailureKind.WRONG_KEY,
        "ACME_API_KEY does not hold a key: it has unusual characters in it",
        "copy the key again",
    )
    assert double.requests == []


async def test_a_prompt_that_utf_8_cannot_hold(double: CerebrasDouble) -> None:
    request = replace(REQUEST, messages=(Message("user", "lone \ud83d"),))
    _, failure = await ask_address(double.base_url, request)
    assert failure is not None
    assert failure.kind is FailureKind.BAD_REQUEST
    assert "characters that cannot be sent" in failure.message
    assert double.requests == []


# The embedded model


@pytest.mark.parametrize("ended", [False, True])
async def test_the_embedded_models_server_is_not_for_the_person_to_start(ended: bool) -> None:
    async def has_ended() -> bool:
        return ended

    port = await closed_port()
    provider = provider_at(f"http://127.0.0.1:{port}/v1", embedded=True)
    client = OpenAIProvider(provider, provider.base_url, ApiKey(KEY), has_ended=has_ended)
    with pytest.raises(ProviderError) as caught:
        await client.models()
    await client.aclose()
    stopped = Failure(
        FailureKind.LOCAL_MODEL,
        "the embedded model's server stopped",
        "ask again: it is started anew",
        retryable=True,
    )
    assert (caught.value.failure == stopped) == ended


async def test_models_fail_in_the_same_words(double: CerebrasDouble) -> None:
    provider = provider_at("https://nowhere.invalid/v1")
    client = OpenAIProvider(provider, provider.base_url, ApiKey(KEY))
    with pytest.raises(ProviderError, match=r"there is no host nowhere\.invalid"):
        await client.models()
    await client.aclose()
