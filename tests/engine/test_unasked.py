"""What a server says unasked is nobody's answer, whenever it comes and however it is framed."""

import asyncio
import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from moa_tui.engine.provider import Message
from tests.engine.odd_servers import listening, self_signed
from tests.engine.unasked import Framing, Unasked, chunked, kept_alive, with_length
from tests.engine.wire_fixtures import REQUEST, opened

ASKED = 4
QUESTION = REQUEST.messages[-1].content


async def wrong_answers(
    server: Unasked, context: ssl.SSLContext | None = None, *, ahead: int = 0, wait: bool = False
) -> list[str]:
    """Ask one question after the other; return the answers that are to none of them."""
    wrong = []
    scheme = "https" if context else "http"
    async with (
        asyncio.timeout(20),
        listening(server.handle, context) as port,
        opened(f"{scheme}://127.0.0.1:{port}/v1") as client,
    ):
        if ahead:
            await client.open_ahead(ahead)
        for number in range(ASKED):
            question = f"question {number}"
            request = replace(REQUEST, messages=(Message("user", question),))
            server.said.clear()
            text = "".join([batch.text async for batch in client.stream(request)])
            if text != question:
                wrong.append(text)
            if wait:
                await server.said.wait()
    assert server.answered == ASKED
    return wrong


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    made = self_signed(tmp_path_factory.mktemp("tls"))
    if made is None:
        pytest.skip("there is no openssl")
    return made


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize("split", [0, 1, 12, 60])
@pytest.mark.parametrize("delay", [0.0, 0.001, 0.02, None])
@pytest.mark.parametrize("framing", [with_length, chunked, kept_alive])
async def test_behind_a_good_answer(
    framing: Framing, delay: float | None, split: int, wait: bool
) -> None:
    if delay is None and wait:
        pytest.skip("it is said only when somebody asks again")
    assert await wrong_answers(Unasked(framing, delay, split), wait=wait) == []


@pytest.mark.parametrize("ahead", [0, 3])
@pytest.mark.parametrize("delay", [0.0, 0.001, 0.02, None])
async def test_behind_a_good_answer_over_tls(
    certified: tuple[ssl.SSLContext, Path],
    monkeypatch: pytest.MonkeyPatch,
    delay: float | None,
    ahead: int,
) -> None:
    context, certificate = certified
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert await wrong_answers(Unasked(chunked, delay), context, ahead=ahead) == []


async def test_before_any_question_over_tls(
    certified: tuple[ssl.SSLContext, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that waits for its question is given up when something comes."""
    context, certificate = certified
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    server = Unasked(with_length, at_once=3)
    async with (
        asyncio.timeout(20),
        listening(server.handle, context) as port,
        opened(f"https://127.0.0.1:{port}/v1") as client,
    ):
        await client.open_ahead(3)
        await server.all_said.wait()
        assert "".join([batch.text async for batch in client.stream(REQUEST)]) == QUESTION
