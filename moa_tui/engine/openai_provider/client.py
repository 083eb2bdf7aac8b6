"""A provider behind an OpenAI-compatible HTTP interface.

The SDK does addresses, timeouts and error classes. It does not retry (one layer does,
`engine.retry`), does not follow redirects (they would carry the prompt to another host), and does
not build its models per chunk (`engine.wire` reads the bytes).
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from urllib.parse import urlsplit

from openai import APIStatusError, AsyncOpenAI, AsyncStream

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.bodies import Bodies
from moa_tui.engine.openai_provider.failures import failure_of, refusal_of
from moa_tui.engine.openai_provider.frames import broken_frames_told
from moa_tui.engine.openai_provider.http_client import open_http
from moa_tui.engine.openai_provider.rate_headers import readings_in
from moa_tui.engine.provider import AskedDifferentlyError, Batch, ChatRequest, ProviderError
from moa_tui.engine.wire.decoder import StreamDecoder
from moa_tui.engine.wire.errors import WireError
from moa_tui.engine.wire.models import read_model_names
from moa_tui.redaction import without_held
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Provider

READ_TIMEOUT = 3600.0
"""Seconds between two reads: a last resort, as each stream has clocks of its own."""

_LIST_TIMEOUT = 30.0
"""Seconds between two reads of a list of models."""

_END_GRACE = 0.1
"""Seconds to wait for the end of a body whose last event has come."""


class OpenAIProvider:
    """An OpenAI-compatible endpoint, with one connection pool for all of its streams."""

    def __init__(
        self, provider: Provider, base_url: str, key: ApiKey, *, read_timeout: float = READ_TIMEOUT
    ) -> None:
        """Open a client for `base_url`; raises ProviderError where none can be made."""
        self._read_timeout = read_timeout
        self._asked = Asked(provider, urlsplit(base_url).netloc, "", key)
        self._bodies = Bodies(provider)
        with self._telling():
            self._client = AsyncOpenAI(
                base_url=base_url,
                # Given in the request hook. Something must be here: the SDK would look for
                # OPENAI_API_KEY otherwise.
                api_key="unused",
                max_retries=0,
                http_client=open_http(base_url, key, read_timeout, provider.headers),
            )

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Batch, None]:
        """Send `request` and yield one batch per network read; raises ProviderError."""
        decoder = StreamDecoder()
        with self._telling(request.model, decoder), _learning(request):
            async with await self._post(request) as answer, broken_frames_told(answer.response):
                request.on_limits(readings_in(answer.response.headers))
                reads = answer.response.aiter_bytes()
                async for data in reads:
                    batch = None
                    for batch in decoder.feed(data):
                        if batch.done:
                            await _read_out(reads)
                        yield batch
                        if batch.done:
                            return
                    if batch is None:
                        # Comments without end, already here, would leave nobody else a turn.
                        await asyncio.sleep(0)
            for batch in decoder.finish():
                yield batch

    async def models(self) -> list[str]:
        """Return the names of the models served; raises ProviderError."""
        with self._telling():
            listing = self._client.models.with_raw_response.list
            response = await listing(timeout=min(_LIST_TIMEOUT, self._read_timeout))
            # A server can put the key that it was sent among the names.
            return [without_held(name) for name in read_model_names(response.content)]

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    @contextmanager
    def _telling(self, model: str = "", decoder: StreamDecoder | None = None) -> Iterator[None]:
        """The one place where an exception becomes a ProviderError."""
        try:
            yield
        except AskedDifferentlyError:
            raise
        except Exception as error:  # noqa: BLE001 - some kinds of fault are no openai.APIError
            if decoder and decoder.finished and not isinstance(error, WireError):
                return  # the answer was there: what broke could have brought no more of it
            asked = replace(self._asked, model=model)
            raise ProviderError(failure_of(error, asked)) from None

    async def _post(self, request: ChatRequest) -> AsyncStream[object]:
        """Send `request`; the SDK's `create` takes 0.2 ms longer for every message of a prompt."""
        body = self._bodies.of(request)
        try:
            return await self._client.post(
                "/chat/completions",
                cast_to=object,
                body=body,
                stream=True,
                stream_cls=AsyncStream[object],
            )
        except APIStatusError as error:
            self._bodies.learn(body, refusal_of(error, replace(self._asked, model=request.model)))
            raise


@contextmanager
def _learning(request: ChatRequest) -> Iterator[None]:
    """A refusal tells what is left of the limits as an answer does."""
    try:
        yield
    except APIStatusError as error:
        request.on_limits(readings_in(error.response.headers))
        raise


async def _read_out(reads: AsyncIterator[bytes]) -> None:
    """Wait for the end mark of the body: a connection that has not seen it is not used again."""
    with suppress(Exception):  # a timeout or a break here costs the connection and nothing else
        async with asyncio.timeout(_END_GRACE):
            async for _ in reads:
                pass
