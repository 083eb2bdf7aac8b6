"""API keys: where they come from, and to whom they may go.

What the person has given to this run goes first, then the environment, then what `moa-tui auth`
has stored (key_store). Which variable's key goes to which host is the roster's affair: presets,
files of the person's own, and files that the person has allowed (trust) say so, and a stored key
is stored for one host.
"""

import os
import shlex
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from moa_tui.errors import MissingKeyError, MoaError
from moa_tui.roster.api_key import ApiKey, stripped
from moa_tui.roster.hosts import place_of
from moa_tui.roster.key_store import KeyStore
from moa_tui.roster.model import Lineup, Provider, Roster

__all__ = [
    "ApiKey",
    "FoundKey",
    "Keys",
    "auth_command",
    "auth_commands",
    "find_key",
    "missing_keys",
]

_NO_KEY = ApiKey("no-key", real=False)
"""Sent where no key is needed: with none given the SDK would take OPENAI_API_KEY by itself."""


_given: dict[tuple[str, str], ApiKey] = {}
"""Keys that the person has given to this run of the program, by variable and host."""


class FoundKey(NamedTuple):
    """A key, and where it was: `session`, `environment`, `keyring` or `file`."""

    key: ApiKey
    source: str


class Keys:
    """Where keys are looked for. Holds no key, and does not show the environment either."""

    __slots__ = ("_environ", "store")

    def __init__(
        self, environ: Mapping[str, str] | None = None, store: KeyStore | None = None
    ) -> None:
        self._environ = os.environ if environ is None else environ
        self.store = store or KeyStore()

    def __repr__(self) -> str:
        return "Keys(…)"

    def find(self, provider: Provider) -> FoundKey | None:
        """Return the key of `provider`, None if there is none; raises MoaError for a bad one."""
        variable = provider.api_key_env
        if not variable:
            return None
        if given := _given.get((variable, place_of(provider.base_url))):
            return FoundKey(given, "session")
        if key := stripped(self._environ.get(variable, "")):
            require_key(key, variable)
            return FoundKey(key, "environment")
        stored = self.store.find(variable, place_of(provider.base_url))
        if stored is None:
            return None
        require_key(stored.key, f"what is stored as {variable}")
        return FoundKey(*stored)


def give_key(provider: Provider, key: ApiKey) -> None:
    """Use `key` for the host of `provider` until the program ends; it goes before all others."""
    if provider.api_key_env:
        _given[provider.api_key_env, place_of(provider.base_url)] = key


def forget_given_keys() -> None:
    """Forget the keys that were given to this run."""
    _given.clear()


def require_key(key: ApiKey, what: str) -> None:
    """Raise MoaError unless `key` can be one; `what` says where it was."""
    if not key.can_be_one:
        raise MoaError(
            f"{what} does not hold a key: it has spaces or unusual characters in it",
            "copy the key again",
        )


def find_key(provider: Provider, keys: Keys | None = None) -> ApiKey:
    """Return the key of `provider`, or the one that stands for none where none is needed.

    Raises MissingKeyError when it needs one and has none, MoaError when it cannot be a key.
    """
    found = (keys or Keys()).find(provider)
    if found:
        return found.key
    if provider.key_required:
        name = provider.api_key_env
        raise MissingKeyError(
            f"no key for {provider.name}: the environment variable {name} is not set,"
            f" and none is stored for {place_of(provider.base_url)}",
            f"{auth_command(provider)}, or export {name}=…,"
            " or try the embedded model: moa-tui --local",
        )
    return _NO_KEY


def missing_keys(roster: Roster, lineup: Lineup, keys: Keys | None = None) -> list[str]:
    """Return the environment variables without which `lineup` cannot be asked."""
    missing: dict[str, None] = {}
    keys = keys or Keys()
    for name in dict.fromkeys(agent.provider for agent in lineup.agents):
        provider = roster.providers[name]
        try:
            find_key(provider, keys)
        except MissingKeyError:
            missing[provider.api_key_env or provider.name] = None
    return list(missing)


def auth_command(provider: Provider) -> str:
    """Return the command that stores the key of `provider`."""
    return f"moa-tui auth {shlex.quote(provider.name)}"


def auth_commands(roster: Roster, variables: Sequence[str]) -> list[str]:
    """Return the command for each of `variables`, with the file where that must be named."""
    named = roster.origin == "--config"
    option = f" -c {shlex.quote(str(roster.path))}" if named else ""
    owners: dict[str, Provider] = {}
    for provider in roster.providers.values():
        owners.setdefault(provider.api_key_env or provider.name, provider)
    return [auth_command(owners[variable]) + option for variable in variables]
