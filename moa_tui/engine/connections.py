"""The providers of a program run: opened when first asked for, shared by all turns, closed once."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast, runtime_checkable

from moa_tui.engine.budget import RateBudgets
from moa_tui.engine.prices import Prices
from moa_tui.engine.provider import ChatProvider, Failure, FailureKind, ProviderError
from moa_tui.engine.threads import in_daemon
from moa_tui.errors import MoaError
from moa_tui.local.process import Endpoint, LocalServer
from moa_tui.roster.keys import ApiKey, find_key
from moa_tui.roster.model import Provider

CLIENT_MODULE = "moa_tui.engine.openai_provider.client"


HasEnded = Callable[[], Awaitable[bool]]
"""Whether the process of a provider's server has ended, for one that this program has started."""


class OpenClient(Protocol):
    def __call__(
        self, provider: Provider, base_url: str, key: ApiKey, *, has_ended: HasEnded | None = None
    ) -> ChatProvider: ...


@runtime_checkable
class _OpensAhead(Protocol):
    """A provider whose connections take their time to be opened."""

    async def open_ahead(self, streams: int) -> None: ...


class _Local(Protocol):
    """What is asked of the embedded model's server."""

    async def endpoint(self) -> Endpoint: ...

    async def has_ended(self) -> bool: ...

    async def aclose(self) -> None: ...


class Connections:
    """Gives the provider of a name; the embedded model's server is started when it is needed.

    `budgets` are what all turns share of the providers' rate limits, `prices` what models cost,
    `listed` the models that a provider said it has when it was warmed up.
    """

    def __init__(self, providers: Mapping[str, Provider], local: _Local | None = None) -> None:
        self.providers = providers
        self.budgets = RateBudgets()
        self.prices = Prices(providers)
        self.listed: dict[str, frozenset[str]] = {}
        self._local = local or LocalServer()
        self._open: dict[tuple[str, str], ChatProvider] = {}
        self._served: Endpoint | None = None

    async def connect(self, name: str) -> ChatProvider:
        """Return the provider called `name`, ready to be asked.

        Raises MoaError when its key is missing, the embedded model cannot be started, or the
        agents.yaml that is used by now has no such provider.
        """
        provider = self.providers.get(name)
        if provider is None:
            told = f"agents.yaml has no provider called {name} any more"
            way_out = "ask a new question: today's agents answer it"
            raise ProviderError(Failure(FailureKind.CEILING, told, way_out))
        if provider.embedded:
            return await self._embedded(provider)
        if opened := self._open.get((name, provider.base_url)):
            return opened
        # In a thread: a keyring may be slow to answer.
        key = await in_daemon(find_key, provider)
        return await self._client(provider, provider.base_url, key)

    async def warm_up(self, streams: Mapping[str, int] = MappingProxyType({})) -> None:
        """Do what the first question would have to wait for.

        That is to import the client library, in a thread, and to open as many connections to each
        provider in `streams` as it is about to have streams; its list of models is asked for
        meanwhile. A provider that cannot be reached is left to the question, which can tell.
        """
        await in_daemon(import_module, CLIENT_MODULE)
        await asyncio.gather(*map(self._warm, streams.keys(), streams.values()))

    async def _warm(self, name: str, streams: int) -> None:
        with suppress(MoaError):
            provider = await self.connect(name)
            opening = provider.open_ahead(streams) if isinstance(provider, _OpensAhead) else _no()
            _, found = await asyncio.gather(opening, provider.models())
            self.listed[name] = frozenset(found)

    def adopt(
        self, providers: Mapping[str, Provider], variable: str | None = None
    ) -> list[ChatProvider]:
        """Go on with other providers, and a new key of `variable`; no turn may be running.

        What is as it was stays open. Returns the connections that are to be closed.
        """
        before, self.providers = self.providers, providers
        changed = {
            name
            for name, provider in before.items()
            if providers.get(name) != provider or (variable and provider.api_key_env == variable)
        }
        for name in changed:
            self.listed.pop(name, None)
        self.prices.adopt(providers)
        self.budgets.forget([before[name] for name in changed])
        return [self._open.pop(key) for key in list(self._open) if key[0] in changed]

    async def aclose(self) -> None:
        """Close every connection and stop the embedded model's server."""
        opened, self._open = list(self._open.values()), {}
        try:
            # One that cannot be closed must keep neither the others nor the server process open.
            await asyncio.gather(*(client.aclose() for client in opened), return_exceptions=True)
        finally:
            await self._local.aclose()

    async def _embedded(self, provider: Provider) -> ChatProvider:
        # Asked for each time: a server that has died is started again, with another key and most
        # often at another address.
        endpoint = await self._local.endpoint()
        if endpoint != self._served:
            self._served = endpoint
            for name, address in [key for key in self._open if self.providers[key[0]].embedded]:
                await self._open.pop((name, address)).aclose()

        async def has_ended() -> bool:
            # Another stream may have started it again meanwhile.
            return endpoint != self._served or await self._local.has_ended()

        return await self._client(
            provider, endpoint.base_url, ApiKey(endpoint.key), has_ended=has_ended
        )

    async def _client(
        self, provider: Provider, base_url: str, key: ApiKey, **settings: HasEnded
    ) -> ChatProvider:
        if (provider.name, base_url) not in self._open:
            await self.warm_up()
        if (provider.name, base_url) not in self._open:
            open_client = cast("OpenClient", import_module(CLIENT_MODULE).OpenAIProvider)
            self._open[provider.name, base_url] = open_client(provider, base_url, key, **settings)
        return self._open[provider.name, base_url]


async def _no() -> None:
    """Open nothing."""
