"""What a conversation starts with: who answers, and what the person should know about it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from moa_tui.settings.loading import Loaded

if TYPE_CHECKING:
    from moa_tui.local.process import LocalServer
    from moa_tui.roster.model import Lineup, Roster


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
