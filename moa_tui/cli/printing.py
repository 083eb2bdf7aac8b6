"""Events of a turn as text on a stream: progress, the answer as it comes, or JSON lines."""

import json
from dataclasses import asdict
from typing import Any, TextIO

from moa_tui.cli.output import json_safe
from moa_tui.engine.cost import dollars
from moa_tui.engine.events import (
    Noticed,
    Outcome,
    ReasoningRecognized,
    RetryScheduled,
    Role,
    StreamEnded,
    StreamPlanned,
    StreamQueued,
    TextDelta,
    TurnEnded,
    TurnEvent,
)
from moa_tui.engine.forecast import Forecast
from moa_tui.engine.wholeness import outcome_of, remark
from moa_tui.state import StreamState, TurnState, apply, race, took_part
from moa_tui.text import clean_line
from moa_tui.transcript.record import event_json

_NOT_THE_ANSWER = "\n\n[The text above was cut off and is not the answer. The answer:]\n\n"


class ProgressPrinter:
    """One line on every start, retry and end of a stream."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self.state = TurnState()

    def __call__(self, event: TurnEvent) -> None:
        """Print what `event` means to somebody who waits."""
        self.state = apply(self.state, event)
        if line := self.line(event):
            print(line, file=self._out, flush=True)

    def line(self, event: TurnEvent) -> str:
        """Return what is printed of `event`; empty: nothing."""
        match event:
            case StreamPlanned():
                return f"[{event.at:6.2f} s] {self.name(event.stream)}: asked ({event.model})"
            case StreamQueued():
                wait = f"queued for the rate limit, ~{event.wait:.0f} s"
                return f"[{event.at:6.2f} s] {self.name(event.stream)}: {wait}"
            case RetryScheduled():
                reason = f"{event.failure.message}; again in {event.delay:.1f} s"
                return f"[{event.at:6.2f} s] {self.name(event.stream)}: {reason}"
            case StreamEnded():
                stream = self.state.streams[event.stream]
                return f"[{event.at:6.2f} s] {self.name(event.stream)}: {ending(stream)}"
            case Noticed():
                return f"[{event.at:6.2f} s] {event.text}"
            case TurnEnded():
                lines = [summary(self.state)]
                if raced := race(self.state):
                    lines.append(raced.words)
                return "\n".join(f"[{event.at:6.2f} s] {line}" for line in lines)
        return ""

    def name(self, stream: str) -> str:
        """Return what a stream is called."""
        return self.state.streams[stream].label


class AnswerPrinter:
    """The final answer and nothing else; one that is not whole says so in a line of its own.

    A terminal shows what an aggregator writes while it comes, and says so where that turns out not
    to be the answer. Anything else gets a text only once it is known to be the answer: what has
    gone into a pipe cannot be taken back.

    The first `told_again` events are of a turn that was interrupted: nothing of it is printed here.
    """

    def __init__(self, out: TextIO, told_again: int = 0) -> None:
        self._out = out
        self._live = out.isatty()
        self._told_again = told_again
        self._aggregators: dict[str, StreamPlanned] = {}
        self._held: dict[str, list[str]] = {}
        self._outcomes: dict[str, Outcome] = {}
        self._printed = ""

    def __call__(self, event: TurnEvent) -> None:
        """Print what `event` adds to the answer."""
        if self._told_again:
            self._told_again -= 1
            return
        match event:
            case StreamPlanned(role=Role.AGGREGATOR):
                self._aggregators[event.stream] = event
            case TextDelta() if event.stream in self._aggregators and self._live:
                self._show(event.stream, event.text)
            case TextDelta() if event.stream in self._aggregators:
                self._held.setdefault(event.stream, []).append(event.text)
            case ReasoningRecognized():
                self._held.pop(event.stream, None)
                if event.stream == self._printed:
                    self.write("\n\n[That was the model's thinking. Its answer:]\n\n")
            case StreamEnded():
                self._outcomes[event.stream] = event.outcome
                if event.outcome is Outcome.COMPLETE and self._is_final(event.stream):
                    self._show(event.stream, "".join(self._held.pop(event.stream, ())))
            case TurnEnded():
                self._end(event)

    def write(self, piece: str) -> None:
        """Print the next piece of the answer."""
        self._out.write(piece)
        self._out.flush()

    def _is_final(self, stream: str) -> bool:
        """Whether what a stream wrote is the answer as soon as it is complete.

        Of the aggregator itself it is, so nobody need wait for a baseline; a stand-in's may not be.
        """
        planned = self._aggregators.get(stream)
        return planned is not None and planned.instead_of is None

    def _outcome(self, ended: TurnEnded) -> Outcome | None:
        return outcome_of(ended, self._outcomes.get(ended.answered_by or ""))

    def _show(self, stream: str, text: str) -> None:
        if self._printed and self._printed != stream:
            self.write(_NOT_THE_ANSWER)
        self._printed = stream
        self.write(text)

    def _end(self, ended: TurnEnded) -> None:
        answer = ended.answer
        if answer and ended.answered_by != self._printed:
            self._show(ended.answered_by or "", answer)
        if not answer and self._printed:
            self.write("\n\n[This is no answer: the turn ended before it was whole.]")
        elif answer and (said := remark(self._outcome(ended))):
            self.write(f"\n\n[{said}]")
        if answer or self._printed:
            self.write("\n")


class JsonlPrinter:
    """Every event as a line of JSON, when it happens."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: TurnEvent) -> None:
        """Print `event`."""
        line = json_safe(json.dumps(event_json(event), ensure_ascii=False))
        print(line, file=self._out, flush=True)


def ending(stream: StreamState) -> str:
    """Say how a stream ended, in a line."""
    parts = [str(stream.outcome) if stream.used else "not used: its layer went on without it"]
    if stream.failure and stream.outcome is not Outcome.COMPLETE:
        advice = f" — {stream.failure.advice}" if stream.failure.advice else ""
        parts = [f"{stream.outcome}: {stream.failure.message}{advice}"]
    if stream.tokens:
        parts.append(f"{'~' if stream.estimated else ''}{stream.tokens:,} tok")
    if stream.throughput:
        parts.append(f"{stream.throughput:,.0f} tok/s")
    if stream.ttft is not None:
        parts.append(f"first after {stream.ttft:.2f} s")
    if stream.cost:
        parts.append(f"{'~' if stream.estimated else ''}{dollars(stream.cost)}")
    return " · ".join(parts)


def summary(state: TurnState) -> str:
    """Say how a turn ended, in a line."""
    speed = f" · {state.throughput:,.0f} tok/s" if state.throughput else ""
    mark = "~" if any(stream.estimated for stream in state.streams.values()) else ""
    cost = f" · {mark}{dollars(state.cost)}" if state.cost is not None else ""
    return (
        f"{state.outcome} · {took_part(state)}"
        f" · {state.answer_tokens:,} tok{speed} · {state.took or 0:.2f} s{cost}"
    )


def forecast_lines(taken: Forecast) -> list[str]:
    """Say what a turn would take, in all and of each model."""
    lines = [taken.words]
    for model in taken.models:
        noun = "request" if model.requests == 1 else "requests"
        fits = "" if model.fits else f", queues for ~{model.wait:.0f} s"
        cost = "" if model.cost is None else f", up to {dollars(model.cost)}"
        name = clean_line(f"{model.provider} {model.model}", 80)
        tokens = f"up to {model.tokens:,} tokens"
        lines.append(f"  {name}: {model.requests} {noun}, {tokens}{cost}{fits}")
    return lines


def forecast_json(taken: Forecast) -> dict[str, Any]:
    """Return what a turn would take as plain JSON data."""
    return {
        "requests": taken.requests,
        "tokens": taken.tokens,
        "cost_usd": taken.cost,
        "wait": round(taken.wait, 1),
        "models": [asdict(model) for model in taken.models],
    }
