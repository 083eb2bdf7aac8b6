"""Where hosts are, asked in threads that nobody waits for.

A name server that does not answer keeps `getaddrinfo` for half a minute. asyncio's own threads
would be joined at the end of the program; these are daemons.
"""

import asyncio
import socket
import time
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

from moa_tui.engine.openai_provider.exchange import current
from moa_tui.engine.provider import Step
from moa_tui.engine.threads import in_daemon

PATIENCE = 10.0
"""Seconds for which an answer is waited for."""

_KEPT = 30.0
"""Seconds for which an answer is good."""


_Place = tuple[str, int, int]


class NameServerSilentError(socket.gaierror):
    """The name server did not answer in time."""


class NameResolver(AbstractResolver):
    """Looks hosts up, once for all who ask at the same time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._asked: dict[_Place, asyncio.Future[list[ResolveResult]]] = {}
        self._known: dict[_Place, tuple[float, list[ResolveResult]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of `host`; raises OSError."""
        key = (host, port, int(family))
        until, known = self._known.get(key, (0.0, []))
        if time.monotonic() < until:
            return known
        exchange = current()
        exchange.step(Step.RESOLVING)
        try:
            async with asyncio.timeout(self._patience):
                found = await asyncio.shield(self._asking(key))
        except TimeoutError:
            self._asked.pop(key, None)  # whoever tries again asks again
            raise NameServerSilentError(
                socket.EAI_AGAIN, "the name server does not answer"
            ) from None
        exchange.step(Step.CONNECTING)
        self._known[key] = (time.monotonic() + _KEPT, found)
        return found

    async def close(self) -> None:
        """Let go of what is still being asked."""
        asked, self._asked = list(self._asked.values()), {}
        for asking in asked:
            asking.cancel()

    def _asking(self, key: _Place) -> asyncio.Future[list[ResolveResult]]:
        """Return the answer that is under way, asked for first where there is none."""
        if key not in self._asked:
            asking = asyncio.ensure_future(in_daemon(_addresses, *key))
            self._asked[key] = asking
            asking.add_done_callback(partial(self._answered, key))
        return self._asked[key]

    def _answered(self, key: _Place, asking: asyncio.Future[list[ResolveResult]]) -> None:
        if self._asked.get(key) is asking:
            del self._asked[key]
        if not asking.cancelled():
            asking.exception()  # whoever waited has had it


def _addresses(host: str, port: int, family: int) -> list[ResolveResult]:
    flags = socket.AI_ADDRCONFIG & getattr(socket, "AI_MASK", socket.AI_ADDRCONFIG)
    found = []
    try:
        told = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, flags=flags)
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None
    for kind, _, proto, _, address in told:
        named = str(address[0])
        if kind == socket.AF_INET6 and len(address) > 3 and address[3]:
            # With its interface, without which a link-local address means nothing.
            named = socket.getnameinfo(address, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)[0]
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        found.append(
            ResolveResult(
                hostname=host, host=named, port=port, family=kind, proto=proto, flags=numeric
            )
        )
    return found
