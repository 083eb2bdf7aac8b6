"""Where hosts are, asked in threads that nobody waits for.

A name server that does not answer keeps `getaddrinfo` for half a minute. asyncio's own threads
would be joined at the end of the program; these are daemons.
"""

import asyncio
import socket
import threading
import time

from aiohttp.abc import AbstractResolver, ResolveResult

from moa_tui.engine.openai_provider.exchange import current
from moa_tui.engine.provider import Step

PATIENCE = 10.0
"""Seconds for which an answer is waited for."""

_KEPT = 30.0
"""Seconds for which an answer is good."""


class NameServerSilentError(socket.gaierror):
    """The name server did not answer in time."""


class Resolver(AbstractResolver):
    """Looks hosts up, once for all who ask at the same time."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._asked: dict[tuple[str, int, int], asyncio.Future[list[ResolveResult]]] = {}
        self._known: dict[tuple[str, int, int], tuple[float, list[ResolveResult]]] = {}

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
        self._asked.clear()

    def _asking(self, key: tuple[str, int, int]) -> asyncio.Future[list[ResolveResult]]:
        if key in self._asked:
            return self._asked[key]
        loop = asyncio.get_running_loop()
        future: asyncio.Future[list[ResolveResult]] = loop.create_future()
        future.add_done_callback(lambda done: done.cancelled() or done.exception())

        def settle(found: list[ResolveResult] | OSError) -> None:
            if self._asked.get(key) is future:
                del self._asked[key]
            if future.done():
                return
            if isinstance(found, OSError):
                future.set_exception(found)
            else:
                future.set_result(found)

        def ask() -> None:
            try:
                found: list[ResolveResult] | OSError = _addresses(*key)
            except OSError as error:
                found = error
            except UnicodeError:  # a name that cannot be one
                found = socket.gaierror(socket.EAI_NONAME, "not a host name")
            try:
                loop.call_soon_threadsafe(settle, found)
            except RuntimeError:
                return  # the loop is closed: nobody wants to know any more

        self._asked[key] = future
        threading.Thread(target=ask, name="name server", daemon=True).start()
        return future


def _addresses(host: str, port: int, family: int) -> list[ResolveResult]:
    flags = socket.AI_ADDRCONFIG & getattr(socket, "AI_MASK", socket.AI_ADDRCONFIG)
    found = []
    for kind, _, proto, _, address in socket.getaddrinfo(
        host, port, family, socket.SOCK_STREAM, flags=flags
    ):
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
