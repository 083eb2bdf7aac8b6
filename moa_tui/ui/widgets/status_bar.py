"""The status bar: phase, agents done, tokens, live throughput, total time. One line."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content
from textual.widgets import Static

from moa_tui.engine.events import Outcome, TurnOutcome
from moa_tui.engine.metrics import RateMeter
from moa_tui.state import TurnState
from moa_tui.ui import figures

_SHOWN_EVERY = 0.15
_DONE = (Outcome.COMPLETE, Outcome.TRUNCATED)


@dataclass(frozen=True, slots=True)
class _Field:
    """A part of the bar; those of the lowest weight go first when it gets narrow."""

    text: str
    style: str
    weight: int


class StatusBar(Static):
    """Shows the turn in figures; the live rate is that of the last seconds, of all streams."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(markup=False, id=id)
        self._meter = RateMeter()
        self._turn = ""
        self._drawn: tuple[object, ...] = ()
        self._drawn_at = -1.0
        self._last: tuple[TurnState, float, int] = (TurnState(), 0.0, 0)
        self._badges: Sequence[str] = ()

    def set_badges(self, badges: Sequence[str]) -> None:
        """Keep standing facts in sight, such as that a demonstration model answers."""
        self._badges = badges
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
        tokens = state.tokens
        if state.running:
            self._meter.add(now, tokens)
        phase = phase_words(state)
        key = (phase, state.outcome, queued, self.size.width)
        if key == self._drawn and now - self._drawn_at < _SHOWN_EVERY:
            return
        self._drawn, self._drawn_at = key, now
        # One line whatever it says: nothing else has to be laid out anew.
        fields = self._fields(state, phase, tokens, now, queued)
        self.update(self._fitted(fields), layout=False)

    def _fields(
        self, state: TurnState, phase: str, tokens: int, now: float, queued: int
    ) -> list[_Field]:
        if not state.turn:
            return [_Field("○ ready", "$dim-text", 9), *self._badge_fields()]
        live = state.running
        estimated = any(s.estimated for s in state.streams.values())
        mark = "~" if estimated else ""
        rate = self._meter.rate if live else state.throughput
        proposers = state.proposers
        done = sum(stream.outcome in _DONE for stream in proposers)
        fields = [
            _Field(phase, _phase_style(state), 9),
            _Field(f"agents {done}/{len(proposers)}", "$foreground", 6),
            _Field(f"{mark}{tokens:,} tok", "$foreground", 5),
            _Field(f"{mark}{rate or 0:,.0f} tok/s", "bold $accent", 8),
            _Field(f"total {figures.seconds(now if live else state.seconds or 0)}", "bold", 7),
        ]
        if queued:
            questions = "question" if queued == 1 else "questions"
            fields.append(_Field(f"{queued} {questions} waiting", "$warning", 4))
        return fields + self._badge_fields()

    def _badge_fields(self) -> list[_Field]:
        return [_Field(badge, "$warning", 7) for badge in self._badges]

    def _fitted(self, fields: list[_Field]) -> Content:
        room = self.size.width
        while len(fields) > 1 and sum(cell_len(f.text) + 3 for f in fields) - 3 > room:
            fields.remove(min(fields, key=lambda field: field.weight))
        return Content("   ").join(Content.styled(f.text, f.style) for f in fields)


def phase_words(state: TurnState) -> str:
    """Say where the turn is."""
    if state.outcome is not None:
        glyph = {"complete": "✓", "degraded": "✂", "failed": "!", "stopped": "■"}[state.outcome]
        return f"{glyph} {state.outcome}"
    if not state.turn:
        return "○ ready"
    aggregator = state.aggregator
    if aggregator is not None:
        return f"● Σ {aggregator.phase}"
    layers = [stream.layer for stream in state.proposers]
    return f"● layer {max(layers)}" if layers else "● starting"


def _phase_style(state: TurnState) -> str:
    match state.outcome:
        case None:
            return "bold $primary"
        case TurnOutcome.COMPLETE:
            return "bold $success"
        case TurnOutcome.FAILED:
            return "bold $error"
    return "bold $warning"
