"""What a turn is made from: everything that is known before anybody is asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from moa_tui.engine.events import TurnEvent
from moa_tui.engine.kept import KeptAnswers
from moa_tui.engine.prompts import Exchange
from moa_tui.roster.model import Lineup, Provider


@dataclass(frozen=True, slots=True)
class TurnPlan:
    """What a turn is made from. `turn` names it in the history; `seed` orders references.

    `attached` goes along with the question and is sent after it. `kept` is what a turn had
    reported when it was interrupted: it is taken up again from there.
    `numbers` are those under which the person sees streams: references are called by them, with the
    agent's name, where somebody is asked to speak about them.
    `further_of` names the turn it was kept from where that has ended, and is only to be put
    together once more: then nobody who has come to an end is asked again, however that was.
    """

    turn: str
    question: str
    lineup: Lineup
    providers: Mapping[str, Provider]
    conversation: tuple[Exchange, ...] = ()
    seed: int = 0
    kept: tuple[TurnEvent, ...] = ()
    attached: str = ""
    further_of: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked(self) -> str:
        """The question as agents are given it, with what goes along with it."""
        return f"{self.question}\n\n{self.attached}" if self.attached else self.question

    @property
    def told_again(self) -> int:
        """How many events the turn begins with to tell what was kept, its beginning among them."""
        return 1 + len(KeptAnswers(self.kept).events) if self.kept else 0
