"""A turn told in plain lines: for screen readers and Braille, for logs, for anyone who likes it so.

No sign stands for a word, nothing is painted over, and the answer comes by whole lines: a screen
reader would read every piece of a line anew.
"""

from typing import TextIO

from moa_tui.engine.cost import dollars
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
)
from moa_tui.state import StreamState, TurnState, apply, took_part


class PlainProgress:
    """One sentence on every start, retry and end of a stream."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._state = TurnState()

    def __call__(self, event: TurnEvent) -> None:
        """Say what `event` means to somebody who waits."""
        self._state = apply(self._state, event)
        if sentence := self._sentence(event):
            print(sentence, file=self._out, flush=True)

    def _sentence(self, event: TurnEvent) -> str:
        match event:
            case StreamPlanned():
                return f"{self._name(event.stream)} was asked, model {event.model}."
            case StreamQueued():
                wait = f"about {event.wait:.0f} seconds"
                return f"{self._name(event.stream)} waits for the rate limit, {wait}."
            case RetryScheduled():
                again = f"asked again in {event.delay:.1f} seconds"
                return f"{self._name(event.stream)}: {event.failure.message}, {again}."
            case StreamEnded():
                return f"{self._name(event.stream)}: {_ending(self._state.streams[event.stream])}."
            case Noticed():
                return f"{event.text}."
            case TurnEnded():
                return _summary(self._state)
        return ""

    def _name(self, stream: str) -> str:
        return self._state.streams[stream].label


class PlainAnswer:
    """The final answer by whole lines; the first `told_again` events are not told."""

    def __init__(self, out: TextIO, told_again: int = 0) -> None:
        self._out = out
        self._told_again = told_again
        self._aggregators: set[str] = set()
        self._printed = ""
        self._line = ""

    def __call__(self, event: TurnEvent) -> None:
        """Print the lines that `event` completes."""
        if self._told_again:
            self._told_again -= 1
            return
        match event:
            case StreamPlanned(role=Role.AGGREGATOR):
                self._aggregators.add(event.stream)
            case TextDelta() if event.stream in self._aggregators:
                self._printed = event.stream
                lines, newline, self._line = (self._line + event.text).rpartition("\n")
                self._write(lines + newline)
            case TurnEnded():
                other = event.answer if event.answered_by != self._printed else ""
                rest = self._line + (other or "")
                self._write(rest + ("\n" if event.answer or self._printed else ""))

    def _write(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._out.flush()


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
    parts.append(f"{state.tokens} tokens")
    if state.throughput:
        parts.append(f"{state.throughput:.0f} tokens per second")
    parts.append(f"{state.seconds or 0:.1f} seconds")
    if state.cost is not None:
        parts.append(dollars(state.cost))
    return ", ".join(parts) + "."
