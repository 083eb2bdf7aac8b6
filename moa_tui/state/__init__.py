"""What a turn looks like now: immutable state, and one pure function from event to next state."""

from moa_tui.state.model import KeptFigures, Phase, StreamState, TurnState
from moa_tui.state.participation import Participation, participation, took_part, what_became
from moa_tui.state.race import Race, race
from moa_tui.state.reducer import apply, fold
from moa_tui.state.text_log import TextLog

__all__ = [
    "KeptFigures",
    "Participation",
    "Phase",
    "Race",
    "StreamState",
    "TextLog",
    "TurnState",
    "apply",
    "fold",
    "participation",
    "race",
    "took_part",
    "what_became",
]
