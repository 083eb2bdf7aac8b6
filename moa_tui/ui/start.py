"""What a conversation starts with: who answers, and what the person should know about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui.settings.loading import Loaded

if TYPE_CHECKING:
    from moa_tui.local.process import LocalServer
    from moa_tui.roster.model import Lineup, Provider, Roster


@dataclass(frozen=True, slots=True)
class Start:
    """The roster, who of it answers, the embedded model's server, where the history is.

    `missing_keys` are environment variables without which nobody can be asked; `embedded` says
    that the embedded demonstration model takes part; `notes` are sentences for the person.
    """

    roster: "Roster"
    lineup: "Lineup"
    server: "LocalServer"
    history: Path
    missing_keys: tuple[str, ...] = ()
    embedded: bool = False
    notes: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    """Paths of files that go along with the first question."""
    settings: Loaded = field(default_factory=Loaded)
    max_cost: float | None = None
    """US dollars that all turns together may cost."""
    file: Path | None = None
    """The agents.yaml that counts for the person, also while the embedded model stands in."""
    wanting: tuple["Provider", ...] = ()
    """Providers whose key is missing, also while the embedded model stands in."""
    again: "Callable[[Path | None], Start] | None" = None
    """Makes the start anew from what the files are now: from the one given, or as before."""

    @property
    def nobody_answers(self) -> bool:
        """Whether there is no key for any of those who would be asked."""
        asked = {agent.provider for agent in self.lineup.agents}
        return asked <= {provider.name for provider in self.wanting}
