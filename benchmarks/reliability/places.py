"""Providers that cannot answer: nobody there, somebody else there, no way there, no key."""

import ssl
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from moa_tui.roster.model import Dialect, Provider
from tests.engine.odd_servers import (
    NO_HTTP,
    closed_port,
    listening,
    say_plainly,
    saying,
    self_signed,
)

_KEYS = {
    "key with an umlaut": "csk-schlüssel",
    "key with a newline": "csk-abc\ndef",
    "key that is no text": "csk-\udc80abc",
    "key in quotes": "“csk-abc”",
}


@asynccontextmanager
async def odd_places(patch: pytest.MonkeyPatch, folder: Path) -> AsyncIterator[dict[str, Provider]]:
    """Open what servers there are; gives providers by what is wrong with them."""
    async with AsyncExitStack() as stack:

        async def at(said: bytes = b"", context: ssl.SSLContext | None = None) -> str:
            handler = saying(said) if said else say_plainly
            port = await stack.enter_async_context(listening(handler, context))
            return f"127.0.0.1:{port}"

        urls = {
            "refused": f"http://127.0.0.1:{await closed_port()}/v1",
            "unknown host": "https://nowhere.invalid/v1",
            "port above 65535": "http://127.0.0.1:99999/v1",
            "another scheme": "ftp://127.0.0.1/v1",
            "TLS at a plain port": f"https://{await at()}/v1",
            **{f"no HTTP {i}": f"http://{await at(said)}/v1" for i, said in enumerate(NO_HTTP)},
        }
        made = self_signed(folder)
        if made:
            urls["self-signed"] = f"https://{await at(context=made[0])}/v1"
        for name, key in _KEYS.items():
            urls[name] = f"http://{await at()}/v1"
            patch.setenv(_variable(name), key)
        for name in urls.keys() - _KEYS.keys():
            patch.setenv(_variable(name), "csk-rig")
        # For the last one only: whoever is at this machine is asked without a proxy.
        patch.setenv("NO_PROXY", "nowhere.invalid")
        patch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
        urls["SOCKS proxy"] = "https://elsewhere.invalid/v1"
        patch.setenv(_variable("SOCKS proxy"), "csk-rig")
        yield {n: Provider(n, url, _variable(n), Dialect()) for n, url in urls.items()}


def _variable(name: str) -> str:
    word = "".join(letter if letter.isalnum() else "_" for letter in name.upper())
    return f"ODD_{word}_API_KEY"
