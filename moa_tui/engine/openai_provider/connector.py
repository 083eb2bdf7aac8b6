"""Connections for one request each, with some of them opened ahead.

A connection that has carried an answer is never used again: what a server (or a gateway before
it) sends unasked behind a good answer would be read as the answer to the next question, and
nothing on the wire tells the two apart. So that nobody waits for a TLS handshake, connections
that have carried nothing yet are kept at hand.
"""

import asyncio
import select
from collections import Counter, defaultdict, deque
from functools import partial
from typing import TYPE_CHECKING

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.connector import Connection

from moa_tui.engine.openai_provider import exchange as exchanges
from moa_tui.engine.openai_provider.exchange import Exchange
from moa_tui.engine.openai_provider.resolver import NameResolver
from moa_tui.engine.openai_provider.wire_protocol import SpokeFirstError, Wire
from moa_tui.engine.provider import Step

if TYPE_CHECKING:
    import ssl

    from aiohttp.tracing import Trace

MOST_AHEAD = 8
"""Connections to one address that are kept at hand."""

LIFE = 45.0
"""Seconds for which they are: most servers close one that says nothing after 60."""

_MOST = 1000


class ProxyAnswerError(aiohttp.ClientError):
    """A proxy did not answer in HTTP."""

    def __init__(self, host: str | None) -> None:
        super().__init__("no HTTP")
        self.host = host


class Connector(aiohttp.TCPConnector):
    """Opens connections; none of them is used for a second request."""

    def __init__(self, context: "ssl.SSLContext | bool") -> None:
        super().__init__(
            ssl=context, limit=_MOST, force_close=True, use_dns_cache=False, resolver=NameResolver()
        )
        self._factory = partial(Wire, loop=self._loop)  # type: ignore[assignment]
        self._ahead: defaultdict[ConnectionKey, deque[Connection]] = defaultdict(deque)
        self._under_way: Counter[ConnectionKey] = Counter()
        self._most: Counter[ConnectionKey] = Counter()
        self._filling: dict[ConnectionKey, asyncio.Task[None]] = {}

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: "list[Trace]",  # noqa: ARG002 - aiohttp's signature
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109
    ) -> Connection:
        """Return a connection that has carried nothing yet."""
        exchange, key = exchanges.current(), req.connection_key
        connection = None if exchange.fresh else self._take(key)
        exchange.ahead = connection is not None
        if connection is None:
            exchange.step(Step.CONNECTING)
            connection = await self._open(req, timeout)
        wire = connection.protocol
        assert isinstance(wire, Wire)
        exchange.wire, wire.exchange = wire, exchange
        self._under_way[key] += 1
        connection.add_callback(lambda: self._under_way.subtract((key,)))
        self._most[key] = min(MOST_AHEAD, max(self._most[key], self._under_way[key]))
        if key.is_ssl and key not in self._filling:
            task = asyncio.create_task(self._fill(_bare(req), timeout))
            self._filling[key] = task
            task.add_done_callback(lambda _: self._filling.pop(key, None))
        return connection

    async def open_ahead(
        self, req: aiohttp.ClientRequest, count: int, limits: aiohttp.ClientTimeout
    ) -> None:
        """Have up to `count` connections at hand for requests like `req`."""
        key = req.connection_key
        if not key.is_ssl:  # there is no handshake, and a small server may have few places
            return
        missing = min(count, MOST_AHEAD) - len(self._ahead[key])
        self._most[key] = max(self._most[key], min(count, MOST_AHEAD))
        await asyncio.gather(*(self._open_one(req, limits) for _ in range(missing)))

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Close everything."""
        filling, self._filling = list(self._filling.values()), {}
        for task in filling:
            task.cancel()
        for connections in self._ahead.values():
            for connection in connections:
                connection.close()
        self._ahead.clear()
        await super().close(abort_ssl=abort_ssl)
        await asyncio.gather(*filling, return_exceptions=True)

    async def _open(self, req: aiohttp.ClientRequest, limits: aiohttp.ClientTimeout) -> Connection:
        try:
            connection = await super().connect(req, [], limits)
        except aiohttp.ClientHttpProxyError:
            raise
        except aiohttp.ClientResponseError as error:
            # Nobody but a proxy has been asked anything so far.
            raise ProxyAnswerError(req.proxy.host if req.proxy else None) from error
        if not req.is_ssl() and not _is_untouched(connection):
            connection.close()
            raise SpokeFirstError
        return connection

    def _take(self, key: ConnectionKey) -> Connection | None:
        connections = self._ahead[key]
        while connections:
            connection = connections.popleft()
            if _is_untouched(connection):
                return connection
            connection.close()
        return None

    async def _fill(self, req: aiohttp.ClientRequest, limits: aiohttp.ClientTimeout) -> None:
        """Open what the next layer of streams needs, one connection after the other."""
        key = req.connection_key
        while len(self._ahead[key]) < self._most[key] and self._under_way[key] > 0:
            if not await self._open_one(req, limits):
                return

    async def _open_one(self, req: aiohttp.ClientRequest, limits: aiohttp.ClientTimeout) -> bool:
        exchanges.begin(Exchange())
        try:
            connection = await self._open(req, limits)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False  # the request that needs it can tell about it
        key = req.connection_key
        self._ahead[key].append(connection)
        self._loop.call_later(LIFE, self._expire, key, connection)
        return True

    def _expire(self, key: ConnectionKey, connection: Connection) -> None:
        if connection in self._ahead[key]:
            self._ahead[key].remove(connection)
            connection.close()


def _bare(req: aiohttp.ClientRequest) -> aiohttp.ClientRequest:
    """Return a request with nothing in it that goes the same way as `req`."""
    return aiohttp.ClientRequest(
        "HEAD",
        req.url.origin(),
        loop=req.loop,
        session=req.session,
        ssl=req.ssl,
        proxy=req.proxy,
        proxy_auth=req.proxy_auth,
        proxy_headers=req.proxy_headers,
        server_hostname=req.server_hostname,
    )


def _is_untouched(connection: Connection) -> bool:
    """Whether nothing has come, be it read or not, and the other end is there."""
    wire = connection.protocol
    if not isinstance(wire, Wire) or wire.transport is None or not wire.is_connected():
        return False
    sock = wire.transport.get_extra_info("socket")
    return not wire.spoke_first and not _is_readable(sock.fileno())


def _is_readable(descriptor: int) -> bool:
    if descriptor < 0:
        return True
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([descriptor], [], [], 0)[0])
