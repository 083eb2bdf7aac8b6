"""How much is sent where, and when a link counts as slow."""

import pytest

from moa_tui.ui.terminal.pacing import FramePacer, Link
from moa_tui.ui.terminal.thrift import thrift


@pytest.mark.parametrize(
    ("mode", "remote", "frames", "budget", "sparing", "watchful", "badge"),
    [
        ("auto", False, 20, None, False, False, ""),
        ("off", False, 20, None, False, False, ""),
        ("on", False, 20, 28_000, True, False, "low-bw"),
        ("auto", True, 12, 120_000, False, True, "SSH"),
        ("off", True, 12, None, False, False, "SSH"),
        ("on", True, 12, 28_000, True, False, "SSH low-bw"),
    ],
)
def test_modes(
    mode: str,
    remote: bool,
    frames: float,
    budget: int | None,
    sparing: bool,
    watchful: bool,
    badge: str,
) -> None:
    found = thrift(mode, remote=remote)
    assert (found.frames_per_second, found.budget) == (frames, budget)
    assert (found.sparing, found.watchful, found.badge) == (sparing, watchful, badge)


def test_a_link_is_slow_when_it_holds_up_most_frames() -> None:
    pacer = FramePacer(12)
    for number in range(200):  # every third frame waits: a link of 200 ms
        pacer.due(number / 12, Link(unanswered=2 if number % 3 == 0 else 0))
    assert not pacer.link_is_slow
    for number in range(200, 400):
        pacer.due(number / 12, Link(unwritten=500 if number % 20 else 0))
    assert pacer.link_is_slow


def test_a_machine_that_is_late_does_not_make_the_link_slow() -> None:
    pacer = FramePacer(12)
    for number in range(400):
        pacer.due(number / 6, Link(unanswered=2 if number > 1 else 0))
    assert not pacer.link_is_slow


def test_a_limit_holds_from_then_on() -> None:
    pacer, written, frames = FramePacer(20), 0, 0
    for number in range(600):
        if number == 200:
            pacer.limit(30_000)
            before = written
        if pacer.due(number / 20, Link(written=written)):
            written += 4_000
            frames += 1
    assert written - before < 1.1 * 30_000 * 20
