"""What a person is asked about an agents.yaml: where it sends questions, and which keys."""

import hashlib
import shlex
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from moa_tui.errors import MoaError
from moa_tui.roster.hosts import is_loopback, place_of
from moa_tui.roster.model import Provider, Roster
from moa_tui.roster.presets import PROVIDERS
from moa_tui.roster.trust_records import Answer, Record
from moa_tui.text import clean, clean_line


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


class Standing(StrEnum):
    """What is known of a file."""

    NEW = "new"
    CHANGED = "changed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class TrustQuestion:
    """What the person is to know before a file is used.

    `offered` says that it only lies in the current folder: without it, another file is used.
    """

    path: Path
    digest: str
    agents: tuple[str, ...]
    destinations: tuple[Destination, ...]
    standing: Standing
    offered: bool = False

    @property
    def command(self) -> str:
        """The command that allows the file."""
        return f"moa-tui trust {self.quoted_path}"

    @property
    def quoted_path(self) -> str:
        """The path, as a shell takes it."""
        return clean_line(shlex.quote(str(self.path)), 4096)

    @property
    def shown_path(self) -> str:
        """The path as text that may be shown: a folder's name may hold anything."""
        return clean_line(str(self.path), 4096)

    @property
    def record(self) -> Record:
        """What is kept of a yes: this content, and each key with the host it may go to."""
        pairs = sorted({(d.variable, d.place) for d in self.destinations if d.variable})
        places = sorted({d.place for d in self.destinations})
        return Record(str(self.path), self.digest, Answer.TRUSTED, tuple(places), tuple(pairs))


class UntrustedError(MoaError):
    """A file that the person has not allowed; `question` is what they would be asked."""

    def __init__(self, question: TrustQuestion) -> None:
        changed = question.standing is Standing.CHANGED
        what = "has changed since you allowed it" if changed else "is not yours, or not yet allowed"
        hosts = ", ".join(dict.fromkeys(d.place for d in question.destinations))
        keys = ", ".join(dict.fromkeys(d.variable for d in question.destinations if d.variable))
        asks = f"it asks {hosts or 'nobody'}{f' with {keys}' if keys else ''}"
        rest = ""
        if question.offered:
            rest = f"; to leave it unused: moa-tui trust --decline {question.quoted_path}"
        super().__init__(
            f"{question.path} {what}: {asks}",
            f"look at it, then allow it: {question.command}{rest}",
        )
        self.question = question


def question_about(
    roster: Roster, source: bytes, standing: Standing, *, offered: bool
) -> TrustQuestion:
    path = place_of_file(roster.path)
    if clean(path) != path or any(char in path for char in "\n\t"):
        raise MoaError(
            f"{clean(path)!r} cannot be shown as it is written: it has invisible characters in it",
            "move or rename the file",
        )
    digest = hashlib.sha256(source).hexdigest()
    agents = tuple(f"{agent.name} ({agent.model})" for agent in roster.agents.values())
    return TrustQuestion(Path(path), digest, agents, _destinations(roster), standing, offered)


def _destinations(roster: Roster) -> tuple[Destination, ...]:
    """Every host that the file can reach: of its agents, and of the providers it defines."""
    users: dict[str, list[str]] = {
        name: [] for name, provider in roster.providers.items() if PROVIDERS.get(name) != provider
    }
    for agent in roster.agents.values():
        users.setdefault(agent.provider, []).append(agent.name)
    return tuple(
        _destination(roster.providers[name], tuple(agents)) for name, agents in users.items()
    )


def _destination(provider: Provider, agents: tuple[str, ...]) -> Destination:
    place = "this machine" if provider.embedded else place_of(provider.base_url)
    variable = provider.api_key_env
    usual = any(
        (preset.api_key_env, place_of(preset.base_url)) == (variable, place)
        for preset in PROVIDERS.values()
    )
    here = provider.embedded or is_loopback(provider.base_url)
    return Destination(place, agents, variable, usual, here)


def place_of_file(path: Path) -> str:
    """Return the file itself, whatever links lead to it."""
    try:
        return str(path.resolve())
    except (OSError, RuntimeError):
        return str(path.absolute())
