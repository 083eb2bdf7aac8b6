"""Who took part in a turn, in the words that the header, the status bar and the JSON share."""

from collections import Counter
from dataclasses import dataclass

from moa_tui.engine.events import Outcome, Role
from moa_tui.state.model import StreamState, TurnState

_GAVE_AN_ANSWER = {Outcome.COMPLETE, Outcome.TRUNCATED}


@dataclass(frozen=True, slots=True)
class Participation:
    """How many agents gave an answer, what became of the rest, and what the answer is instead.

    As text: `1 of 3 agents · 2 rate limited · ada's answer, not a synthesis`.
    """

    head: str = ""
    rest: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def counts(self) -> str:
        """The agents, without what is to be said about the answer."""
        return " · ".join(filter(None, [self.head, *self.rest]))

    @property
    def whole(self) -> bool:
        """Whether there is nothing that a reader of the answer should know."""
        return not self.rest and not self.remarks

    def __str__(self) -> str:
        return " · ".join(filter(None, [self.counts, *self.remarks]))


def participation(state: TurnState) -> str:
    """Say how many agents gave an answer, and what became of the rest: the counts alone."""
    return took_part(state).counts


def head_of(words: str) -> str:
    """Return how many agents gave an answer, out of the words of a kept turn: `3 of 3 agents`."""
    head = words.partition(" · ")[0]
    return head if head[:1].isdecimal() else ""


def took_part(state: TurnState) -> Participation:
    """Say who has taken part so far. A stand-in counts for the agent it stands in for."""
    proposers = [s for s in state.streams.values() if s.role is Role.PROPOSER]
    places = [_last(stream, state) for stream in proposers if stream.instead_of is None]
    if not places:
        return Participation()
    gave = [stream for stream in places if stream.outcome in _GAVE_AN_ANSWER]
    ended = [stream for stream in places if stream.outcome is not None and stream not in gave]
    several = len({stream.layer for stream in places}) > 1 or any(s.sample for s in places)
    noun = "answer" if several else "agent"
    count = len(places)
    if state.plan and any(stream.part for stream in places):
        noun, count = "part", len(state.plan.parts)
    # A vote that the rest could not have changed lacks nothing.
    unneeded = [s for s in ended if not s.used] if state.tally and state.tally.counts else []
    counts = Counter(what_became(stream) for stream in ended if stream not in unneeded)
    counts += Counter("truncated" for s in gave if s.outcome is Outcome.TRUNCATED)
    head = f"{len(gave)} of {count} {noun}{'' if count == 1 else 's'}"
    if unneeded:
        head += f", {len(unneeded)} not needed"
    rest = tuple(f"{count} {what}" for what, count in counts.most_common())
    return Participation(head, rest, tuple(_remarks(state)))


def what_became(stream: StreamState) -> str:
    """Say in a word or two how a stream ended: why it failed, `not used`, or its outcome."""
    if not stream.used:
        return "not used"
    if stream.outcome is Outcome.FAILED and stream.failure:
        return str(stream.failure.kind)
    return str(stream.outcome or stream.phase)


def _remarks(state: TurnState) -> list[str]:
    """Say what the answer is where it is not the aggregator's complete synthesis."""
    aggregators = [s for s in state.current if s.role is Role.AGGREGATOR]
    writer = state.streams.get(state.answered_by or "", state.aggregator)
    if writer is None:
        return []
    cut = []
    if writer.outcome not in {None, Outcome.COMPLETE}:
        cut = [f"the answer: {what_became(writer)}"]
    if _is_meant_to_be_one(state) and not aggregators:
        return cut
    if writer.role is not Role.AGGREGATOR:
        failed = [f"{s.label}: {what_became(s)}" for s in aggregators]
        return [*failed, f"{writer.label}'s answer, not a synthesis", *cut]
    if aggregators and writer.label != aggregators[0].label:
        return [f"written by {writer.label} instead of {aggregators[0].label}", *cut]
    return cut


def _is_meant_to_be_one(state: TurnState) -> bool:
    """Whether one agent's own answer is what the strategy comes to, and no makeshift."""
    simple = state.plan is not None and state.plan.simple
    return state.strategy == "single" or simple or bool(state.tally and state.tally.counts)


def _last(stream: StreamState, state: TurnState) -> StreamState:
    """Follow the stand-ins of a stream to the one that is under way, or ended last."""
    stand_ins = {other.instead_of: other for other in state.streams.values() if other.instead_of}
    while stream.id in stand_ins:
        stream = stand_ins[stream.id]
    return stream
