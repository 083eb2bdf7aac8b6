"""When a frame is due: at the wanted rate, and never ahead of the terminal or the link."""

from moa_tui.ui.terminal.pacing import FramePacer, Link

TICK = 0.05


def painted(pacer: FramePacer, links: list[Link], tick: float = TICK) -> list[bool]:
    """Ask once every `tick` seconds, with one link after another."""
    return [pacer.due(number * tick, link) for number, link in enumerate(links)]


def test_every_tick_is_a_frame_where_the_terminal_keeps_up() -> None:
    assert all(painted(FramePacer(), [Link()] * 50))


def test_no_frame_while_the_terminal_has_not_taken_the_last_one() -> None:
    links = [Link(), Link(unwritten=1), Link(unwritten=9000), Link()]
    assert painted(FramePacer(), links) == [True, False, False, True]


def test_two_frames_may_be_under_way_on_the_link() -> None:
    links = [Link(unanswered=0), Link(unanswered=1), Link(unanswered=2), Link(unanswered=1)]
    assert painted(FramePacer(), links) == [True, True, False, True]


def test_frames_get_rarer_while_they_come_late_and_come_back() -> None:
    pacer = FramePacer()
    painted(pacer, [Link()] * 40, tick=TICK * 2)
    assert pacer.period > 2 * TICK
    now = 100.0
    for _ in range(200):
        now += TICK
        pacer.due(now, Link())
    assert pacer.period == TICK


def test_a_budget_is_kept_on_the_whole() -> None:
    pacer, written, frames = FramePacer(budget=30_000), 0, 0
    for number in range(400):
        if pacer.due(number * TICK, Link(written=written)):
            written += 12_000
            frames += 1
    seconds = 400 * TICK
    assert 0.8 * 30_000 < written / seconds < 1.1 * 30_000
    assert frames > 30
