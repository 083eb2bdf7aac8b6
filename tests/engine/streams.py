"""A stream under test, and the steps that its scripts are made of."""

import asyncio
import itertools
from dataclasses import dataclass, field
from typing import Any

from moa_tui.engine.controls import TurnControls
from moa_tui.engine.events import (
    ReasoningDelta,
    Role,
    StreamEnded,
    StreamPlanned,
    TextDelta,
    TurnEvent,
)
from moa_tui.engine.provider import Batch, Message
from moa_tui.engine.stream import StreamRun, Surroundings
from moa_tui.engine.verdict import Answer
from tests.engine.scripted import PATIENCE, ScriptedProvider, agent, check_stream, text_of

TEXT = Batch(text="Because.")
THOUGHT = Batch(reasoning="Hmm.")
STOP = Batch(finish_reason="stop")
DONE = Batch(done=True)
MESSAGES = (Message("system", "Be brief."), Message("user", "Why?"))


@dataclass
class Stream:
    """A stream under test: runs once, keeps what it told."""

    provider: ScriptedProvider
    finish_required: bool = True
    timeout: float = PATIENCE
    changes: dict[str, Any] = field(default_factory=dict)
    controls: TurnControls = field(default_factory=TurnControls)

    def __post_init__(self) -> None:
        self.events: list[TurnEvent] = []
        self._told = asyncio.Event()

    def emit(self, event: TurnEvent) -> None:
        """Keep what is told."""
        self.events.append(event)
        self._told.set()

    async def run(self) -> Answer:
        """Run it; whatever happens, its events must be in order and its answer what it told."""
        planned = StreamPlanned(0.0, "s1", "Agent-m", Role.PROPOSER, 1, "m", "acme", MESSAGES)
        ticks = itertools.count()
        run = StreamRun(
            planned,
            agent("m", timeout=self.timeout, **self.changes),
            Surroundings(
                self.provider.connect,
                self.emit,
                clock=lambda: float(next(ticks)),
                controls=self.controls,
            ),
        )
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await run.run(finish_required=self.finish_required)
        finally:
            check_stream(self.events)
            assert self.provider.live == 0
            assert [e.at for e in self.events] == sorted(e.at for e in self.events)
        assert answer.text == self.text
        assert (answer.outcome, answer.failure) == (self.ended.outcome, self.ended.failure)
        return answer

    @property
    def text(self) -> str:
        """The text told so far."""
        return text_of(self.events)

    @property
    def reasoning(self) -> str:
        """The reasoning told so far."""
        return "".join(e.text for e in self.events if isinstance(e, ReasoningDelta))

    @property
    def ended(self) -> StreamEnded:
        """How it ended."""
        assert isinstance(self.events[-1], StreamEnded)
        return self.events[-1]

    def of(self, kind: type[TurnEvent]) -> list[TurnEvent]:
        """Return the events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until_written(self, count: int) -> None:
        """Wait for `count` pieces of text."""
        async with asyncio.timeout(PATIENCE):
            while len(self.of(TextDelta)) < count:
                self._told.clear()
                await self._told.wait()
