"""One turn on its way into the history: the end that the engine writes to, and the thread's end."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from moa_tui.engine.events import StreamPlanned, TurnEnded, TurnEvent
from moa_tui.engine.prompts import Exchange
from moa_tui.state import TurnState, fold
from moa_tui.transcript.eliding import elided
from moa_tui.transcript.event_json import encode_events
from moa_tui.transcript.joining import DeltaJoiner
from moa_tui.transcript.record import TurnRecord, record_of, time_of
from moa_tui.transcript.rows import Branch, OpenRow


class TurnLog:
    """Takes the events of one turn from its beginning, at the rate of tokens.

    `conversation`, `roster` and `preset` are kept with the turn; `wake` is called at its end. The
    first `together` events are written at once or not at all: they replace what was kept before.
    `earlier` is the conversation so far, which is not kept with the turn once more; `branch` says
    where another conversation has the beginning of it.
    """

    __slots__ = (
        "_events",
        "_left",
        "_together",
        "_wake",
        "branch",
        "conversation",
        "earlier",
        "preset",
        "roster",
    )

    def __init__(
        self,
        conversation: str,
        roster: str,
        preset: str,
        wake: Callable[[], None],
        together: int = 0,
        earlier: Sequence[Exchange] = (),
        branch: Branch | None = None,
    ) -> None:
        self.conversation = conversation
        self.earlier = earlier
        self.branch = branch
        self.roster = roster
        self.preset = preset
        self._events: deque[TurnEvent] = deque()
        self._left = False
        self._together = together
        self._wake = wake

    def record(self, event: TurnEvent) -> None:
        """Have `event` written within a quarter of a second; costs an append."""
        if self._left:
            return
        self._events.append(event)
        if type(event) is TurnEnded:
            self._wake()

    def leave_open(self) -> None:
        """Record nothing more: the turn counts as interrupted once this program has ended."""
        self._left = True

    def taken(self) -> list[TurnEvent]:
        """Return what has come since the last call; for the writing thread."""
        if len(self._events) < self._together:
            return []
        self._together = 0
        # Appends may go on meanwhile: as many are taken as there are now.
        return [self._events.popleft() for _ in range(len(self._events))]


@dataclass(frozen=True, slots=True)
class EndedTurn:
    """A turn as it is kept for good: its record, and its events, in the batches they came in.

    `batches` is empty for a turn that was not recorded while it ran.
    """

    record: TurnRecord
    batches: tuple[str, ...] = ()
    branch: Branch | None = None


class OpenTurn:
    """What the writing thread knows of a turn: its state so far, and what is not written yet.

    The batches are kept until the turn ends: the file may be lost in between, the text may not.
    """

    def __init__(self, log: TurnLog) -> None:
        self.batches: list[str] = []
        self.written = 0
        self._log = log
        self._state = TurnState()
        self._joiner = DeltaJoiner()

    def take(self) -> None:
        """Fetch what the turn has reported since the last call."""
        if events := self._joiner.join(map(self._without_earlier, self._log.taken())):
            self._state = fold(self._state, events)
            self.batches.append(encode_events(events))

    def _without_earlier(self, event: TurnEvent) -> TurnEvent:
        if type(event) is StreamPlanned and self._log.earlier:
            return replace(event, messages=elided(event.messages, self._log.earlier))
        return event

    @property
    def name(self) -> str:
        """The turn's name, empty before it has begun."""
        return self._state.turn

    @property
    def ended(self) -> bool:
        """Whether the turn is over."""
        return self._state.outcome is not None

    @property
    def pending(self) -> bool:
        """Whether there is something to write."""
        return self.written < len(self.batches) and bool(self.name)

    def as_ended(self) -> EndedTurn:
        """Return what is kept of the turn, which has ended."""
        log = self._log
        record = record_of(self._state, log.conversation, log.roster, log.preset)
        return EndedTurn(record, tuple(self.batches), log.branch)

    def row(self, writer: str) -> OpenRow:
        """Return what is kept of the turn from its beginning."""
        state, log = self._state, self._log
        began = time_of(state.started_at)
        facts = state.turn, log.conversation, began, log.roster, log.preset, writer
        return OpenRow(*facts, log.branch)
