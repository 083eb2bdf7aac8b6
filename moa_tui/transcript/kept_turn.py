"""One turn of the history, whole: its record, and the state that it is shown from."""

from dataclasses import dataclass, replace
from pathlib import Path

from moa_tui.engine.events import TurnEvent
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.provider import Message
from moa_tui.errors import HistoryError
from moa_tui.state import StreamState, TurnState
from moa_tui.transcript import database
from moa_tui.transcript.eliding import restored
from moa_tui.transcript.history import conversation_so_far, open_turns
from moa_tui.transcript.kept_events import replayed
from moa_tui.transcript.record import TurnRecord
from moa_tui.transcript.record_reading import DamagedRecordError, checked_record, read_record
from moa_tui.transcript.record_state import state_of
from moa_tui.transcript.rows import Branch

_END_OF_TIME = "9999"
_LONGEST = 1e9
_TIMES = ("planned_at", "sent_at", "first_at", "wrote_at", "last_at", "ended_at")


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """A turn that was kept. `open`: it has not ended, in a program that is gone or still runs.

    `before` is what its conversation held when it was asked, `conversation` all that it holds.
    """

    record: TurnRecord
    state: TurnState
    events: tuple[TurnEvent, ...] = ()
    open: bool = False
    before: tuple[Exchange, ...] = ()
    conversation: tuple[Exchange, ...] = ()

    @property
    def so_far(self) -> tuple[Exchange, ...]:
        """What its conversation held when it had been answered: what came later is left out."""
        record = self.record
        own = (Exchange(record.question, record.answer),) if record.answer else ()
        return (*self.before, *own)

    @property
    def branch_after(self) -> Branch:
        """What another conversation goes on from that begins with this turn's answer."""
        # Text that sorts after the time itself, and before any later one.
        return Branch(self.record.conversation, f"{self.record.started_at}~")

    @property
    def branch_before(self) -> Branch:
        """What another conversation goes on from that asks this turn's question anew."""
        return Branch(self.record.conversation, self.record.started_at)

    @property
    def later(self) -> int:
        """How many answers of its conversation came after it."""
        return max(0, len(self.conversation) - len(self.before) - bool(self.record.answer))


def kept_record(path: Path, turn: str) -> tuple[TurnRecord, bool]:
    """Return the record of the turn, and whether it has not ended.

    Raises HistoryError if it is gone or damaged, or the history cannot be read.
    """
    with database.reading(path) as source:
        row = None
        if source:
            query = "SELECT record FROM turns WHERE turn = ?"
            row = source[0].execute(query, (turn,)).fetchone()
    try:
        if row:
            # A record that gives itself another name is that of this turn all the same.
            return replace(read_record(row[0]), turn=turn), False
        for unended in open_turns(path):
            if unended.turn == turn:
                return checked_record(unended.record().as_json()), True
    except DamagedRecordError as error:
        said = f"what is kept of this turn is damaged: {error}"
        raise HistoryError(said, "d deletes it") from None
    raise HistoryError("this turn is not in the history any more", "it was deleted meanwhile")


def kept_turn(path: Path, turn: str) -> KeptTurn:
    """Return the turn with its place in its conversation; raises as `kept_record` does."""
    record, is_open = kept_record(path, turn)
    with database.reading(path) as source:
        nothing: tuple[TurnState, tuple[TurnEvent, ...]] = (TurnState(), ())
        told, events = replayed(source[0], turn) if source and source[1] > 1 else nothing
    before = conversation_so_far(path, record.conversation, record.started_at)
    state = state_of(record)
    streams = {
        name: replace(
            _on_its_clock(stream, told.streams.get(name)),
            messages=restored(stream.messages or _sent(told.streams.get(name)), before),
        )
        for name, stream in state.streams.items()
    }
    everything = conversation_so_far(path, record.conversation, _END_OF_TIME)
    whole = replace(state, streams=streams)
    return KeptTurn(record, whole, events, is_open, before, everything)


def _sent(told: StreamState | None) -> tuple[Message, ...]:
    return told.messages if told else ()


def _on_its_clock(stream: StreamState, told: StreamState | None) -> StreamState:
    """Return a stream of a record with the times that its events have, if they can be.

    Which of its tokens were thoughts is in the events alone, too.
    """
    if told is None:
        return stream
    times = {name: getattr(told, name) for name in _TIMES}
    if any(at is not None and not 0 <= at <= _LONGEST for at in times.values()):
        return stream
    usage, reported = stream.usage, told.usage
    if usage and reported and 0 < reported.reasoning <= usage.output:
        usage = replace(usage, reasoning=reported.reasoning)
    return replace(stream, usage=usage, **times)
