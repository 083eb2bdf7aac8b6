"""The HTTP client under the SDK: what leaves with a request, by which way, and for how long.

The environment changes the SDK's requests in ways that nobody who sets up a provider expects:
OPENAI_ORG_ID, OPENAI_PROJECT_ID and OPENAI_CUSTOM_HEADERS would go to every host. So every header
that is sent is named here.
"""

import concurrent.futures.thread  # noqa: F401 - asyncio looks hosts up with it, in mid-question
import ssl
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from moa_tui.engine.openai_provider.http_transport import HttpTransport
from moa_tui.engine.openai_provider.tls import open_context
from moa_tui.engine.provider import Failure, FailureKind, ProviderError
from moa_tui.roster.hosts import is_loopback
from moa_tui.roster.keys import ApiKey

CONNECT_TIMEOUT = 10.0
MAX_BODY = 4 * 1024 * 1024
"""Bytes read of a refusal or of a list of models; what is more is left where it is."""

_INFLATES = 1000
"""How much a compressed body can grow at most, about: deflate's own limit is 1,032."""

_KEPT_HEADERS = (
    *("host", "content-type", "content-length", "accept", "user-agent"),
    "x-stainless-raw-response",  # by which the SDK remembers how it was called
)
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class HttpClient(httpx2.AsyncClient):
    """httpx's client on our own transport, through the proxy that the environment names."""

    def _init_transport(  # type: ignore[override]  # given by name, and few of them matter
        self, **settings: Any
    ) -> httpx2.AsyncBaseTransport:
        return HttpTransport(settings["verify"])

    def _init_proxy_transport(  # type: ignore[override]
        self, proxy: httpx2.Proxy, **settings: Any
    ) -> httpx2.AsyncBaseTransport:
        return HttpTransport(settings["verify"], proxy)

    async def open_ahead(self, url: str, count: int) -> None:
        """Have up to `count` connections to `url` at hand, where a handshake takes its time."""
        transport = self._transport_for_url(httpx2.URL(url))
        if isinstance(transport, HttpTransport):
            await transport.open_ahead(url, count, CONNECT_TIMEOUT)


def open_http(
    base_url: str, key: ApiKey, read_timeout: float, further: Mapping[str, str] = _NO_HEADERS
) -> HttpClient:
    """Return a client whose requests carry `key`.

    `further` headers go along with each request, and take no other's place. Raises ProviderError
    for a SOCKS proxy, and where SSL_CERT_FILE names nothing that can be used.
    """
    address = urlsplit(base_url)
    local = is_loopback(base_url)
    if not local:
        _refuse_socks(address.scheme, address.hostname or "")

    async def set_headers(request: httpx2.Request) -> None:
        kept = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        # Compressed, a stream would wait for its compressor to fill a block. No connection is used
        # twice, which a server is better told.
        kept |= {"accept-encoding": "identity", "connection": "close"}
        kept |= {"authorization": f"Bearer {key.reveal()}"}
        more = {name: value for name, value in further.items() if name.lower() not in kept}
        request.headers = httpx2.Headers({**more, **kept})

    async def limit_body(response: httpx2.Response) -> None:
        if response.is_error or response.request.method != "POST":
            # These bodies are read whole: streams are limited event by event.
            packed = response.headers.get("content-encoding", "identity") != "identity"
            most = MAX_BODY // _INFLATES if packed else MAX_BODY
            response.stream = _Limited(cast("httpx2.AsyncByteStream", response.stream), most)

    return HttpClient(
        follow_redirects=False,
        timeout=httpx2.Timeout(read_timeout, connect=CONNECT_TIMEOUT),
        event_hooks={"request": [set_headers], "response": [limit_body]},
        # SSL_CERT_FILE counts for every server; a proxy of the environment has no way to one of
        # this machine.
        verify=_context_for(address.scheme, local=local),
        trust_env=not local,
    )


def _context_for(scheme: str, *, local: bool) -> ssl.SSLContext:
    """Return what judges certificates; reading them all is saved where there are none to judge."""
    if scheme == "http" and (local or not getproxies()):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return open_context()


class _Limited(httpx2.AsyncByteStream):
    """The beginning of a body."""

    def __init__(self, body: httpx2.AsyncByteStream, most: int) -> None:
        self._body = body
        self._left = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for data in self._body:
            yield data[: self._left]
            self._left -= len(data)
            if self._left <= 0:
                return

    async def aclose(self) -> None:
        await self._body.aclose()


def _refuse_socks(scheme: str, host: str) -> None:
    """aiohttp would talk HTTP to a SOCKS proxy, and both would wait for the other."""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all") or ""
    if proxy.lower().startswith("socks") and not proxy_bypass(host):
        raise ProviderError(
            Failure(
                FailureKind.CONNECTION,
                f"{host} would be asked through a SOCKS proxy, which is not supported",
                "set HTTPS_PROXY to an HTTP proxy, or put the host into NO_PROXY",
            )
        )
