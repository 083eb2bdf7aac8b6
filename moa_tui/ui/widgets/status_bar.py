"""The status bar: phase, agents done, tokens, throughput, total time, rate limits. One line."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from moa_tui.engine.cost import dollars
from moa_tui.engine.events import Outcome, Role, TurnOutcome
from moa_tui.engine.metrics import RateMeter
from moa_tui.state import Race, TurnState, race, took_part
from moa_tui.ui import figures

_SHOWN_EVERY = 0.15
_RATES = 20
"""Samples of the live rate that are drawn: three seconds, so that a stall is seen for a while."""
_ROLE_WORDS = {Role.PLANNER: "planning", Role.REVIEWER: "ranking"}


@dataclass(frozen=True, slots=True)
class _Field:
    """A part of the bar; those of the lowest weight go first, or get shorter, as it gets narrow."""

    text: str
    style: str
    weight: int
    shorter: "_Field | None" = None


class StatusBar(Static):
    """Shows the turn in figures; the live rate is that of the last seconds, of all streams."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._meter = RateMeter()
        self._rates: deque[float] = deque(maxlen=_RATES)
        self._turn = ""
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = -1.0
        self._last: tuple[TurnState, float, int] = (TurnState(), 0.0, 0)
        self._badges: Sequence[str] = ()
        self._budget = ("", "")
        self._link = ""
        self._beside = ""

    def set_badges(self, badges: Sequence[str]) -> None:
        """Keep standing facts in sight, such as that a demonstration model answers."""
        self._badges = badges
        self._drawn = ()
        self.show(*self._last)

    def set_link(self, badge: str) -> None:
        """Show how the terminal is reached, if that is worth a word."""
        self._link = badge
        self._drawn = ()
        self.show(*self._last)

    def set_task(self, words: str) -> None:
        """Show what goes on beside the conversation; empty: nothing."""
        self._beside, self._drawn = words, ()
        self.show(*self._last)

    def set_budget(self, words: str, next_words: str = "") -> None:
        """Show what is used of the rate limits; `next_words` is what matters most of it."""
        if (words, next_words) != self._budget:
            self._budget = (words, next_words)
            self._drawn = ()
            self.show(*self._last)

    def on_resize(self) -> None:
        """Another width has room for other fields."""
        self._drawn = ()
        self.show(*self._last)

    def show(self, state: TurnState, now: float, queued: int = 0) -> None:
        """Show `state`; `now` is seconds since the turn began."""
        self._last = (state, now, queued)
        if state.turn != self._turn:
            self._turn, self._meter, self._drawn_at = state.turn, RateMeter(), -1.0
            self._rates.clear()
        tokens = state.tokens
        if state.running:
            # Not the tokens: when a provider reports them, all that were hidden come at once.
            self._meter.add(now, state.written)
        phase = phase_words(state)
        key = (phase, state.outcome, queued, self.size.width)
        if key == self._drawn and now - self._drawn_at < _SHOWN_EVERY:
            return
        if state.running and now - self._drawn_at >= _SHOWN_EVERY:
            self._rates.append(self._meter.rate or 0.0)
        self._drawn, self._drawn_at = key, now
        # One line whatever it says: nothing else has to be laid out anew.
        fields = self._fields(state, phase, tokens, now, queued)
        self.update(self._fitted(fields), layout=False)

    def _fields(
        self, state: TurnState, phase: str, tokens: int, now: float, queued: int
    ) -> list[_Field]:
        if not state.turn:
            ready = _Field("○ ready", "$dim-text", 9)
            return [ready, *self._budget_fields(), *self._badge_fields()]
        if state.baseline and (state.answered_by or _answered_at(state) is not None):
            # The time is the answer's: so are the figures beside it.
            tokens, rate, live = state.answer_tokens, state.throughput, False
        else:
            live = state.running
            rate = self._meter.rate if live else state.throughput
        estimated = any(s.estimated for s in state.streams.values())
        mark = "~" if estimated else ""
        fields = [
            _Field(phase, _phase_style(state), 9),
            *_agent_fields(state),
            _Field(f"{mark}{tokens:,} tok", "$foreground", 5),
            self._rate_field(f"{'~' if live else mark}{rate or 0:,.0f} tok/s"),
            _Field(f"total {figures.seconds(_total(state, now))}", "bold", 7),
        ]
        if state.streams:
            cost = f"{mark}{dollars(state.cost)}" if state.cost else f"cost {dollars(state.cost)}"
            fields.append(_Field(cost, "$foreground", 3))
        if state.tally and state.tally.counts:
            fields.append(_Field(state.tally.words, "$accent", 6))
        if result := race(state):
            fields.append(_race_field(result))
        if queued:
            questions = "question" if queued == 1 else "questions"
            fields.append(_Field(f"{queued} {questions} waiting", "$warning", 4))
        return fields + self._budget_fields() + self._badge_fields()

    def _rate_field(self, words: str) -> _Field:
        plain = _Field(words, "bold $accent", 8)
        line = figures.sparkline(self._rates) if len(self._rates) > 1 else ""
        return _Field(f"{words} {line}", "bold $accent", 2, plain) if line else plain

    def _budget_fields(self) -> list[_Field]:
        words, next_words = self._budget
        if not words:
            return []
        style = "$warning" if next_words else "$dim-text"
        shorter = _Field(next_words, style, 6) if next_words else None
        return [_Field(words, style, 3, shorter)]

    def _badge_fields(self) -> list[_Field]:
        link = [_Field(self._link, "$dim-text", 4)] if self._link else []
        task = [_Field(self._beside, "$accent", 9)] if self._beside else []
        badges = (_Field(badge, "$warning", 7) for badge in self._badges)
        return [*task, *badges, *link]

    def _fitted(self, fields: list[_Field]) -> Content:
        shown = _fitting(fields, self.size.width)
        return Content("   ").join(Content.styled(f.text, f.style) for f in shown)


def _fitting(fields: Sequence[_Field], room: int) -> list[_Field]:
    """Return those for which there is room, the ones of the lowest weight shorter or left out.

    What was left out for one that got shorter later comes back, the dearest first.
    """
    shown: list[_Field | None] = list(fields)

    def width(at: int, field: _Field | None) -> int:
        others = [f for f in (*shown[:at], field, *shown[at + 1 :]) if f]
        return sum(cell_len(f.text) + 3 for f in others) - 3

    dropped: list[tuple[int, _Field]] = []
    while len(there := [f for f in shown if f]) > 1 and width(0, shown[0]) > room:
        least = min(there, key=lambda field: field.weight)
        at = shown.index(least)
        shown[at] = least.shorter
        dropped.append((at, least))
    for at, field in sorted(dropped, key=lambda one: one[1].weight, reverse=True):
        if width(at, field) <= room:
            shown[at] = field
        elif field.shorter is None:
            break  # nothing stays that weighs less than what has to go
    return [field for field in shown if field]


def _race_field(result: Race) -> _Field:
    """The result of a race; who was first and by what factor is the last of it to go."""
    return _Field(result.words, "$accent", 4, _Field(result.shorter, "$accent", 8))


def _agent_fields(state: TurnState) -> list[_Field]:
    present = took_part(state)
    if not present.head:
        return []
    head = _Field(present.head, "$foreground", 6)
    return [_Field(present.counts, "$warning", 5, head)] if present.rest else [head]


def phase_words(state: TurnState) -> str:
    """Say where the turn is."""
    if state.outcome is not None:
        glyph = {"complete": "✓", "degraded": "✂", "failed": "!", "stopped": "■"}[state.outcome]
        return f"{glyph} {state.outcome}"
    if not state.turn:
        return "○ ready"
    aggregator = state.aggregator
    if _answered_at(state) is not None:
        return f"✓ answered, {state.baseline.label if state.baseline else ''} alone runs"
    if aggregator is not None:
        return f"● Σ {aggregator.phase}"
    running = [s for s in state.current if s.outcome is None and s.role in _ROLE_WORDS]
    if running:
        return f"● {_ROLE_WORDS[running[-1].role]}"
    layers = [stream.layer for stream in state.proposers]
    if state.plan and layers:
        done = sum(stream.outcome is not None for stream in state.proposers)
        return f"● part {min(done + 1, len(state.plan.parts))} of {len(state.plan.parts)}"
    return f"● layer {max(layers)}" if layers else "● starting"


def _answered_at(state: TurnState) -> float | None:
    """Return when the answer was there, in a turn that only waits for its baseline."""
    written = state.aggregator
    if state.outcome is not None or written is None or written.outcome is not Outcome.COMPLETE:
        return None
    alone = state.baseline
    return written.ended_at if alone and alone.outcome is None else None


def _total(state: TurnState, now: float) -> float:
    """Return the seconds until the answer was there, or so far."""
    if state.answer_seconds is not None:
        return state.answer_seconds
    answered = _answered_at(state)
    if answered is not None:  # on the clock that the end has: from the first request
        return max(0.0, answered - state.asked_at)
    return now if state.running else state.seconds or 0.0


def _phase_style(state: TurnState) -> str:
    match state.outcome:
        case None:
            return "bold $primary"
        case TurnOutcome.COMPLETE:
            return "bold $success"
        case TurnOutcome.FAILED:
            return "bold $error"
    return "bold $warning"
