"""What an agents.yaml says before anybody has decided whether it may be used.

A `ParsedRoster` can be shown. It has no providers, no lineup and no way to a key or a connection:
only a `Permission`, which `trust` alone gives, makes the `Roster` of it that the rest of the
program works with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from moa_tui.roster.hosts import is_loopback, place_of
from moa_tui.roster.model import Provider, Roster
from moa_tui.roster.presets import PROVIDERS


@dataclass(frozen=True, slots=True)
class Destination:
    """A host that a file's agents ask: which of them, and the variable whose key it gets.

    `usual` says that the key is known to belong there; `here` that it is this machine.
    """

    place: str
    agents: tuple[str, ...]
    variable: str | None
    usual: bool
    here: bool


@dataclass(frozen=True, slots=True)
class Permission:
    """That a file with this content may be used; made in `trust` and nowhere else."""

    digest: str


class ParsedRoster:
    """A valid agents.yaml as it may be shown: who is in it, whom it would ask with which key."""

    __slots__ = ("__release", "agents", "destinations", "digest", "path")

    def __init__(self, roster: Roster, digest: str) -> None:
        # A closure, as in ApiKey: what nobody can reach by its name is not used by mistake.
        self.__release: Callable[[], Roster] = lambda: roster
        self.path: Path = roster.path
        self.digest = digest
        self.agents = tuple(f"{agent.name} ({agent.model})" for agent in roster.agents.values())
        self.destinations = _destinations(roster)

    def released(self, permission: Permission) -> Roster:
        """Return the roster itself; raises ValueError for another file's permission."""
        if permission.digest != self.digest:
            raise ValueError("this permission is about another content")
        return self.__release()


def _destinations(roster: Roster) -> tuple[Destination, ...]:
    """Every host that the file can reach: of its agents, and of the providers it defines.

    Those that agents ask come first: what is asked must not be pushed off the screen by what is
    only listed.
    """
    users: dict[str, list[str]] = {}
    for agent in roster.agents.values():
        users.setdefault(agent.provider, []).append(agent.name)
    for name, provider in roster.providers.items():
        if PROVIDERS.get(name) != provider:
            users.setdefault(name, [])
    found = [_destination(roster.providers[name], tuple(names)) for name, names in users.items()]
    return tuple(sorted(found, key=lambda d: (not d.agents, d.variable is None or d.usual)))


def _destination(provider: Provider, agents: tuple[str, ...]) -> Destination:
    place = "this machine" if provider.embedded else place_of(provider.base_url)
    variable = provider.api_key_env
    usual = any(
        (preset.api_key_env, place_of(preset.base_url)) == (variable, place)
        for preset in PROVIDERS.values()
    )
    here = provider.embedded or is_loopback(provider.base_url)
    return Destination(place, agents, variable, usual, here)
