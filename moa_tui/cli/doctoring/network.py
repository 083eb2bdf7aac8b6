"""The way to each provider: its name, its certificate, its list of models, with times."""

import asyncio
import os
import ssl
import time
from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

from moa_tui.cli.doctoring.section import Section
from moa_tui.errors import MoaError
from moa_tui.text import clean_line

if TYPE_CHECKING:
    from moa_tui.engine.connections import Connections
    from moa_tui.roster.model import Roster

_SECONDS = 10.0
_PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
Result = TypeVar("Result")


def network_section(roster: "Roster") -> Section:
    """Ask every provider of the lineup that is not embedded."""
    return asyncio.run(_ask_all(roster))


async def _ask_all(roster: "Roster") -> Section:
    from moa_tui.engine.connections import Connections

    section = Section("Network")
    if any(os.environ.get(name) for name in _PROXIES):
        section.facts["proxy"] = "set: DNS and TLS below go around it, models through it"
    connections = Connections(roster.providers)
    try:
        for name in dict.fromkeys(agent.provider for agent in roster.lineup().agents):
            if not roster.providers[name].embedded:
                section.facts[clean_line(name, 40)] = await _ask(connections, name)
    finally:
        await connections.aclose()
    return section


async def _ask(connections: "Connections", name: str) -> str:
    address = urlsplit(connections.providers[name].base_url)
    host, secure = address.hostname or "", address.scheme == "https"
    port = address.port or (443 if secure else 80)
    parts: list[str] = []
    try:
        found, seconds = await _timed(asyncio.get_running_loop().getaddrinfo(host, port))
        parts.append(f"DNS {seconds * 1000:.0f} ms ({len({entry[4][0] for entry in found})})")
        context = ssl.create_default_context() if secure else None
        (_, writer), seconds = await _timed(asyncio.open_connection(host, port, ssl=context))
        parts.append(f"{'TLS' if secure else 'TCP'} {seconds * 1000:.0f} ms")
        writer.close()
    except (OSError, TimeoutError) as error:
        reason = "no answer in time" if isinstance(error, TimeoutError) else str(error)
        parts.append(clean_line(f"failed: {reason}", 200))
    try:
        provider = await connections.connect(name)
        models, seconds = await _timed(provider.models())
        parts.append(f"{len(models)} models {seconds * 1000:.0f} ms")
    except TimeoutError:
        parts.append("models: no answer in time")
    except MoaError as error:
        parts.append(f"models: {error}")
    return " · ".join(parts)


async def _timed(waited_for: Awaitable[Result]) -> tuple[Result, float]:
    began = time.monotonic()
    async with asyncio.timeout(_SECONDS):
        result = await waited_for
    return result, time.monotonic() - began
