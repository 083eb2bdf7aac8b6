"""Taking up a turn that was interrupted: which one it is, and what it is run from."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from moa_tui.engine.events import StreamPlanned, TurnEvent, TurnStarted
from moa_tui.engine.prompts import Exchange
from moa_tui.engine.strategies import STRATEGIES
from moa_tui.engine.turn import TurnPlan
from moa_tui.errors import HistoryError
from moa_tui.roster.model import Lineup, Roster
from moa_tui.text import clean_line
from moa_tui.transcript.eliding import restored
from moa_tui.transcript.history import (
    UnendedTurn,
    claim,
    conversation_so_far,
    dismiss,
    find_turn,
    interrupted_turns,
    open_turns,
)
from moa_tui.transcript.reading_back import as_moment

__all__ = ["claimed", "dismiss", "find_interrupted", "offered", "resumed_plan"]

OFFERED_FOR = timedelta(days=7)
_SEE = "see: moa-tui history"


def offered(path: Path, roster: Roster, now: datetime | None = None) -> UnendedTurn | None:
    """Return the newest interrupted turn that the agents of `roster` were asked, if it is recent.

    Raises HistoryError if the history cannot be read.
    """
    oldest = (now or datetime.now(UTC)) - OFFERED_FOR
    for turn in interrupted_turns(path):
        began = as_moment(turn.started_at)
        if (
            began
            and began >= oldest
            and turn.question
            and Path(turn.roster) == roster.path.absolute()
        ):
            return turn
    return None


def find_interrupted(path: Path, name: str = "") -> UnendedTurn:
    """Return the interrupted turn whose name begins with `name`, the newest one without a name.

    Raises HistoryError, saying why, if there is none that can be taken up.
    """
    if not name:
        newest = next(iter(interrupted_turns(path)), None)
        if newest is None:
            raise HistoryError("no turn was interrupted: there is nothing to take up", _SEE)
        return newest
    whole = find_turn(path, name)
    turn = next((turn for turn in open_turns(path) if turn.turn == whole), None)
    if turn is None:
        raise HistoryError(f"the turn {whole} is over", f"read it: moa-tui history show {whole}")
    if turn.running:
        raise HistoryError(f"the turn {whole} is running, in another moa-tui", "wait for its end")
    return turn


@contextmanager
def claimed(path: Path, turn: UnendedTurn) -> Iterator[None]:
    """Have `turn` to oneself; raises HistoryError if another program was quicker."""
    claim_of_it = claim(path, turn.turn)
    if claim_of_it is None:
        raise HistoryError(f"another moa-tui has taken up or dismissed the turn {turn.turn}", _SEE)
    try:
        yield
    finally:
        claim_of_it.close()


def resumed_plan(path: Path, turn: UnendedTurn, roster: Roster) -> TurnPlan:
    """Return what `turn` goes on from, with those who were asked and what they had been told.

    Raises HistoryError if they are not all in `roster` any more.
    """
    conversation = conversation_so_far(path, turn.conversation, turn.started_at)
    return TurnPlan(
        turn=turn.turn,
        question=turn.question,
        lineup=_lineup(turn, roster),
        providers=roster.providers,
        conversation=conversation,
        seed=turn.seed,
        kept=tuple(_whole(event, conversation) for event in turn.events),
        attached=turn.state.attached,
    )


def _whole(event: TurnEvent, conversation: Sequence[Exchange]) -> TurnEvent:
    """Return an event as it was before the conversation was left out of it."""
    if not isinstance(event, StreamPlanned):
        return event
    return replace(event, messages=restored(event.messages, conversation))


def _lineup(turn: UnendedTurn, roster: Roster) -> Lineup:
    started = next((e for e in turn.events if isinstance(e, TurnStarted)), None)
    if started is None or started.strategy not in STRATEGIES or not all(started.layers):
        raise HistoryError(
            f"the turn {turn.turn} was begun by another version of moa-tui",
            f"read it: moa-tui history show {turn.turn}",
        )
    # Who was asked counts, not who a preset of that name would ask today.
    lineup = roster.lineup(turn.preset if turn.preset in roster.presets else "")
    if not started.layers:
        return lineup
    names = [name for layer in started.layers for name in layer] + [started.aggregator]
    if missing := [name for name in dict.fromkeys(names) if name not in roster.agents]:
        raise HistoryError(
            f"the turn {turn.turn} cannot be taken up: {clean_line(', '.join(missing))}"
            f" {'is' if len(missing) == 1 else 'are'} not in {roster.path}",
            f"name the right file with --config, or read it: moa-tui history show {turn.turn}",
        )
    return replace(
        lineup,
        strategy=started.strategy,
        layers=tuple(tuple(roster.agents[name] for name in layer) for layer in started.layers),
        aggregator=roster.agents[started.aggregator],
        preset=turn.preset,
    )
