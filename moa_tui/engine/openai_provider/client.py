"""A provider behind an OpenAI-compatible HTTP interface.

The SDK does addresses, timeouts and error classes. It does not retry (one layer does,
`engine.retry`), does not follow redirects (they would carry the prompt to another host), and does
not build its models per chunk (`engine.wire` reads the bytes).
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from openai import APIStatusError, AsyncOpenAI, AsyncStream

from moa_tui.engine.openai_provider.asked import Asked
from moa_tui.engine.openai_provider.bodies import Bodies
from moa_tui.engine.openai_provider.exchange import Exchange, begin
from moa_tui.engine.openai_provider.failures import (
    failure_of,
    may_have_ended,
    refusal_of,
    server_ended,
)
from moa_tui.engine.openai_provider.http_client import open_http
from moa_tui.engine.openai_provider.rate_headers import readings_in
from moa_tui.engine.provider import AskedDifferentlyError, Batch, ChatRequest, ProviderError
from moa_tui.engine.wire.decoder import StreamDecoder
from moa_tui.engine.wire.models import read_model_names
from moa_tui.redaction import without_held
from moa_tui.roster.keys import ApiKey
from moa_tui.roster.model import Provider

READ_TIMEOUT = 3600.0
"""Seconds between two reads: a last resort, as each stream has clocks of its own."""

_LIST_TIMEOUT = 30.0
"""Seconds between two reads of a list of models."""


class OpenAIProvider:
    """An OpenAI-compatible endpoint, with one connection pool for all of its streams."""

    def __init__(
        self,
        provider: Provider,
        base_url: str,
        key: ApiKey,
        *,
        read_timeout: float = READ_TIMEOUT,
        has_ended: Callable[[], Awaitable[bool]] | None = None,
    ) -> None:
        """Open a client for `base_url`; raises ProviderError where none can be made.

        `has_ended` says whether the server has, where this program has started it.
        """
        self._has_ended = has_ended
        self._closed = False
        self._read_timeout = read_timeout
        self._base_url = base_url
        self._asked = Asked(provider, urlsplit(base_url).netloc, "", key)
        self._bodies = Bodies(provider)
        with self._telling():
            self._http = open_http(base_url, key, read_timeout, provider.headers)
            self._client = AsyncOpenAI(
                base_url=base_url,
                # Given in the request hook. Something must be here: the SDK would look for
                # OPENAI_API_KEY otherwise.
                api_key="unused",
                max_retries=0,
                http_client=self._http,
            )

    async def stream(self, request: ChatRequest) -> AsyncGenerator[Batch, None]:
        """Send `request` and yield one batch per network read; raises ProviderError."""
        decoder = StreamDecoder()
        exchange = Exchange(request.on_step)
        begin(exchange)
        async with self._answering(request.model, decoder):
            async with await self._asked_for(request) as answer:
                request.on_limits(readings_in(answer.response.headers))
                async for data in answer.response.aiter_bytes():
                    batch = None
                    for batch in decoder.feed(data):
                        exchange.complete = batch.done
                        yield replace(batch, at=exchange.read_at)
                        if batch.done:
                            return
                    if batch is None:
                        # Comments without end, already here, would leave nobody else a turn.
                        await asyncio.sleep(0)
            for batch in decoder.finish():
                yield replace(batch, at=exchange.read_at)

    async def models(self) -> list[str]:
        """Return the names of the models served; raises ProviderError."""
        begin(Exchange())
        async with self._answering():
            listing = self._client.models.with_raw_response.list
            response = await listing(timeout=min(_LIST_TIMEOUT, self._read_timeout))
            # A server can put the key that it was sent among the names.
            return [without_held(name) for name in read_model_names(response.content)]

    async def open_ahead(self, streams: int) -> None:
        """Have connections for up to `streams` streams at hand."""
        await self._http.open_ahead(self._base_url, streams)

    async def aclose(self) -> None:
        """Close the connections."""
        self._closed = True
        await self._client.close()

    @asynccontextmanager
    async def _answering(
        self, model: str = "", decoder: StreamDecoder | None = None
    ) -> AsyncGenerator[None, None]:
        """Tell failures, and whether it was the server of this program that has ended."""
        try:
            with self._telling(model, decoder):
                yield
        except ProviderError as error:
            # Closed: another stream has found the server gone, and has had it started again.
            gone = self._closed or may_have_ended(error.failure)
            if self._has_ended and gone and await self._has_ended():
                raise ProviderError(server_ended(error.failure)) from None
            raise

    @contextmanager
    def _telling(self, model: str = "", decoder: StreamDecoder | None = None) -> Iterator[None]:
        """The one place where an exception becomes a ProviderError."""
        try:
            yield
        except AskedDifferentlyError:
            raise
        except Exception as error:  # noqa: BLE001 - some kinds of fault are no openai.APIError
            if decoder and decoder.finished:
                return  # the answer was there: what broke could have brought no more of it
            asked = replace(self._asked, model=model)
            raise ProviderError(failure_of(error, asked)) from None

    async def _asked_for(self, request: ChatRequest) -> AsyncStream[object]:
        """Send `request`; a refusal tells what is left of the limits as an answer does."""
        try:
            return await self._post(request)
        except APIStatusError as error:
            request.on_limits(readings_in(error.response.headers))
            raise

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
