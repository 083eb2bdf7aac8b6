"""Writing to a terminal that reads, that stalls, and that is gone."""

import os
import pty
import threading
import time
import tty
from collections.abc import Iterator

import pytest

from moa_tui.ui.terminal.output import MOST_UNWRITTEN, TerminalOutput

Pair = tuple[int, TerminalOutput]


@pytest.fixture
def pair() -> Iterator[Pair]:
    """A pseudo-terminal's far end, and an output to it."""
    far, near = pty.openpty()
    tty.setraw(near)
    output = TerminalOutput(near)
    output.start()
    yield far, output
    output.stop(0.1)
    os.close(far)


def read(far: int, size: int) -> bytes:
    """Read until there are `size` bytes."""
    data = b""
    while len(data) < size:
        data += os.read(far, 65536)
    return data


def test_what_is_written_arrives_in_order(pair: Pair) -> None:
    far, output = pair
    text = "".join(f"{number} Ω\n" for number in range(5000))
    for start in range(0, len(text), 700):
        output.write(text[start : start + 700])
    assert read(far, len(text.encode())).decode() == text


def test_a_stalled_terminal_holds_nobody_up(pair: Pair) -> None:
    far, output = pair

    def write() -> None:
        for _ in range(100):
            output.write("x" * 65536)

    writer = threading.Thread(target=write)
    writer.start()
    writer.join(5)
    assert not writer.is_alive()
    assert 0 < output.unwritten <= MOST_UNWRITTEN
    assert output.dropped, "what it never takes is dropped, not kept for ever"
    assert set(read(far, 200_000)) == {ord("x")}


def test_stopping_gives_up_what_a_stalled_terminal_does_not_take(pair: Pair) -> None:
    far, output = pair
    output.write("x" * 1_000_000)
    stopped = threading.Thread(target=lambda: output.stop(0.2, "farewell"))
    stopped.start()
    stopped.join(5)
    assert not stopped.is_alive()
    assert read(far, 1)


def test_the_farewell_does_not_wait_for_the_rest_of_a_frame(pair: Pair) -> None:
    far, output = pair
    output.write("x" * 1_000_000)
    read(far, 1000)
    assert not output.stop(0.05, "farewell"), "nobody has read it yet"
    left = b""
    while not left.endswith(b"farewell"):
        left += os.read(far, 4096)
    assert len(left) < 200_000


def test_a_terminal_that_is_gone_is_noticed() -> None:
    far, near = pty.openpty()
    output = TerminalOutput(near)
    output.start()
    os.close(far)
    os.close(near)
    output.write("x")
    limit = time.monotonic() + 5
    while not output.gone and time.monotonic() < limit:
        output.join(0.01)
    assert output.gone
    output.write("y")
    assert output.unwritten == 0
    output.stop(0.1)
