"""What a person does to single streams, most of it while they run."""

from collections.abc import Callable
from dataclasses import replace

from moa_tui.engine.events import Role
from moa_tui.errors import MoaError
from moa_tui.roster.model import Agent
from moa_tui.state import StreamState
from moa_tui.ui.actions.afterwards import Afterwards
from moa_tui.ui.actions.next_turn import NextTurn
from moa_tui.ui.actions.room import Room
from moa_tui.ui.screens.picker import Item, Picker
from moa_tui.ui.widgets.read_pane import ReadPane

_MODEL, _AGENT = "model ", "agent "
_MOST_MODELS = 500


class Steering:
    """Goes on without the rest, stops, asks again, puts others in."""

    def __init__(self, room: Room, next_turn: NextTurn, afterwards: Afterwards) -> None:
        self._room = room
        self._next = next_turn
        self._afterwards = afterwards

    def go_on(self) -> None:
        """Go on with the answers that are there."""
        runner = self._room.runner
        if not runner.running:
            self._room.tell("nothing runs")
        elif not runner.controls.aggregate_now():
            self._room.tell("there is no answer to go on with, or nobody is waited for")

    def stop(self, pane: ReadPane) -> None:
        """End one stream; the others do not notice."""
        if stream := pane.stream:
            controls = self._room.runner.controls
            _ = controls.give_up(stream.id) or controls.stop(stream.id)

    def retry(self, pane: ReadPane) -> None:
        """Ask again: at once where it waits, in its place where it has ended, else afterwards."""
        stream, runner = pane.stream, self._room.runner
        if stream is None:
            return
        if not runner.running:
            self._afterwards.synthesise(again="" if stream.role is Role.AGGREGATOR else stream.id)
            return
        controls = runner.controls
        if controls.retry_now(stream.id):
            return
        if stream.outcome is None:
            self._room.tell(f"{stream.label} does not wait to be asked again: x stops it")
        elif not controls.ask_again(stream.id):
            self._room.tell(f"the turn has gone on without {stream.label}: r after its end")

    def swap(self, pane: ReadPane) -> None:
        """Have another model, or another agent, picked for the agent of a pane."""
        agent = self._agent_of(pane)
        if agent is None:
            self._room.tell("nobody sits here yet")
            return
        self._room.app.run_worker(self._offer(agent, pane), exclusive=True, group="swap")

    async def _offer(self, agent: Agent, pane: ReadPane) -> None:
        room = self._room
        others = [other for other in room.runner.roster.agents.values() if other != agent]
        try:
            provider = await room.runner.connections.connect(agent.provider)
            models = (await provider.models())[:_MOST_MODELS]
        except MoaError as error:
            models = []
            room.tell(f"{agent.provider} does not tell its models: {error}")
        items = [
            Item(f"{_MODEL}{model}", model, f"at {agent.provider}", model == agent.model)
            for model in models
        ]
        items += [
            Item(f"{_AGENT}{other.name}", other.name, f"{other.model} at {other.provider}")
            for other in others
        ]
        if not items:
            return
        title = f"Instead of {agent.name} ({agent.model})"
        room.app.push_screen(Picker(title, items), self._put(agent, pane.stream))

    def _put(self, agent: Agent, stream: StreamState | None) -> Callable[[str | None], None]:
        def put(key: str | None) -> None:
            if key is None:
                return
            if key.startswith(_MODEL):
                other = replace(agent, model=key.removeprefix(_MODEL))
            else:
                other = self._room.runner.roster.agents[key.removeprefix(_AGENT)]
            self._next.put(agent.name, other)
            controls = self._room.runner.controls
            asked = stream and stream.outcome is None and controls.ask_again(stream.id, other)
            when = "now" if asked else "from the next turn on"
            self._room.tell(f"{other.name} ({other.model}) is asked instead, {when}")

        return put

    def _agent_of(self, pane: ReadPane) -> Agent | None:
        lineup = self._next.lineup
        everyone = {agent.name: agent for agent in (*lineup.reserves, *lineup.agents)}
        if pane.stream and (agent := everyone.get(pane.stream.agent)):
            return replace(agent, model=pane.stream.model, provider=pane.stream.provider)
        return everyone.get(pane.owner.agent)
