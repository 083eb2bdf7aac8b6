"""API keys: where they come from, and a holder that does not show them."""

import os
from collections.abc import Callable, Mapping

from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster.model import Lineup, Provider, Roster

_NO_KEY = "no-key"
"""Sent where no key is needed: with none given the SDK would take OPENAI_API_KEY by itself."""


class ApiKey:
    """An API key that neither `repr`, `str`, `vars` nor a traceback's locals give away."""

    __slots__ = ("__reveal",)

    def __init__(self, secret: str) -> None:
        # A closure: a debugger or a crash report that prints attributes finds a function.
        self.__reveal: Callable[[], str] = lambda: secret

    def reveal(self) -> str:
        """Return the key itself, to be handed to the HTTP client and to nothing else."""
        return self.__reveal()

    def __repr__(self) -> str:
        return "ApiKey(…)"


def find_key(provider: Provider, environ: Mapping[str, str] = os.environ) -> ApiKey:
    """Return the key of `provider` from its environment variable.

    Raises MissingKeyError when it needs one and has none, MoaError when it cannot be a key.
    """
    name = provider.api_key_env
    secret = environ.get(name, "").strip() if name else ""
    if not secret:
        if provider.key_required:
            raise MissingKeyError(
                f"no key for {provider.name}: the environment variable {name} is not set",
                f"export {name}=…, or try the embedded model: moa-tui --local",
            )
        return ApiKey(_NO_KEY)
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        raise MoaError(
            f"{name} does not hold a key: it has spaces or unusual characters in it",
            "copy the key again",
        )
    return ApiKey(secret)


def missing_keys(
    roster: Roster, lineup: Lineup, environ: Mapping[str, str] = os.environ
) -> list[str]:
    """Return the environment variables that must be set before `lineup` can be asked."""
    missing: dict[str, None] = {}
    for agent in lineup.agents:
        provider = roster.providers[agent.provider]
        try:
            find_key(provider, environ)
        except MissingKeyError:
            missing[provider.api_key_env or provider.name] = None
    return list(missing)
