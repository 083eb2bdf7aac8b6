"""httpx's requests on aiohttp's connections: what costs least for every read of a stream."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable

import aiohttp
import httpx2
from yarl import URL

from moa_tui.engine.openai_provider import exchange as exchanges
from moa_tui.engine.openai_provider.connector import Connector, ProxyAnswerError
from moa_tui.engine.openai_provider.exchange import Exchange
from moa_tui.engine.openai_provider.wire_protocol import (
    MAX_HEAD,
    HeadTooLargeError,
    read_out,
)

_MOST_HEADERS = 2000

_END_GRACE = 0.1
"""Seconds for the end of a body whose last event has come. Nobody waits for them."""


class HttpTransport(httpx2.AsyncBaseTransport):
    """Sends requests, each on a connection of its own."""

    def __init__(self, context: ssl.SSLContext, proxy: httpx2.Proxy | None = None) -> None:
        self._context = context
        self._proxy = URL(str(proxy.url)) if proxy else None
        self._proxy_auth = aiohttp.BasicAuth(*proxy.auth) if proxy and proxy.auth else None
        self._session: aiohttp.ClientSession | None = None
        self._ending: set[aiohttp.ClientResponse] = set()

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response to `request`, its body still to be read."""
        exchange = exchanges.current()
        body = await request.aread()
        try:
            response = await self._ask(request, body)
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            # The server had given the waiting connection up: it has seen no request to answer.
            if not exchange.ahead or exchange.wire is None or not exchange.wire.silent:
                raise
            exchange.fresh = True
            response = await self._ask(request, body)
        return httpx2.Response(
            status_code=response.status,
            headers=response.raw_headers,
            stream=_Body(response, exchange, self._end_later),
            request=request,
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": _reason(response)},
        )

    async def open_ahead(self, url: str, count: int, patience: float) -> None:
        """Have up to `count` connections to `url` at hand."""
        session = self._opened()
        request = aiohttp.ClientRequest(
            "HEAD",
            URL(url).origin(),
            loop=asyncio.get_running_loop(),
            session=session,
            proxy=self._proxy,
            proxy_auth=self._proxy_auth,
        )
        assert isinstance(session.connector, Connector)
        timeout = aiohttp.ClientTimeout(sock_connect=patience)
        await session.connector.open_ahead(request, count, timeout)

    async def aclose(self) -> None:
        """Close every connection."""
        for response in list(self._ending):
            self._end(response)
        if self._session:
            await self._session.close()

    async def _ask(self, request: httpx2.Request, body: bytes) -> aiohttp.ClientResponse:
        limits = request.extensions.get("timeout", {})
        try:
            return await self._opened().request(
                request.method,
                str(request.url),
                headers=request.headers,
                data=body or None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(
                    sock_connect=limits.get("connect"), sock_read=limits.get("read")
                ),
                proxy=self._proxy,
                proxy_auth=self._proxy_auth,
            )
        except (aiohttp.ClientProxyConnectionError, aiohttp.ClientHttpProxyError) as error:
            raise httpx2.ProxyError(str(error)) from error
        except aiohttp.ClientResponseError as error:
            if "Got more than" in error.message or "Too many" in error.message:
                raise HeadTooLargeError from error
            if self._proxy and request.url.scheme == "http":
                raise ProxyAnswerError(self._proxy.host) from error
            raise

    def _end_later(self, response: aiohttp.ClientResponse) -> None:
        """Wait a moment for the end mark: a server that cannot write it would complain."""
        self._ending.add(response)
        asyncio.get_running_loop().call_later(_END_GRACE, self._end, response)

    def _end(self, response: aiohttp.ClientResponse) -> None:
        self._ending.discard(response)
        response.close()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=Connector(self._context),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                # Gateways send policies and cookies of many KB; the whole is limited by MAX_HEAD.
                max_line_size=MAX_HEAD,
                max_field_size=MAX_HEAD,
                max_headers=_MOST_HEADERS,
            )
        return self._session


class _Body(httpx2.AsyncByteStream):
    """The body of a response as it comes; what came before an error comes before the error."""

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        exchange: Exchange,
        end_later: Callable[[aiohttp.ClientResponse], None],
    ) -> None:
        self._response = response
        self._exchange = exchange
        self._end_later = end_later

    async def __aiter__(self) -> AsyncIterator[bytes]:
        content = self._response.content
        while True:
            try:
                data = await content.readany()
            except Exception:
                if rest := read_out(content):
                    yield rest
                raise
            if not data:
                return
            yield data

    async def aclose(self) -> None:
        if self._exchange.complete and not self._response.content.is_eof():
            self._end_later(self._response)
        else:
            self._response.close()


def _reason(response: aiohttp.ClientResponse) -> bytes:
    return (response.reason or "").encode("utf-8", "replace")
