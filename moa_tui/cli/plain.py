"""A turn told in plain lines: for screen readers and Braille, for logs, for anyone who likes it so.

No sign stands for a word, nothing is painted over, and the answer comes by whole lines: a screen
reader would read every piece of a line anew.
"""

from moa_tui.cli.printing import AnswerPrinter, ProgressPrinter
from moa_tui.engine.cost import dollars
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    RetryScheduled,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TurnEnded,
    TurnEvent,
)
from moa_tui.state import Race, StreamState, TurnState, race, took_part


class PlainProgress(ProgressPrinter):
    """One sentence on every start, retry and end of a stream."""

    def line(self, event: TurnEvent) -> str:
        """Return a sentence on `event`; empty: nothing."""
        match event:
            case StreamPlanned():
                return f"{self.name(event.stream)} was asked, model {event.model}."
            case StreamQueued():
                wait = f"about {event.wait:.0f} seconds"
                return f"{self.name(event.stream)} waits for the rate limit, {wait}."
            case RetryScheduled():
                again = f"asked again in {event.delay:.1f} seconds"
                return f"{self.name(event.stream)}: {event.failure.message}, {again}."
            case StreamEnded():
                return f"{self.name(event.stream)}: {_ending(self.state.streams[event.stream])}."
            case Noticed():
                return f"{event.text}."
            case TurnEnded():
                return _summary(self.state)
        return ""


class PlainAnswer(AnswerPrinter):
    """The final answer by whole lines."""

    _begun = ""

    def write(self, piece: str) -> None:
        """Print the lines that `piece` completes."""
        lines, newline, self._begun = (self._begun + piece).rpartition("\n")
        if newline:
            super().write(lines + newline)


def _ending(stream: StreamState) -> str:
    words = str(stream.outcome) if stream.used else "not used, its layer went on without it"
    parts = [words]
    if stream.failure and stream.outcome is not Outcome.COMPLETE:
        advice = f"; {stream.failure.advice}" if stream.failure.advice else ""
        parts = [f"{stream.outcome}, {stream.failure.message}{advice}"]
    if stream.tokens:
        parts.append(f"{'about ' if stream.estimated else ''}{stream.tokens} tokens")
    if stream.ended_at is not None:
        parts.append(f"{stream.seconds(stream.ended_at):.1f} seconds")
    return ", ".join(parts)


def _summary(state: TurnState) -> str:
    parts = [f"The turn is {state.outcome}", str(took_part(state)).replace(" · ", ", ")]
    parts.append(f"{state.answer_tokens} tokens")
    if state.throughput:
        parts.append(f"{state.throughput:.0f} tokens per second")
    parts.append(f"{state.took or 0:.1f} seconds")
    if state.cost is not None:
        parts.append(dollars(state.cost))
    raced = race(state)
    return ", ".join(parts) + "." + (f"\nThe race: {_race(raced)}." if raced else "")


def _race(raced: Race) -> str:
    if raced.first is None:
        return raced.why_none
    sides = (raced.answer, raced.baseline)
    took = " and ".join(f"{side.name} {side.seconds or 0:.1f} seconds" for side in sides)
    result = raced.shorter.replace("× faster than", " times faster than")
    return f"{result}, {took}"
