"""Who took part in a turn, in the words that the header, the status bar and the JSON share."""

from collections import Counter

from moa_tui.engine.events import Outcome
from moa_tui.state.model import StreamState, TurnState

_GAVE_AN_ANSWER = {Outcome.COMPLETE, Outcome.TRUNCATED}


def participation(state: TurnState) -> str:
    """Say how many agents gave an answer, and what became of the rest.

    `3 of 4 agents · 1 rate limited`. A stand-in counts for the agent it stands in for.
    """
    places = [_last(stream, state) for stream in state.proposers if stream.instead_of is None]
    if not places:
        return ""
    gave = [stream for stream in places if stream.outcome in _GAVE_AN_ANSWER]
    ended = [stream for stream in places if stream.outcome is not None and stream not in gave]
    several = len({stream.layer for stream in places}) > 1 or any(s.sample for s in places)
    noun = "answer" if several else "agent"
    counts = Counter(what_became(stream) for stream in ended)
    counts += Counter("truncated" for s in gave if s.outcome is Outcome.TRUNCATED)
    head = f"{len(gave)} of {len(places)} {noun}{'' if len(places) == 1 else 's'}"
    return " · ".join([head, *(f"{count} {what}" for what, count in counts.most_common())])


def what_became(stream: StreamState) -> str:
    """Say in a word or two how a stream ended: why it failed, `not used`, or its outcome."""
    if not stream.used:
        return "not used"
    if stream.outcome is Outcome.FAILED and stream.failure:
        return str(stream.failure.kind)
    return str(stream.outcome or stream.phase)


def _last(stream: StreamState, state: TurnState) -> StreamState:
    """Follow the stand-ins of a stream to the one that is under way, or ended last."""
    stand_ins = {other.instead_of: other for other in state.streams.values() if other.instead_of}
    while stream.id in stand_ins:
        stream = stand_ins[stream.id]
    return stream
