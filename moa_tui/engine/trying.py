"""Trying a key before it is kept."""

import asyncio
from importlib import import_module
from typing import cast

from moa_tui.engine.connections import CLIENT_MODULE, OpenClient
from moa_tui.roster.api_key import ApiKey
from moa_tui.roster.model import Provider


async def models_with(provider: Provider, key: ApiKey) -> int:
    """Return how many models `provider` lists for `key`; raises ProviderError, which says why."""
    module = await asyncio.to_thread(import_module, CLIENT_MODULE)
    client = cast("OpenClient", module.OpenAIProvider)(provider, provider.base_url, key)
    try:
        return len(await client.models())
    finally:
        await client.aclose()
