"""What the double is told to say: one Answer per request."""

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from tests.double.errors import Failure
from tests.double.faults import Fault

# At most 12 tokens an event and 7 characters a token: recorded events hold at most 90 characters.
_TOKEN = re.compile(r"\s?[^\s]{1,6}|\s")


def tokens(text: str) -> list[str]:
    """The double's own tokens: they join to the text, whatever characters it holds."""
    return _TOKEN.findall(text)


@dataclass(frozen=True, slots=True)
class Answer:
    """One response: its text, its pace, and what goes wrong with it."""

    text: str = "Loud and clear. How can I help you today?"
    reasoning: str = ""
    pieces: tuple[str, ...] | None = None  # the text's deltas exactly; see `of`
    tokens_per_event: tuple[int, int] = (1, 12)  # fewest and most
    seed: int = 0
    finish_reason: str | None = "stop"  # None: absent

    prompt_tokens: int | None = None  # None: estimated from the request
    completion_tokens: int | None = None  # None: counted; includes the reasoning
    usage: bool = True
    speed: float = 2000.0  # tokens a second, as the server's own times report them

    failure: Failure | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # lower case; they win

    ttft: float = 0.0  # seconds before the headers
    early_head: bool = False  # headers at once, `ttft` between them and the first event
    pace: float = 0.0  # seconds between events
    batch: int = 1  # events in one write
    gate: asyncio.Event | None = None  # holds the stream until the test sets it
    gate_at: int = 0  # the event that is held: 0 is the first; -1 holds the headers too

    fault: Fault | tuple[Fault, ...] = ()

    @classmethod
    def of(cls, *pieces: str) -> Self:
        """An answer whose text arrives in exactly these deltas."""
        return cls(text="".join(pieces), pieces=pieces)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults in the order in which they edit the response."""
        return self.fault if isinstance(self.fault, tuple) else (self.fault,)

    def text_deltas(self) -> list[str]:
        """The text as it is sent: the same seed gives the same pieces."""
        return list(self.pieces) if self.pieces is not None else self._split(self.text)

    def reasoning_deltas(self) -> list[str]:
        """The reasoning as it is sent."""
        return self._split(self.reasoning)

    def _split(self, text: str) -> list[str]:
        # Recorded streams mix one token an event with many, so no fixed size.
        sizes = random.Random(self.seed)
        rest = tokens(text)
        deltas = []
        while rest:
            size = sizes.randint(*self.tokens_per_event)
            deltas.append("".join(rest[:size]))
            rest = rest[size:]
        return deltas
