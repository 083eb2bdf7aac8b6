"""Asking agents, and those they fall back to: one stream each, named as it is asked."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from moa_tui.engine.controls import Interruption, TurnControls
from moa_tui.engine.events import Noticed, Outcome, Role, StreamPlanned
from moa_tui.engine.fitting import Fitting
from moa_tui.engine.kept import KeptAnswers
from moa_tui.engine.layers import Layer, LayerRule
from moa_tui.engine.pricing import Pricing
from moa_tui.engine.provider import Message
from moa_tui.engine.stream import StreamRun, Surroundings
from moa_tui.engine.turn_plan import TurnPlan
from moa_tui.engine.verdict import Answer
from moa_tui.roster.model import Agent

Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a turn: who is asked, what for, and in which words.

    `part` names the part of a plan that it is for; `ready` is awaited before anybody is asked;
    `schema` is the JSON schema that the answer should have, for providers that can see to it.
    """

    agent: Agent
    messages_for: Callable[[Agent], Messages]
    role: Role
    layer: int
    sample: int = 0
    part: str = ""
    ready: Callable[[], Awaitable[object]] | None = None
    schema: Mapping[str, object] | None = None
    instead_of: str | None = None


class Asker:
    """Asks the agents of a turn. `answers` is what each has come to, in the order they ended."""

    def __init__(
        self,
        plan: TurnPlan,
        around: Surroundings,
        controls: TurnControls,
        kept: KeptAnswers,
        pricing: Pricing,
        fitting: Fitting,
    ) -> None:
        self.answers: list[Answer] = []
        self._plan = plan
        self._around = around
        self._controls = controls
        self._kept = kept
        self._pricing = pricing
        self._fitting = fitting
        self._live: dict[str, Role] = {}
        self._streams = kept.streams

    async def ask(self, place: Place) -> Answer:
        """Ask the agent of `place`; when it fails, those it falls back to, one after another.

        Where all fail, the first of them that wrote anything is who failed. Whom the person puts
        in its place meanwhile is asked, and what that one comes to counts.
        """
        fallbacks = iter(place.agent.fallback)
        answer = answered = await self._run(place)
        learnt = self._fitting.learn(place.agent, answered.failure)
        # A question that stands alone cannot be cut: only what others said can.
        if learnt and (place.layer > 1 or self._plan.conversation):
            self._notice(f"{answered.label} is asked again, now that its context is known")
            answer = answered = await self._run(replace(place, instead_of=answered.stream))
        while following := self._following(answered, fallbacks):
            chosen, agent = following
            again = replace(place, agent=agent, instead_of=answered.stream)
            answered = await self._run(again)
            if chosen or answered.usable or not answer.text.strip():
                answer = answered
        # What the person had asked for once more is not what the agent has come to.
        self.answers[:] = [old for old in self.answers if old.stream != place.instead_of]
        if place.role is not Role.BASELINE:  # it is compared with the turn, and no part of it
            self.answers.append(answer)
        return answer

    async def ask_all(self, places: Sequence[Place], rule: LayerRule) -> list[Answer]:
        """Ask at all `places` at once; return the answers in their order."""
        layer = Layer(rule, self.stop_stragglers)
        self._controls.layer = _Open(self, places, layer)
        try:
            return await layer.run([self._ask_in(layer, place) for place in places])
        finally:
            self._controls.layer = None

    async def _ask_in(self, layer: Layer, place: Place) -> Answer:
        if place.ready:
            await place.ready()
        if layer.over:
            return Answer("", place.agent, "", Outcome.STOPPED, used=False, part=place.part)
        return await self.ask(place)

    def stop_stragglers(self) -> None:
        """End the proposers that still run: their layer goes on without them."""
        for stream, role in list(self._live.items()):
            if role is not Role.BASELINE:
                self._controls.interrupt(stream, Interruption.NOT_USED)

    def _following(self, ended: Answer, fallbacks: Iterator[str]) -> tuple[bool, Agent] | None:
        """Return who is asked in place of a stream that ended, and whether the person said so."""
        if chosen := self._controls.successor(ended.stream, ended.agent):
            return True, chosen
        if ended.usable or ended.outcome is Outcome.STOPPED:
            return None
        name = next(fallbacks, None)
        if name is None:
            return None
        self._notice(f"{ended.label} failed; {name} is asked instead")
        return False, next(agent for agent in self._plan.lineup.reserves if agent.name == name)

    async def _run(self, place: Place) -> Answer:
        agent = place.agent
        planned = self._planned(place)
        self._pricing.tell(self._around.clock(), agent.provider, agent.model)
        if answer := self._kept.answer(planned, agent):
            return replace(answer, part=place.part)
        planned = self._named(planned)
        dialect = self._plan.providers[agent.provider].dialect
        self._around.emit(planned)
        self._live[planned.stream] = place.role
        try:
            run = StreamRun(planned, agent, self._around, place.schema)
            answer = await run.run(finish_required=dialect.finish_required)
            return replace(answer, part=place.part)
        finally:
            del self._live[planned.stream]

    def _planned(self, place: Place) -> StreamPlanned:
        agent = place.agent
        return StreamPlanned(
            self._around.clock(),
            "",  # named when it is asked: what was kept has a name
            agent.name,
            place.role,
            place.layer,
            agent.model,
            agent.provider,
            self._fitting.messages(agent, place.messages_for(agent)),
            color=agent.color,
            sample=place.sample,
            instead_of=place.instead_of,
            part=place.part,
        )

    def _named(self, planned: StreamPlanned) -> StreamPlanned:
        """Name a stream that is about to be asked; where it had been before, say so."""
        earlier = self._kept.earlier(planned)
        instead_of = earlier.planned.stream if earlier else planned.instead_of
        if earlier and earlier.usable:
            self._notice(f"{earlier.label} is asked again: what it is asked has changed since")
        self._streams += 1
        name = f"s{self._streams}"
        return replace(planned, at=self._around.clock(), stream=name, instead_of=instead_of)

    def _notice(self, text: str) -> None:
        self._around.emit(Noticed(self._around.clock(), text))


@dataclass(frozen=True, slots=True)
class _Open:
    """A layer that runs, as the person reaches it."""

    asker: Asker
    places: Sequence[Place]
    layer: Layer

    def go_on(self) -> bool:
        """Wait for nobody more."""
        return self.layer.go_on()

    def ask_again(self, stream: str, agent: Agent | None) -> bool:
        """Ask once more where `stream` had its place."""
        came = self.layer.answers.items()
        seat = next((seat for seat, answer in came if answer.stream == stream), None)
        if seat is None:
            return False
        place = self.places[seat]
        again = replace(place, agent=agent or place.agent, instead_of=stream)
        return self.layer.again(seat, self.asker.ask(again))
