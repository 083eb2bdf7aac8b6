"""The player: the turn at every moment, in whatever order the moments are asked for."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from moa_tui.engine.events import TextDelta, TurnEvent
from moa_tui.state import TurnState, fold
from moa_tui.transcript.recording import Recording, header_of
from moa_tui.ui.replay.player import Player
from tests.transcript.test_recording import TURN

LONG: list[TurnEvent] = [
    *TURN[:8],
    *(TextDelta(1.0 + number / 1000, "s1", f"{number} ") for number in range(1000)),
    *TURN[10:],
]


class Clock:
    """A clock that only goes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def player(events: list[TurnEvent] = TURN, speed: float = 1.0) -> tuple[Player, Clock]:
    clock = Clock()
    return Player(Recording(header_of(events), tuple(events)), speed, clock), clock


def at(position: float, events: list[TurnEvent] = TURN) -> TurnState:
    """Return the turn as it was at `position`."""
    return fold(TurnState(), [event for event in events if event.at <= position])


def same(state: TurnState, expected: TurnState) -> bool:
    return replace(state, turn=expected.turn) == expected


def test_it_shows_what_had_come_by_then() -> None:
    played, clock = player()
    played.play()
    for now in (0.0, 0.4, 1.0, 2.0, 2.6):
        clock.now = now
        assert played.poll()
        assert (played.state, played.now, played.running) == (at(now), now, True)
        assert not played.poll()
    clock.now = 99.0
    assert played.poll()
    assert (played.state, played.position, played.running) == (at(2.75), 2.75, False)
    assert played.over
    assert not played.poll()


def test_twice_the_speed_is_half_the_time() -> None:
    played, clock = player(speed=2.0)
    played.play()
    clock.now = 0.5
    assert played.position == 1.0
    played.change_speed(1)
    assert (played.speed, played.position) == (4.0, 1.0)
    clock.now = 0.6
    assert round(played.position, 6) == 1.4
    for _ in range(20):
        played.change_speed(-1)
    assert (played.speed, round(played.position, 6)) == (0.25, 1.4)


def test_pausing_stops_the_time() -> None:
    played, clock = player()
    played.play()
    clock.now = 1.0
    played.stop()
    clock.now = 50.0
    played.poll()
    assert (played.position, played.running, played.state) == (1.0, False, at(1.0))
    played.play()
    clock.now = 50.5
    assert played.position == 1.5


def test_a_step_is_one_moment() -> None:
    played, _clock = player()
    for moment in sorted({event.at for event in TURN}):
        played.step()
        assert played.poll()
        assert (played.position, played.state) == (moment, at(moment))
    played.step()
    assert played.over
    played.play()
    assert (played.position, played.running) == (0.0, True)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-4, 4), max_size=12))
def test_wherever_one_goes_the_turn_is_as_it_was(moves: list[float]) -> None:
    played, _clock = player(LONG)
    for by in moves:
        played.seek(by)
        played.poll()
        assert 0 <= played.position <= played.seconds
        assert same(played.state, at(played.position, LONG))


def test_going_back_is_another_turn_to_the_panes() -> None:
    played, _clock = player()
    played.seek(2.0)
    names = [played.state.turn]
    played.seek(-0.5)
    names.append(played.state.turn)
    played.seek(0.5)
    names.append(played.state.turn)
    played.seek(-2.0)
    played.seek(2.0)
    names.append(played.state.turn)
    assert names == ["t1", "t1 1", "t1 1", "t1 2"]
