"""Who answers the next turn, and how: the person's choices for this conversation."""

from collections.abc import Mapping
from dataclasses import replace

from moa_tui.engine.strategies import STRATEGIES
from moa_tui.roster.keys import missing_keys
from moa_tui.roster.model import Agent, Lineup
from moa_tui.roster.variations import racing, with_others, without
from moa_tui.ui import headline
from moa_tui.ui.actions.room import Room
from moa_tui.ui.screens.picker import Item, Picker
from moa_tui.ui.start import Start
from moa_tui.ui.widgets.read_pane import ReadPane

_PRESET, _STRATEGY, _RACE = "preset ", "strategy ", "race"


class NextTurn:
    """Keeps the choices, and shows what comes of them; a turn that runs goes on as it began."""

    def __init__(self, room: Room, start: Start) -> None:
        self._room = room
        self._start = start
        self._file = start.lineup
        self._preset: str | None = None
        """The preset that was chosen here; empty: the file's own choice; None: nothing was."""
        self._strategy = ""
        self._race: bool | None = None
        self._muted: set[str] = set()
        self._others: dict[str, Agent] = {}
        self._degrees: dict[str, float] = {}

    @property
    def lineup(self) -> Lineup:
        """Who would answer if nobody was muted."""
        lineup = with_others(self._file, self._others)
        if self._strategy:
            lineup = replace(lineup, strategy=self._strategy)
        if self._degrees:
            agents = {agent.name: agent for agent in lineup.agents if agent.name in self._degrees}
            lineup = with_others(lineup, {n: self._warmed(a) for n, a in agents.items()})
        if self._race is not None:
            lineup = racing(lineup, self._alone()) if self._race else replace(lineup, baseline=None)
        return lineup

    @property
    def start(self) -> Start:
        """What the screen says about who answers."""
        return replace(self._start, lineup=self.lineup)

    def begin_with(self, lineup: Lineup) -> None:
        """Take over who answers from a turn that was taken up again."""
        self._file, self._strategy, self._race = lineup, "", None
        self._preset = lineup.preset
        self._others.clear()
        self._changed()

    def adopt(self, start: Start) -> None:
        """Take over another roster, or this one as edited; say what goes with the old one."""
        lost = self._lost_in(start)
        self._start, self._file = start, start.lineup
        if self._preset is not None:
            self._file = start.roster.lineup(self._preset)
        self._others.clear()
        self._changed()
        if lost:
            self._room.tell(f"as the file says again: {', '.join(lost)}")

    def warm(self, degrees: Mapping[str, float]) -> None:
        """Have the named agents asked at these temperatures."""
        self._degrees = dict(degrees)
        self._changed()

    def show(self) -> None:
        """Have the next turn shown by these choices."""
        self._room.screen.stage.expect(self.lineup, headline.hint(self.start))

    def choose(self) -> None:
        """Have a preset, a strategy or a race picked."""
        self._room.app.push_screen(Picker("For the next turn", self._items()), self._chosen)

    def toggle_race(self) -> None:
        """Let one agent answer alone beside the others, or not any more."""
        self._race = self.lineup.baseline is None
        self._changed()
        alone = self.lineup.baseline
        self._room.tell(f"next turn: race against {alone.name}" if alone else "no race")

    def mute(self, pane: ReadPane) -> None:
        """Leave an agent out from the next turn on, or take it in again."""
        name = pane.owner.agent
        layers = self.lineup.layers
        proposers = {agent.name for layer in layers for agent in layer}
        if name not in proposers:
            self._room.tell("only agents that propose can be muted")
            return
        muted = self._muted ^ {name}
        if any(all(agent.name in muted for agent in layer) for layer in layers):
            self._room.tell("somebody has to answer: this is the last one")
            return
        self._muted = muted
        self._changed()
        verb = "is muted from the next turn on" if name in muted else "takes part again"
        self._room.tell(f"{name} {verb}")

    def put(self, name: str, agent: Agent) -> None:
        """Have `agent` asked wherever `name` would be."""
        self._others[name] = agent
        self._changed()

    def _lost_in(self, start: Start) -> list[str]:
        """Name what was chosen here and cannot be kept; forget the preset if it is among that."""
        before, roster = self._start.roster, start.roster
        lost = [f"who answers for {name}" for name in self._others]
        if self._preset is not None:
            there = not self._preset or self._preset in roster.presets
            if not there or before.path != roster.path:
                lost += [f"no preset {self._preset}"] if self._preset else []
                self._preset = None
        self._muted &= roster.agents.keys()
        return lost

    def _chosen(self, key: str | None) -> None:
        roster = self._start.roster
        if key is None:
            return
        if key == _RACE:
            self.toggle_race()
            return
        if key.startswith(_PRESET):
            self._preset, self._strategy = key.removeprefix(_PRESET), ""
            self._file = roster.lineup(self._preset)
        else:
            self._strategy = key.removeprefix(_STRATEGY)
        self._changed()
        self._room.tell(f"the next turn: {headline.who_answers(self.lineup)}")
        if missing := missing_keys(roster, self.lineup):
            self._room.tell(f"there is no key for it: {', '.join(missing)} is not set")

    def _changed(self) -> None:
        lineup = self.lineup
        layered = {agent.name for layer in lineup.layers for agent in layer}
        self._room.runner.lineup = without(lineup, self._muted & layered)
        screen = self._room.screen
        start = self.start
        badges = headline.badges(start)
        screen.expect(lineup, headline.headline(start), headline.hint(start), badges)
        screen.stage.mute(self._muted)

    def _warmed(self, agent: Agent) -> Agent:
        sampling = replace(agent.sampling, temperature=self._degrees[agent.name])
        return replace(agent, sampling=sampling)

    def _alone(self) -> Agent | None:
        roster = self._start.roster
        return roster.agents[roster.baseline] if roster.baseline else None

    def _items(self) -> list[Item]:
        roster, lineup = self._start.roster, self.lineup
        as_written = not self._strategy and self._file.preset
        items = [
            Item(_PRESET, "as the file says", roster.strategy, not (self._strategy or as_written))
        ]
        items += [
            Item(f"{_PRESET}{name}", f"preset {name}", preset.description, as_written == name)
            for name, preset in roster.presets.items()
        ]
        items += [
            Item(f"{_STRATEGY}{name}", f"strategy {name}", _ABOUT[name], self._strategy == name)
            for name in STRATEGIES
        ]
        alone = lineup.baseline or racing(lineup, self._alone()).baseline
        about = f"{alone.name} answers alone beside the others" if alone else ""
        items.append(Item(_RACE, "race on or off", about, lineup.baseline is not None))
        return items


_ABOUT = {
    "mixture": "everybody answers, the aggregator writes from what they said",
    "route": "a planner gives each part of the question to the agent that suits it",
    "council": "everybody answers and ranks the others, the chair writes",
    "vote": "one exact answer: the majority's",
    "single": "one agent answers by itself",
}
